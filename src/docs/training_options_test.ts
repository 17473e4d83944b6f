import assert from "node:assert/strict";
import { dirname } from "node:path";
import { readCodeBlocks } from "./code_blocks.ts";
import { readShellCommands } from "./shell_commands.ts";
import { checkTrainingWords, readTrainingOptions } from "./training_options.ts";

const FOLDER = new URL("../../tasks/train/", import.meta.url);
const options = readTrainingOptions(await Deno.readTextFile(new URL("options.py", FOLDER)));

/** Lines, and whether they are accepted. The files that they name are there. */
const LINES: readonly (readonly [string, boolean])[] = [
  ["--train-file a.jsonl", true],
  ["--train-file=a.jsonl --dev-file=a.jsonl --preset=heart01", true],
  ["--train-file a.jsonl --resume --do-train --no-use-4bit", true],
  ["--train-file a.jsonl --resume checkpoints/x.pt --use-4bit --learning-rate 5e-5", true],
  ["--train-file a.jsonl --lora-dropout .1 --weight-decay 0 --warmup-ratio 0.", true],
  ["--train-file a.jsonl --preset local-3080 --device cpu --dtype float32 --threads 2", true],
  ["--help", true],
  ["--preset heart01", false],
  ["--train-file", false],
  ["--train-file a.jsonl surplus", false],
  ["--train-file a.jsonl --batch-size abc", false],
  ["--train-file a.jsonl --batch-size 0", false],
  ["--train-file a.jsonl --batch-size 1.5", false],
  ["--train-file a.jsonl --num-epochs=-1", false],
  ["--train-file a.jsonl --preset nope", false],
  ["--train-file a.jsonl --bnb-4bit-quant-type q4", false],
  ["--train-file a.jsonl --learning-rate fast", false],
  ["--train-file a.jsonl --do-train=yes", false],
  ["--train-file a.jsonl --no-do-train", false],
  ["--train-file a.jsonl --epochs 3", false],
  ["--train-file a.jsonl --batch 3", false],
  ["--train-file a.jsonl --output-dir --do-train", false],
];

for (const [line, isAccepted] of LINES) {
  Deno.test(`${isAccepted ? "accepted" : "refused"}: ${line}`, () => {
    const problems = checkTrainingWords(line.split(" "), options);
    assert.equal(problems.length === 0, isAccepted, problems.join("\n"));
  });
}

Deno.test("every option of the script is known, with its limits", () => {
  assert.deepEqual(options.get("--batch-size"), { kind: "whole", least: 1, isRequired: false });
  assert.deepEqual(options.get("--preset")?.words, ["heart01", "local-3080"]);
  assert.equal(options.get("--train-file")?.isRequired, true);
  assert.equal(options.get("--use-4bit")?.kind, "switch_both");
  assert.equal(options.get("--do-train")?.kind, "switch");
  assert.equal(options.get("--resume")?.kind, "place");
  assert.equal(options.get("--learning-rate")?.kind, "decimal");
});

/** A Python that can read the script's options; they need no packages. */
async function findPython(): Promise<string | undefined> {
  for (const name of ["python3", "python3.12", "python3.11", "python3.10", "python"]) {
    const args = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
    const output = await new Deno.Command(name, { args, stdout: "null", stderr: "null" }).output()
      .catch(() => undefined);
    if (output?.success) return name;
  }
}

/** The words of every training that a guide tells to run; `--setup` is the task's own. */
async function trainingsOfGuides(): Promise<string[]> {
  const lines: string[] = [];
  for (const folder of ["docs/heart01", "docs/local"]) {
    const at = new URL(`../../${folder}/`, import.meta.url);
    for await (const { name } of Deno.readDir(at)) {
      const blocks = readCodeBlocks(await Deno.readTextFile(new URL(name, at)));
      const commands = blocks.filter(({ language }) => language === "sh")
        .flatMap(({ text }) => readShellCommands(text).map(({ words }) => words.join(" ")));
      lines.push(
        ...commands.flatMap((line) => / task train -- (?!--setup$)(.+)$/.exec(line)?.[1] ?? []),
      );
    }
  }
  return lines;
}

const python = await findPython();
const guides = (await trainingsOfGuides()).map((line) => [line, true] as const);
const all = [...LINES, ...guides];

Deno.test("the guides tell to train", () => assert.ok(guides.length >= 4));

Deno.test({
  name: "the real argparse accepts and refuses the same lines, and has the same options",
  ignore: python === undefined,
  fn: async () => {
    const script = `
import contextlib, io, json, os, sys
sys.path.insert(0, sys.argv[1])
from train.options import parse_options
from train.failure import Refusal
verdicts = []
for line in json.loads(sys.argv[2]):
    text = io.StringIO()
    try:
        with contextlib.redirect_stderr(text), contextlib.redirect_stdout(text):
            parse_options(line.split(" "))
        verdicts.append([True, ""])
    except SystemExit as end:
        verdicts.append([end.code == 0, text.getvalue()])
    except Refusal as refusal:
        verdicts.append([False, str(refusal)])
print(json.dumps(verdicts))
`;
    const folder = await Deno.makeTempDir();
    try {
      const files = all.flatMap(([line]) => [...line.matchAll(/[\w./-]+\.jsonl/g)]);
      for (const [file] of files) {
        await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
        await Deno.writeTextFile(`${folder}/${file}`, "");
      }
      const tasks = decodeURIComponent(new URL("..", FOLDER).pathname);
      const output = await new Deno.Command(python!, {
        args: ["-B", "-c", script, tasks, JSON.stringify(all.map(([line]) => line))],
        cwd: folder,
      }).output();
      assert.ok(output.success, new TextDecoder().decode(output.stderr));
      const verdicts: [boolean, string][] = JSON.parse(new TextDecoder().decode(output.stdout));
      for (const [at, [line, isAccepted]] of all.entries()) {
        assert.equal(verdicts[at]![0], isAccepted, `${line}\n${verdicts[at]![1]}`);
      }
      const help = verdicts[LINES.findIndex(([line]) => line === "--help")]![1];
      const flags = new Set([...help.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, flag]) => flag));
      assert.deepEqual(flags, new Set(options.keys()));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
