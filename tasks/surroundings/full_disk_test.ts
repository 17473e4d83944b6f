/** A disk without room: every command says so, keeps what was there, and goes on when there is room. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { journalPath } from "../../src/eval/journal.ts";
import { resultFileSchema } from "../../src/eval/result_schema.ts";
import { withoutTimes } from "../compile/compiled_forms_double.ts";
import { canMount, type EndedOnDisk, onSmallDisk, type Step } from "./small_disk_double.ts";

const DEMO = fileURLToPath(new URL("../../datasets/demo", import.meta.url));
const OUTPUT = "results/x.json";
const ROOM = { remount: "size=40m" };

const evalStep = (run: string): Step => ({
  run,
  task: "eval",
  args: [
    ...["--baseline", "longest", "--data", `${DEMO}/questions.json`, "--context", "gold"],
    ...["--samples", "40", "--output", OUTPUT],
  ],
});

function assertFull({ code, stderr }: EndedOnDisk, where: RegExp, name: string): void {
  assert.equal(code, 3, `${name}: ${stderr}`);
  const [line = ""] = stderr.trim().split("\n").slice(-1);
  assert.match(line, /^houqa: .*the disk is full \(ENOSPC\)/, name);
  assert.match(line, where, name);
  assert.doesNotMatch(stderr, /\n\s+at |Unexpected/, name);
}

/** Results as a report reads them. */
const withoutSittings = (text: string) =>
  withoutTimes(text).replace(/"sittings": \d+/, '"sittings": …');

Deno.test({
  name: "full disk: eval keeps its journal, and ends with the results of an undisturbed run",
  ignore: !canMount,
  fn: async () => {
    const { whole } = await onSmallDisk("size=1m", [evalStep("whole")]);
    assert.equal(whole!.code, 0, whole!.stderr);
    const expected = withoutSittings(whole!.files[OUTPUT]!);
    const kept: number[] = [];
    const failedAt = new Set<string>();
    // From the first line of the journal to the middle of the result.
    for (const size of ["4k", "24k", "64k", "160k"]) {
      const steps = [evalStep("full"), ROOM, evalStep("again")];
      const { full, again } = await onSmallDisk(`size=${size}`, steps);
      assertFull(full!, /results\/x\.json/, size);
      failedAt.add(/the journal/.test(full!.stderr) ? "journal" : "result");
      assert.deepEqual(Object.keys(full!.files), [journalPath(OUTPUT)], size);
      const lines = full!.files[journalPath(OUTPUT)]!.split("\n").slice(0, -1);
      const answered = lines.map((line) => JSON.parse(line)).filter(({ type }) =>
        type === "result"
      );
      kept.push(answered.length);

      assert.equal(again!.code, 0, again!.stderr);
      assert.deepEqual(Object.keys(again!.files), [OUTPUT], size);
      assert.equal(withoutSittings(again!.files[OUTPUT]!), expected, size);
      const { provenance } = resultFileSchema.parse(JSON.parse(again!.files[OUTPUT]!));
      assert.equal(provenance.sittings, lines.length > 0 ? 2 : 1, size);
      const said = new RegExp(`: ${answered.length} of 40 questions are answered`);
      if (lines.length > 0) assert.match(again!.stderr, said, size);
    }
    assert.deepEqual(kept, kept.toSorted((a, b) => a - b));
    assert.ok(kept.some((count) => count > 0 && count < 40), String(kept));
    assert.deepEqual(failedAt, new Set(["journal", "result"]));
  },
});

