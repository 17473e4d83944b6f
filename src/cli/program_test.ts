import assert from "node:assert/strict";
import { ROOT, runTask } from "./spawn_task.ts";
import { findCommand, readHelpWords } from "./find_command.ts";
import { createProgram } from "./program.ts";

const program = createProgram({ words: [], exit: () => {} });

/** Parses with the real commands, none of which is run. @returns what is said on stderr. */
async function complaint(words: readonly string[]): Promise<string> {
  const { runProgram } = await import("./program.ts");
  const lines: string[] = [];
  const written = Deno.stderr.writeSync;
  Deno.stderr.writeSync = (bytes) => {
    lines.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  try {
    assert.equal(await runProgram(words), 2, words.join(" "));
  } finally {
    Deno.stderr.writeSync = written;
  }
  return lines.join("");
}

const MISSPELT: Readonly<Record<string, string>> = {
  "evla": "Did you mean eval?",
  "evla --help": "Did you mean eval?",
  "help evla": "Did you mean eval?",
  "dataset splitt": "Did you mean split?",
  "dataset splitt --help": "Did you mean split?",
  "help dataset splitt": "Did you mean split?",
  "dataset help splitt": "Did you mean split?",
  "setup cudaa": "Did you mean cuda?",
  "eval --contxt gold": "Did you mean --context?",
  "qa --llm-bakend hf x": "Did you mean --llm-backend?",
  "dataset split --tran 3": "Did you mean --train?",
  "dataset finetune --outptu x": "Did you mean --output?",
  "laws push --sever x": "Did you mean --server?",
  "laws fetch --lwa x": "Did you mean --law?",
  "eval --context goldd": "Did you mean gold?",
  "eval --llm-backend olama": "Did you mean ollama?",
  "eval --baseline longset": "Did you mean longest?",
  "eval --hf-dtype fp61": "Did you mean fp16?",
  "eval --expand neighbors": "Did you mean neighbours?",
  "laws embed --grain unti": "Did you mean unit?",
  "retrieve --query questoin": "Did you mean question?",
  "export x --dtype fp23": "Did you mean fp32?",
  "docs log trainig": "Did you mean training?",
  "completions fishh": "Did you mean fish?",
};
for (const [line, suggestion] of Object.entries(MISSPELT)) {
  Deno.test(`houqa ${line}: ${suggestion}`, async () => {
    const text = await complaint(line.split(" "));
    assert.ok(text.includes(suggestion), text);
    assert.ok(!text.includes("Usage:"), text);
  });
}

Deno.test("options in front of the command: they go behind it", async () => {
  const text = await complaint(["--samples", "3", "eval", "--data", "a b.json"]);
  assert.match(text, /--samples stands in front of the command; options go behind it:/);
  assert.match(text, /^ {2}houqa eval --data 'a b\.json' --samples 3$/m);
  assert.match(await complaint(["--sampels", "3"]), /unknown option '--sampels'/);
  assert.match(await complaint(["--allow-net=x", "eval"]), /unknown option '--allow-net=x'/);
});

Deno.test("what is like nothing gets no suggestion", async () => {
  for (const line of ["xyzzy", "eval --xyzzy", "eval --context xyzzy"]) {
    const text = await complaint(line.split(" "));
    assert.ok(/xyzzy/.test(text) && !text.includes("Did you mean"), text);
  }
});

Deno.test("an option that a command can't do without is named where it is missing", async () => {
  assert.match(await complaint(["dataset", "split"]), /required option '--train <n>'/);
  assert.match(await complaint(["laws", "push"]), /required option '--server <address>'/);
});

Deno.test("help means the same at every level", () => {
  const read = (line: string) => readHelpWords(program, line.split(" ")).join(" ");
  const cases = {
    "help": "--help",
    "help dataset": "dataset --help",
    "help dataset split": "dataset split --help",
    "dataset help": "dataset --help",
    "dataset help split": "dataset split --help",
    "dataset split --help": "dataset split --help",
    "eval help": "eval help",
    "help eval --samples": "eval --help",
    "help --help": "--help",
    "--version": "--version",
    "eval --context gold": "eval --context gold",
    "laws show help": "laws show help",
    "dataset nonsense split": "dataset nonsense",
  };
  for (const [line, words] of Object.entries(cases)) assert.equal(read(line), words, line);
});

Deno.test("commands are found as deep as the words go", () => {
  const { command, rest } = findCommand(program, ["dataset", "split", "--train", "3"]);
  assert.deepEqual([command.name(), rest], ["split", ["--train", "3"]]);
  assert.equal(findCommand(program, []).command, program);
});

Deno.test("help by task: two words of help, without loading a model", async () => {
  const { code, stdout } = await runTask("houqa", ["--", "help", "dataset", "split"], {
    cwd: ROOT,
  });
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: houqa dataset split/);
});
