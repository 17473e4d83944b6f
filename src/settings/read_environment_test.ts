import assert from "node:assert/strict";
import { join } from "node:path";
import { readDotenv } from "./read_environment.ts";

async function parsed(text: string): Promise<Record<string, string | undefined>> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, ".env"), text);
    return { ...readDotenv(join(folder, ".env")) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test(".env: comments, quotes, export, line ends of Windows, a byte order mark", async () => {
  const text = '\uFEFFLLM_MODEL=qwen3:8b\r\n# a comment\r\nexport LORA_PATH="runs/法 1" # why\r\n' +
    "OLLAMA_HOST='http://gpu:11434'\nEMPTY=\nHF_HOME=~/x # trailing\n";
  assert.deepEqual(await parsed(text), {
    LLM_MODEL: "qwen3:8b",
    LORA_PATH: "runs/法 1",
    OLLAMA_HOST: "http://gpu:11434",
    EMPTY: "",
    HF_HOME: "~/x",
  });
});

Deno.test(".env: none is no error, and nothing in it gets into the environment", async () => {
  assert.deepEqual(readDotenv("none/.env"), {});
  await parsed("HOUQA_TEST_ONLY_IN_DOTENV=1");
  assert.equal(Deno.env.get("HOUQA_TEST_ONLY_IN_DOTENV"), undefined);
});
