import assert from "node:assert/strict";
import { commandWords } from "../build/command_words.ts";
import denoJson from "../../deno.json" with { type: "json" };
import { findMisspeltVariables } from "./find_misspelt_variables.ts";
import { VARIABLES } from "./variable_table.ts";

Deno.test("a misspelt variable of .env is told, with the one that was meant", () => {
  assert.deepEqual(findMisspeltVariables({ LLM_MODLE: "x", hf_model_name: "y", LORA_PATH: "" }), [
    ".env sets LLM_MODLE, which houqa does not know. (Did you mean LLM_MODEL?)",
    ".env sets hf_model_name, which houqa does not know. (Did you mean HF_MODEL_NAME?)",
  ]);
});

Deno.test("other programs' variables are left alone", () => {
  const others = {
    OPENAI_API_KEY: "",
    PATH: "",
    HF_HUB_ENABLE_HF_TRANSFER: "1",
    HF_HUB_TOKEN: "",
    CUDA_VISIBLE_DEVICES: "0",
    DATABASE_URL: "",
    TOKENIZERS_PARALLELISM: "false",
  };
  assert.deepEqual(findMisspeltVariables(others), []);
  assert.deepEqual(
    findMisspeltVariables(Object.fromEntries(VARIABLES.map(({ name }) => [name, ""]))),
    [],
  );
});

/** Variables of the system, of Deno and of the building of houqa, which are no settings of it. */
const SYSTEM =
  /^(?:HOME|USERPROFILE|TMPDIR|TERM|NO_COLOR|VIRTUAL_ENV|XDG_\w+|CLICOLOR_FORCE|TERM|NODE_ENV|ORT_\w+|DENO\w+|HOUQA_TRAIN_\w+)$/;

Deno.test("the table names every variable that a task may read, each once", () => {
  const lists = Object.values(denoJson.tasks).flatMap(({ command }) =>
    commandWords(command).filter((word) => word.startsWith("--allow-env="))
      .flatMap((word) => word.slice("--allow-env=".length).split(","))
  );
  const read = new Set(lists.filter((name) => !SYSTEM.test(name)));
  const names = VARIABLES.map(({ name }) => name);
  assert.deepEqual([...names].sort(), [...read].sort());
});