Deno.test({
  name: "full disk: no room for one more file is not a mistake of the command line",
  ignore: !canMount,
  fn: async () => {
    const { full } = await onSmallDisk("size=1m,nr_inodes=2", [evalStep("full")]);
    assertFull(full!, /Can't write results\/x\.json/, "journal");
    assert.deepEqual(full!.files, {});
  },
});

/** Commands that write files, the place that their message names, and what they leave when full. */
const WRITERS: readonly {
  readonly name: string;
  readonly size: string;
  readonly task: Extract<Step, { run: string }>["task"];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly where: RegExp;
  readonly left?: readonly RegExp[];
}[] = [
  {
    name: "dataset split",
    size: "20k",
    task: "houqa",
    args: [
      ...["dataset", "split", "--data", `${DEMO}/questions.json`, "--out", "results/split"],
      ...["--train", "60", "--dev", "20", "--test", "40"],
    ],
    where: /results\/split\/train\.json/,
  },
  {
    name: "dataset finetune",
    size: "20k",
    task: "houqa",
    args: [
      ...["dataset", "finetune", "--data", `${DEMO}/questions.json`, "--context", "gold"],
      ...["--output", "results/f.jsonl"],
    ],
    where: /results\/f\.jsonl/,
  },
  {
    name: "laws build",
    size: "32k",
    task: "laws",
    args: ["build", "--in", `${DEMO}/laws`, "--out", "data/index"],
    where: /the index data\/index.*Make room/,
  },
  {
    name: "laws build --jsonl",
    size: "24k",
    task: "laws",
    args: ["build", "--in", `${DEMO}/laws`, "--out", "data/index", "--jsonl", "data/l.jsonl"],
    where: /data\/(l\.jsonl|index)/,
  },
  {
    name: "docs heart01",
    size: "8k",
    task: "docs",
    args: ["heart01", "--output", "results/docs"],
    where: /results\/docs/,
  },
  {
    name: "export",
    size: "1m",
    task: "export",
    args: [`${DEMO}/model`, "--dtype", "fp32", "--output", "models/new"],
    where: /the export in .*models: .*It takes 0\.00\d+ GB\. Make room/,
  },
  {
    name: "export of a tokenizer",
    size: "16k",
    task: "export",
    args: [`${DEMO}/model`, "--dtype", "fp32", "--output", "models/new"],
    where: /the export in .*models: /,
  },
  {
    name: "export into the cache",
    size: "1m",
    task: "export",
    args: [`${DEMO}/model`, "--lora", `${DEMO}/lora`, "--dtype", "fp32"],
    env: { HOUQA_CACHE: "models/cache" },
    where: /the export in .*models\/cache\/exports: .*Make room \(houqa cache prune\)/,
    left: [/^models\/cache\/digests\.json(\.lock)?$/, /^models\/cache\/exports\/\.locks\//],
  },
];

for (const { name, size, left = [], where, ...command } of WRITERS) {
  Deno.test({
    name: `full disk: ${name} leaves nothing half done, and works when there is room`,
    ignore: !canMount,
    fn: async () => {
      const { full, again } = await onSmallDisk(`size=${size}`, [
        { run: "full", ...command },
        ROOM,
        { run: "again", ...command },
      ]);
      assertFull(full!, where, name);
      const strange = Object.keys(full!.files).filter((path) =>
        !left.some((one) => one.test(path))
      );
      assert.deepEqual(strange, [], name);
      assert.equal(again!.code, 0, again!.stderr);
      assert.ok(Object.keys(again!.files).length > left.length);
      assert.ok(Object.keys(again!.files).every((path) => !/\.tmp|\.part$/.test(path)));
    },
  });
}

Deno.test({
  name:
    "full disk: an older report stays whole, and the new one takes its place when there is room",
  ignore: !canMount,
  fn: async () => {
    const report = (run: string): Step => ({
      run,
      task: "report",
      args: [OUTPUT, "--out", "results/r.html", "--resamples", "100"],
    });
    const { full, again } = await onSmallDisk("size=1m", [
      evalStep("whole"),
      { shell: "echo older > results/r.html" },
      { remount: "size=300k" },
      report("full"),
      { remount: "size=4m" },
      report("again"),
    ]);
    assertFull(full!, /results\/r\.html/, "report");
    assert.equal(full!.files["results/r.html"], "older\n");
    assert.deepEqual(Object.keys(full!.files), ["results/r.html", OUTPUT]);
    assert.equal(again!.code, 0, again!.stderr);
    assert.ok(/<\/html>\s*$/.test(again!.files["results/r.html"]!));
  },
});
