/** Killed and resumed training; needs HOUQA_TEST_TRAIN_PYTHON, a Python with its packages. */
import assert from "node:assert/strict";
import {
  IGNORE,
  killAfter,
  MODEL,
  readEvents,
  spawnTraining,
  train,
  withRecords,
} from "./train/training_double.ts";

Deno.test({
  name: "a run killed twice and resumed has the losses and the adapter of an undisturbed one",
  ignore: IGNORE,
  async fn() {
    await withRecords(20, async (folder) => {
      const options = [
        ...["--do-train", "--batch-size", "2", "--gradient-accumulation-steps", "2"],
        // Dropout, so that the random generators' state counts; an epoch's last update is short.
        ...["--lora-dropout", "0.1", "--num-epochs", "2", "--save-steps", "3", "--eval-steps", "2"],
        ...["--early-stopping-patience", "0", "--resume"],
      ];
      const whole = await train(folder, "whole", options);
      assert.equal(whole.code, 0, whole.stderr);
      assert.match(whole.stdout, /no checkpoint in .*beginning at the start/);

      for (const step of [4, 8]) {
        await killAfter(spawnTraining(folder, "killed", options), `${folder}/killed`, step);
      }
      const last = await train(folder, "killed", options);
      assert.equal(last.code, 0, last.stderr);
      assert.match(last.stdout, /Resumed after update 6/);

      const events = await readEvents(`${folder}/whole`);
      assert.equal(events.filter(({ type }) => type === "update").length, 10);
      assert.deepEqual(await readEvents(`${folder}/killed`), events);
      for (const file of ["adapter_model.safetensors", "last/adapter_model.safetensors"]) {
        assert.deepEqual(
          await Deno.readFile(`${folder}/killed/${file}`),
          await Deno.readFile(`${folder}/whole/${file}`),
          file,
        );
      }
      const summary = JSON.parse(await Deno.readTextFile(`${folder}/killed/summary.json`));
      assert.equal(summary.sittings, 3);
      assert.equal(summary.finished, true);
      assert.equal(summary.losses.length, 10);
      const left = [...Deno.readDirSync(`${folder}/killed/checkpoints`)].map(({ name }) => name);
      assert.deepEqual(left.sort(), ["step-000009.pt", "step-000010.pt"]);

      // Other settings are another run, which is said before the base is touched or even fetched; no
      // run is begun over an old one.
      const changed = [...options, "--lora-r", "8", "--model-name", "no/such-model"];
      const other = await train(folder, "killed", changed);
      assert.equal(other.code, 2);
      assert.match(other.stderr, /lora_r: was 16, is now 8/);
      // The same records an update in other portions are the same run.
      const portions = [...options, "--batch-size", "4", "--gradient-accumulation-steps", "1"];
      const finished = await train(folder, "killed", portions);
      assert.equal(finished.code, 0, finished.stderr);
      assert.match(finished.stdout, /Resumed after update 10/);
      const again = await train(folder, "killed", options.filter((one) => one !== "--resume"));
      assert.equal(again.code, 2);
      assert.match(again.stderr, /already holds a run/);

      // A damaged checkpoint is stepped over, a damaged log is named by its line.
      await Deno.truncate(`${folder}/killed/checkpoints/step-000010.pt`);
      const repaired = await train(folder, "killed", options);
      assert.equal(repaired.code, 0, repaired.stderr);
      assert.match(repaired.stdout, /WARNING: .*step-000010\.pt \(0 bytes\) is damaged/);
      assert.match(repaired.stdout, /Resumed after update 9/);
      assert.deepEqual(await readEvents(`${folder}/killed`), events);
      const log = `${folder}/killed/train_log.jsonl`;
      const lines = (await Deno.readTextFile(log)).split("\n");
      await Deno.writeTextFile(
        log,
        [lines[0], lines[1]!.slice(0, 9), ...lines.slice(2)].join("\n"),
      );
      const torn = await train(folder, "killed", options);
      assert.equal(torn.code, 2);
      assert.match(torn.stderr, /train_log\.jsonl, line 2 is damaged/);
      assert.doesNotMatch(torn.stderr, /Traceback/);
    });
  },
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `${signal} before the first update ends a run in one line`,
    ignore: IGNORE || Deno.build.os === "windows",
    async fn() {
      await withRecords(4, async (folder) => {
        // Weights that come to no end: the run waits in reading them.
        const model = `${folder}/model`;
        await Deno.mkdir(model);
        for await (const { name } of Deno.readDir(MODEL)) {
          if (!name.endsWith(".safetensors")) {
            await Deno.copyFile(`${MODEL}/${name}`, `${model}/${name}`);
          }
        }
        const pipe = await new Deno.Command("mkfifo", { args: [`${model}/model.safetensors`] })
          .output();
        assert.ok(pipe.success);
        const child = spawnTraining(folder, "out", ["--model-name", model, "--do-train"]);
        const errors = new Response(child.stderr).text();
        const { promise: planned, resolve } = Promise.withResolvers<void>();
        const reading = (async () => {
          let said = "";
          for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
            said += text;
            if (said.includes("plan:")) resolve();
          }
        })();
        await Promise.race([planned, child.status]);
        child.kill(signal);
        assert.equal((await child.status).code, code);
        await reading;
        assert.match(await errors, /^Ended by a signal before any update.*\n$/);
      });
    },
  });
}

Deno.test({
  name: "a signal ends a run with a checkpoint",
  ignore: IGNORE || Deno.build.os === "windows",
  async fn() {
    await withRecords(16, async (folder) => {
      const options = ["--do-train", "--batch-size", "4", "--num-epochs", "100"];
      const child = spawnTraining(folder, "out", options);
      const output = child.output();
      let isOver = false;
      output.then(() => isOver = true);
      while (!(await readEvents(`${folder}/out`)).some(({ type }) => type === "update")) {
        assert.ok(!isOver, "the run ended before its first update");
        await new Promise((done) => setTimeout(done, 20));
      }
      child.kill("SIGTERM");
      const { code } = await output;
      assert.equal(code, 143);
      const left = [...Deno.readDirSync(`${folder}/out/checkpoints`)].map(({ name }) => name);
      assert.equal(left.length, 1);
      const summary = JSON.parse(await Deno.readTextFile(`${folder}/out/summary.json`));
      assert.equal(summary.finished, false);
      assert.equal(`step-${String(summary.steps.done).padStart(6, "0")}.pt`, left[0]);
    });
  },
});
