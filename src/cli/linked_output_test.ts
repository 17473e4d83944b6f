/** Folders and files that are links to another disk, under the tasks' own permissions. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ended, ROOT, runTask, type SpawnOptions } from "./spawn_task.ts";

const DATA = `${ROOT}datasets/demo/questions.json`;

/** A folder to run tasks in, and beside it a "disk" that its links lead to. */
async function withDisk(
  action: (place: { work: string; disk: string; run: Run }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "houqa 法 " }));
  const [work, disk] = [join(folder, "work"), join(folder, "disk")];
  try {
    await Deno.mkdir(work);
    await Deno.mkdir(disk);
    const run: Run = (task, args, edit) =>
      runTask(task, args, { cwd: work, ...(edit === undefined ? {} : { edit }) });
    await action({ work, disk, run });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Run = (
  task: Parameters<typeof runTask>[0],
  args: readonly string[],
  edit?: SpawnOptions["edit"],
) => Promise<Ended>;

const evaluate = (output: string, rule = "longest") => [
  ...["--baseline", rule, "--data", DATA, "--context", "gold", "--samples", "3", "--quiet"],
  ...["--output", output],
];

/** The command of a task with one more path that may be written. */
const alsoWriting = (path: string): NonNullable<SpawnOptions["edit"]> => (words) =>
  words.map((word) => word.startsWith("--allow-write=") ? `${word},${path}` : word);

Deno.test({
  name: "results that is a link: written, replaced, reported and voted on as any other folder",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDisk(async ({ work, disk, run }) => {
      await Deno.symlink("../disk", join(work, "results"));
      const steps: [Parameters<Run>[0], string[]][] = [
        ["eval", evaluate("results/evaluations/a.json")],
        ["eval", [...evaluate("results/evaluations/a.json", "always:a"), "--overwrite"]],
        ["eval", evaluate("results/evaluations/b.json", "overlap")],
        ["report", ["results/evaluations/a.json"]],
        ["report", ["results/evaluations/a.json"]],
        ["report", ["results/evaluations/a.json", "--markdown", "--out", "results/a.md"]],
        ["report", ["results/evaluations/a.json", "--markdown", "--out", "results/a.md"]],
        ...[[], ["--overwrite"]].map((more): [Parameters<Run>[0], string[]] => [
          "vote",
          [
            ...["results/evaluations/a.json", "results/evaluations/b.json"],
            ...["--output", "results/vote.json", ...more],
          ],
        ]),
      ];
      for (const [task, args] of steps) {
        const { code, stderr } = await run(task, args);
        assert.equal(code, 0, `${task} ${args.join(" ")}: ${stderr}`);
      }
      const { results } = JSON.parse(await Deno.readTextFile(join(disk, "evaluations/a.json")));
      assert.equal(results[0].predicted_answer, "a");
      const left = [...Deno.readDirSync(join(disk, "evaluations"))].map(({ name }) => name).sort();
      assert.deepEqual(left, ["a.json", "b.json"]);
    }),
});

Deno.test({
  name: "an output that is a link out of the task's folders is refused before anything is asked",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDisk(async ({ work, disk, run }) => {
      await Deno.mkdir(join(work, "results"));
      assert.equal((await run("eval", evaluate("results/first.json"))).code, 0);
      await Deno.rename(join(work, "results/first.json"), join(disk, "a.json"));
      const before = await Deno.readTextFile(join(disk, "a.json"));
      await Deno.symlink(join(disk, "a.json"), join(work, "results/a.json"));
      const args = [...evaluate("results/a.json", "always:a"), "--overwrite"];
      const refused = await run("eval", args);
      assert.equal(refused.code, 2, refused.stderr);
      assert.ok(refused.stderr.includes("no permission to write "), refused.stderr);
      assert.match(refused.stderr, /^ {2}deno run .*--allow-write=\S*results.*\/disk'? /m);
      assert.equal(await Deno.readTextFile(join(disk, "a.json")), before);
      assert.deepEqual([...Deno.readDirSync(join(work, "results"))].map(({ name }) => name), [
        "a.json",
      ]);

      const allowed = await run("eval", args, alsoWriting(disk));
      assert.equal(allowed.code, 0, allowed.stderr);
      assert.ok((await Deno.lstat(join(work, "results/a.json"))).isSymlink);
      const { results } = JSON.parse(await Deno.readTextFile(join(disk, "a.json")));
      assert.equal(results[0].predicted_answer, "a");
    }),
});

Deno.test({
  name: "results that is a link to nothing is named, with what to do",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDisk(async ({ work, run }) => {
      await Deno.symlink("../gone", join(work, "results"));
      const { code, stderr } = await run("eval", evaluate("results/evaluations/a.json"));
      assert.equal(code, 2, stderr);
      assert.match(stderr, /results is a link to \.\.\/gone, which is not there: make that folder/);
    }),
});
