import assert from "node:assert/strict";
import type { Command } from "commander";
import denoJson from "../../deno.json" with { type: "json" };
import { parseOnly } from "../cli/parse_only_double.ts";
import { createProgram } from "../cli/program.ts";
import { checkProcedure, type ProcedureRules } from "./check_procedure.ts";
import { readTrainOptions } from "./train_options_double.ts";

const ROOT = new URL("../../", import.meta.url);
/** Commands of the procedures that come with other work; once they are there, they are parsed. */
const COMING = ["compare"];

const NOTHING = { words: [], exit: () => {} };
const missing = COMING.filter((name) => findCommand(createProgram(NOTHING), name) === undefined);
const rules: ProcedureRules = {
  tasks: Object.fromEntries(
    Object.entries(denoJson.tasks).map(([name, { command }]) => [name, command]),
  ),
  trainOptions: await readTrainOptions(),
  onServer: true,
  missing,
  parse: parseOnly,
};

function findCommand(program: Command, path: string): Command | undefined {
  return path.split(" ").reduce<Command | undefined>(
    (at, name) => at?.commands.find((command) => command.name() === name),
    program,
  );
}

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

const skipped = new Set<string>();
async function register(paths: readonly string[], onServer: boolean): Promise<void> {
  for (const { path, text } of await documents(paths)) {
    const { breaches, unparsed, commandCount } = await checkProcedure(text, { ...rules, onServer });
    Deno.test(`the commands of ${path} are ${onServer ? "allowed on the server and" : ""} real`, () => {
      assert.deepEqual(breaches, []);
      assert.ok(commandCount > 3);
    });
    for (const line of unparsed) skipped.add(`${path}: houqa ${line}`);
  }
}
await register(["docs/heart01"], true);
await register(["docs/local", "docs/役割分担.md"], false);
for (const line of skipped) {
  Deno.test({ name: `not parsed, no such command yet: ${line}`, ignore: true, fn: () => {} });
}

Deno.test("the three procedures are there", async () => {
  const names = (await documents(["docs/heart01"])).map(({ path }) => path.replace(/^.*\//, ""));
  assert.deepEqual(names, [
    "00_環境構築.md",
    "StepI_A100_Qwen3_8B_本番学習指示.md",
    "StepJ_A100_Qwen3_8B_評価指示.md",
  ]);
});

const block = (line: string) => "```sh\n" + line + "\n```\n";
const EVAL = "deno task eval:hf --llm-backend hf --hf-model-name x/y";
const BREACHES = {
  "curl -O https://example.org/x": /curl/,
  "wget https://example.org/x && /usr/bin/curl x": /curl/,
  "sudo ls": /root/,
  "ollama pull qwen3:8b": /Ollama/,
  "deno task eval --llm-model qwen3:8b": /Ollama/,
  "python -m http.server": /resident/,
  "nohup deno task doctor &": /setsid nohup/,
  "setsid nohup deno task doctor > log &": /setsid nohup/,
  "tail -f log": /does not end/,
  "apt-get install x": /not known/,
  "deno run main.ts": /use a task/,
  "deno task nonsense": /no such task/,
  "deno task eval:hf --llm-backend hf --output base.json": /hf.model.name/,
  "deno task eval:hf --hf-model-name x/y --output base.json": /--llm-backend hf/,
  "deno task eval --output base.json": /--llm-backend hf is missing/,
  [`${EVAL} --output an_adapter.json`]: /--hf-lora-path is missing/,
  [`${EVAL} --hf-lora-path z --output base.json`]: /put adapter into the name/,
  [`${EVAL} --output x.json`]: /neither base nor adapter/,
  [`${EVAL} --output base.json --no-such-option`]: /unknown option/,
  [`${EVAL} --output base.json --hf-dtype q5`]: /q5/,
  [`${EVAL} --output base.json --context gold surplus`]: /too many arguments/,
  "deno task houqa dataset": /.+/,
  "deno task houqa no-such-command": /.+/,
  "deno task train -- --model-name x --output-dir y --epochs 3": /no option --epochs/,
  "deno task train -- --model-name x --output-dir y --lora-r 8 --do-train; sudo ls": /root/,
  "cat > x.sh <<'EOF'\nsudo ls\nEOF": /root/,
  "for x in a b; do ls; done": /one by one/,
};
for (const [line, problem] of Object.entries(BREACHES)) {
  Deno.test(`a breach is found: ${line.replaceAll("\n", " ")}`, async () => {
    const { breaches } = await checkProcedure(block(line), rules);
    assert.ok(breaches.some((breach) => problem.test(breach.problem)), JSON.stringify(breaches));
  });
}

Deno.test("what is allowed is no breach", async () => {
  const lines = [
    `${EVAL} --hf-lora-path runs/z --context none --output results/evaluations/h_adapter.json`,
    "setsid nohup deno task train -- --model-name x --output-dir y > a.log 2>&1 < /dev/null &",
    "deno task houqa dataset check a.json b.json",
    "wget -c https://example.org/x -O y && tail -n 3 y",
  ];
  const { breaches, commandCount } = await checkProcedure(block(lines.join("\n")), rules);
  assert.deepEqual(breaches, []);
  assert.equal(commandCount, 5);
});
