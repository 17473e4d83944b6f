/** The Python side of training; needs HOUQA_TEST_TRAIN_PYTHON, a Python with its packages. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runTask } from "../src/cli/spawn_task.ts";
import { readResult } from "../src/eval/read_result.ts";
import { renderTrainingLog } from "../src/report/training_log.ts";
import { readTrainingSummary } from "../src/report/training_summary.ts";
import { testQuestions } from "./demo/training_text_questions.ts";
import { comparePrompts } from "./train/compare_prompts.ts";
import { IGNORE, MODEL, PYTHON, TASKS, train, withRecords } from "./train/training_double.ts";

Deno.test({
  name: "the unit tests of the Python modules",
  ignore: IGNORE,
  async fn() {
    const modules: string[] = [];
    for await (const { name } of Deno.readDir(join(TASKS, "train"))) {
      if (name.endsWith("_test.py")) modules.push(`train.${name.slice(0, -".py".length)}`);
    }
    assert.ok(modules.length >= 4);
    const { code, stderr } = await new Deno.Command(PYTHON!, {
      args: ["-B", "-m", "unittest", ...modules.sort()],
      cwd: TASKS,
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 0, text);
    assert.match(text, /Ran \d\d tests/);
  },
});

Deno.test({
  name: "a record that would lose its answer is refused before anything is started",
  ignore: IGNORE,
  async fn() {
    await withRecords(4, async (folder) => {
      const { code, stderr } = await train(folder, "out", [
        "--do-train",
        "--max-seq-length",
        "100",
      ]);
      assert.equal(code, 2);
      assert.match(stderr, /4 of 4 records are longer than --max-seq-length 100/);
      assert.match(
        stderr,
        /train\.jsonl, line 1 \(id demo-11-1\): \d+ tokens .*answer token, number \d+, would be cut/,
      );
      await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound);
    });
  },
});

Deno.test({
  name: "training asks with the tokens of evaluation, and a difference would be seen",
  ignore: IGNORE,
  async fn() {
    await withRecords(12, async (folder) => {
      const same = await comparePrompts(TASKS, PYTHON!, MODEL, `${folder}/train.jsonl`);
      assert.deepEqual(same.differences, []);
      assert.equal(same.records, 12);
      assert.ok(same.tokens > 12 * 100);

      // Python reads another template than the one that lies beside: one word more.
      const changed = `${folder}/model`;
      await Deno.mkdir(changed);
      for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
        await Deno.copyFile(`${MODEL}/${name}`, `${changed}/${name}`);
      }
      const template = await Deno.readTextFile(`${MODEL}/chat_template.jinja`);
      const path = `${changed}/chat_template.jinja`;
      await Deno.writeTextFile(path, template);
      const runner = {
        show: () => Promise.resolve(1),
        async capture([program, ...args]: readonly string[]) {
          const { code, stdout } = await new Deno.Command(program!, { args }).output();
          await Deno.writeTextFile(path, template.replace("assistant", "assistant!"));
          return { code, stdout: new TextDecoder().decode(stdout), stderr: "" };
        },
      };
      const { differences } = await comparePrompts(
        TASKS,
        PYTHON!,
        changed,
        `${folder}/train.jsonl`,
        runner,
      );
      assert.equal(differences.length, 12);
      assert.match(differences[0]!.evaluated, /^!/);
    });
  },
});

Deno.test({
  name: "the adapter is loaded by houqa and changes the answers",
  ignore: IGNORE,
  async fn() {
    await withRecords(192, async (folder) => {
      const trained = await train(folder, "adapter", [
        ...["--do-train", "--batch-size", "16", "--gradient-accumulation-steps", "1"],
        ...["--num-epochs", "1", "--lora-dropout", "0"],
      ]);
      assert.equal(trained.code, 0, trained.stderr);
      const questions = testQuestions({ count: 20, plain: false, wrongShare: 0.4 });
      await Deno.writeTextFile(`${folder}/test.json`, JSON.stringify(questions));
      const evaluate = async (name: string, more: readonly string[]) => {
        const output = `results/${name}.json`;
        const { code, stderr } = await runTask("eval:hf", [
          ...["--llm-backend", "hf", "--hf-model-name", MODEL, "--hf-device", "cpu", ...more],
          ...["--data", "test.json", "--context", "gold", "--no-few-shot", "--output", output],
        ], { cwd: folder, env: { HOUQA_CACHE: `${folder}/results/cache` } });
        assert.equal(code, 0, stderr);
        return (await readResult(`${folder}/${output}`))!.summary;
      };
      const base = await evaluate("base", []);
      const adapted = await evaluate("adapted", ["--hf-lora-path", "adapter"]);
      // The tiny model never writes a letter by itself.
      assert.equal(base.unparsed_count, 20);
      assert.equal(adapted.unparsed_count, 0);
      for (const name of ["curves.png", "curves.svg", "training_log.md"]) {
        assert.ok((await Deno.stat(`${folder}/adapter/${name}`)).size > 1000, name);
      }
      const summary = await readTrainingSummary(`${folder}/adapter/summary.json`);
      const log = await Deno.readTextFile(`${folder}/adapter/training_log.md`);
      assert.equal(renderTrainingLog(summary), log);
    });
  },
});
