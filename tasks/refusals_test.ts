/**
 * Commands without one of their flags: what they can't do without is refused with a sentence, never
 * by a prompt or a stack trace.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, runTask, taskWords } from "../src/cli/spawn_task.ts";

const DEMO = "datasets/demo";
const CASES: readonly [Parameters<typeof runTask>[0], readonly string[]][] = [
  ["eval", ["--baseline", "longest", "--data", `${DEMO}/questions.json`, "--overwrite"]],
  ["export", [`${DEMO}/model`, "--quiet"]],
  ["cache", ["list"]],
  ["setup:cuda", ["--dry-run"]],
  ["doctor", []],
  ["laws", ["build", "--in", `${DEMO}/laws`, "--out", "data/index"]],
  ["retrieve", ["--data", `${DEMO}/questions.json`, "--samples", "2"]],
  ["retrieve:hf", ["--data", `${DEMO}/questions.json`, "--index", "data/none"]],
  ["qa", ["問い"]],
  ["qa:hf", ["--llm-backend", "hf", "--hf-model-name", `${DEMO}/model`, "問い"]],
  ["results", []],
  ["compare", ["results/a.json", "results/b.json"]],
  ["report", ["results/a.json"]],
  ["settings", []],
  ["docs", ["heart01", "--output", "results/heart01", "--overwrite"]],
  ["dataset:fetch", []],
  ["houqa", ["dataset", "check", `${DEMO}/questions.json`, `${DEMO}/questions.json`]],
];

for (const [task, args] of CASES) {
  Deno.test(`${task} ${args[0] ?? ""}: without a flag a sentence, or it is not needed here`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
    try {
      for (const part of ["", "model", "laws"]) {
        await Deno.mkdir(join(folder, DEMO, part), { recursive: true });
        for await (const { name, isFile } of Deno.readDir(join(ROOT, DEMO, part))) {
          const path = join(DEMO, part, name);
          if (isFile) await Deno.copyFile(join(ROOT, path), join(folder, path));
        }
      }
      await Deno.mkdir(join(folder, "results"));
      const env = { HOUQA_CACHE: join(folder, "results", "cache"), OLLAMA_HOST: "127.0.0.1:9" };
      let refused = 0;
      for (const flag of taskWords(task).filter((word) => word.startsWith("--allow-"))) {
        const edit = (words: string[]) => words.filter((word) => word !== flag);
        const { code, stdout, stderr } = await runTask(task, args, { cwd: folder, env, edit });
        const what = `${task} without ${flag.slice(0, 30)}: ended with ${code}: ${stderr}`;
        assert.ok(!/\n\s+at /.test(stdout + stderr), what);
        assert.ok(!/Allow\?|\[y\/n|Uncaught|Unexpected error/.test(stdout + stderr), what);
        assert.ok([0, 1, 2, 3].includes(code), what);
        if (/no permission/i.test(stdout + stderr)) refused++;
      }
      assert.ok(refused > 0, `${task}: no flag was missed`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
