import assert from "node:assert/strict";
import type { EmbedGate } from "../rag/vector/ollama_embed_double.ts";
import { ARTICLES, BATCH, withServer, writeMany } from "./laws_embed_double.ts";
import { spawnTask } from "./spawn_task.ts";
import { canType, typeAtTerminal } from "./type_at_terminal.ts";

const MANY = ["embed", "--index", "many", "--embedding-model", "ollama:bge-m3"] as const;

/** Lets two batches more through and waits until the next one is asked for. */
async function untilMore(gate: EmbedGate, output: Promise<unknown>): Promise<void> {
  // The trial that the model works.
  gate.open(2 * BATCH + 1);
  let hasEnded = false;
  output.then(() => hasEnded = true);
  await gate.untilShut(() => hasEnded);
}

Deno.test(
  "ended by signals and killed, the same command goes on and embeds no batch twice",
  withServer(async ({ folder, run, options, texts, gate }) => {
    await writeMany(folder);
    let most = 0;
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGKILL", 137]] as const) {
      const child = spawnTask("laws", [...MANY], options);
      const output = child.output();
      await untilMore(gate, output);
      if (signal === "SIGINT") {
        gate.open(1);
        const second = await run(...MANY);
        assert.equal(second.code, 3, second.stderr);
        assert.match(second.stderr, /Another process is building the vector index many_vectors/);
      }
      child.kill(signal);
      const ended = await output;
      const stderr = new TextDecoder().decode(ended.stderr);
      assert.equal(ended.signal === "SIGKILL" ? 137 : ended.code, code, stderr);
      if (code !== 137) {
        const [, done] = /Interrupted\. (\d+) of 600 articles are embedded and kept\. The same/
          .exec(stderr)!;
        most += 2 * BATCH;
        assert.equal(Number(done), most, stderr);
      }
    }
    gate.open(Infinity);
    const last = await run(...MANY);
    assert.equal(last.code, 0, last.stderr);
    assert.match(last.stderr, /Going on with the build that was cut off: 384 of 600 are embedded/);
    assert.match(last.stderr, /95 % {2}\d+\/600 articles {2}ETA \d/);
    assert.match(last.stdout, /model {4}ollama:bge-m3, at most 300 tokens/);
    assert.equal(texts(), ARTICLES);
  }),
);

Deno.test({
  name: "a long build is asked about at a terminal, and goes on without one",
  ignore: !canType,
  fn: withServer(async ({ folder, options, texts, gate }) => {
    await writeMany(folder, 20_000);
    const args = ["laws", ...MANY];
    const no = await typeAtTerminal(args, options, [["Go on? [y/N]", "n\n"]]);
    assert.equal(no.code, 3, no.screen);
    assert.match(
      no.screen,
      /19,936 of 20,000 articles are left: about \d+ min \(64 took \d+\.\d s\)/,
    );
    assert.match(no.screen, /Stopped\. 64 of 20,000 articles are embedded and kept/);
    assert.equal(texts(), BATCH);
    const cut = await typeAtTerminal(args, options, [["Go on? [y/N]", "\x03"]]);
    assert.equal(cut.code, 130, cut.screen);
    assert.equal(texts(), 2 * BATCH);
    const yes = await typeAtTerminal(args, options, [["[y/N]", "y\n"], ["256/20,000", "\x03"]]);
    assert.equal(yes.code, 130, yes.screen);
    assert.match(yes.screen, /Interrupted\. 256 of 20,000 articles are embedded/);
    assert.ok(texts() >= 4 * BATCH);
    const child = spawnTask("laws", [...MANY], options);
    const output = child.output();
    await untilMore(gate, output);
    child.kill("SIGTERM");
    const stderr = new TextDecoder().decode((await output).stderr);
    assert.match(stderr, /There is no terminal to ask at: it goes on/);
  }, { delayMs: 500 }),
});
