import assert from "node:assert/strict";
import { checkProcedure } from "./check_procedure.ts";
import { SERVER_RULES } from "./procedure_rules_double.ts";

const ROOT = new URL("../../", import.meta.url);

/** Markdown files below a folder of docs, or one file, with their text. */
async function documents(paths: readonly string[]): Promise<{ path: string; text: string }[]> {
  const read = async (path: string) => ({
    path,
    text: await Deno.readTextFile(new URL(path, ROOT)),
  });
  const found: { path: string; text: string }[] = [];
  for (const path of paths) {
    if (path.endsWith(".md")) {
      found.push(await read(path));
      continue;
    }
    for await (const { name } of Deno.readDir(new URL(path, ROOT))) {
      found.push(await read(`${path}/${name}`));
    }
  }
  return found.sort((one, other) => one.path < other.path ? -1 : 1);
}

async function register(paths: readonly string[], onServer: boolean): Promise<void> {
  for (const { path, text } of await documents(paths)) {
    const { breaches, commandCount } = await checkProcedure(text, { ...SERVER_RULES, onServer });
    Deno.test(`the commands of ${path} are ${onServer ? "allowed on the server and" : ""} real`, () => {
      assert.deepEqual(breaches, []);
      assert.ok(commandCount > 3);
    });
  }
}
await register(["docs/heart01"], true);
await register(["docs/local", "docs/役割分担.md"], false);

Deno.test("the three procedures are there", async () => {
  const names = (await documents(["docs/heart01"])).map(({ path }) => path.replace(/^.*\//, ""));
  assert.deepEqual(names, [
    "00_環境構築.md",
    "StepI_A100_Qwen3_8B_本番学習指示.md",
    "StepJ_A100_Qwen3_8B_評価指示.md",
  ]);
});

Deno.test("digests among what was printed are whole, as the programs print them", async () => {
  for (const { path, text } of await documents(["docs/heart01"])) {
    assert.doesNotMatch(text, /[0-9a-f]{16}…/, path);
  }
});

Deno.test("the size of the training's packages is the same wherever it is named", async () => {
  const places = ["docs/heart01", "docs/学習.md", "README.md", "README.ja.md"];
  const texts = (await documents(places)).map(({ text }) => text);
  texts.push(await Deno.readTextFile(new URL("tasks/train/ensure_python.ts", ROOT)));
  const all = texts.join("\n");
  const sizes = (pattern: RegExp) => [...all.matchAll(pattern)].map(([, size]) => size);
  assert.deepEqual(
    sizes(/(?:PyPI から約 |: |\(|, about )([\d.]+) GB(?: を取得|。| from PyPI| to download)/g),
    Array(7).fill("4"),
  );
  const onDisk = sizes(/(?:ディスクに約 |学習の環境 |: "about )([\d.]+) GB/g);
  assert.deepEqual(onDisk, Array(4).fill("8"));
});
