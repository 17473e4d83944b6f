import assert from "node:assert/strict";
import { LETTERS } from "../dataset/question.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { readResult } from "../eval/read_result.ts";
import type { QuestionResult } from "../eval/result_schema.ts";
import { startOllamaDouble } from "../llm/ollama_double.ts";
import { seededRandom } from "../../tasks/demo/random.ts";
import { runTask, spawnTask } from "./spawn_task.ts";

const CONCURRENCY = 3;

/** A run that is killed and resumed. */
interface KilledRun {
  readonly questions: number;
  readonly kills: number;
  /** Calls for one question. */
  readonly calls: number;
  /** Calls before the first question. */
  readonly before: number;
  readonly args: readonly string[];
}

const RUNS: readonly (readonly [string, KilledRun])[] = [
  ["a run", { questions: 420, kills: 100, calls: 1, before: 0, args: ["--no-structured"] }],
  [
    "a run with four orders and a calibration",
    {
      ...{ questions: 80, kills: 24, calls: 4, before: 1 },
      args: ["--orders", "4", "--calibrate"],
    },
  ],
];

/** Results without the times, which differ from run to run. */
function withoutTimes(results: readonly QuestionResult[]): unknown[] {
  return results.map(({ seconds: _, orders, ...rest }) => ({
    ...rest,
    orders: orders?.map(({ seconds: __, ...answer }) => answer),
  }));
}

for (const [name, { questions, kills, calls, before: first, args: more }] of RUNS) {
  Deno.test(`killed ${kills} times and resumed, ${name} ends with the results of an undisturbed one`, async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/q.json`, formatSampleFile(makeSampleQuestions(questions)));
    await using double = await startOllamaDouble({
      latencyMs: 3,
      reply: (request) => {
        const text = request.messages.at(-1)!.content;
        const [, article = 0] = /第(\d+)条の届出の期間/.exec(text) ?? [];
        const [, days = 0] = /【選択肢】\na (\d)/.exec(text) ?? [];
        return LETTERS[(Number(article) * 7 + Number(days)) % 4]!;
      },
    });
    const options = {
      cwd: folder,
      ollamaPort: Number(new URL(double.url).port),
      env: { OLLAMA_HOST: double.url },
    };
    const args = [
      ...["--data", "q.json", "--llm-model", "double", "--context", "gold", "--quiet"],
      ...["--concurrency", String(CONCURRENCY), ...more, "--output"],
    ];
    try {
      const whole = await runTask("eval", [...args, "results/whole.json"], options);
      assert.equal(whole.code, 0, whole.stderr);
      const expected = await readResult(`${folder}/results/whole.json`);
      assert.equal(double.chats.length, questions * calls + first);

      const { below: random } = seededRandom(20);
      const answered = async () => {
        const text = await Deno.readTextFile(`${folder}/results/killed.json.journal.jsonl`)
          .catch(() => "");
        return text.split("\n").slice(0, -1).filter((line) => line.includes('"type":"result"'))
          .length;
      };
      for (let kill = 0; kill < kills; kill++) {
        const before = { asked: double.chats.length, answered: await answered() };
        const child = spawnTask("eval", [...args, "results/killed.json"], options);
        const output = child.output();
        // Mostly in the middle of the questions, now and then while it is starting.
        const dead = output.then(() => "ended" as const);
        if (kill % 10 === 0) await new Promise((done) => setTimeout(done, random(250)));
        else {
          const target: number = double.chats.length + 1 + random(5 * calls);
          assert.equal(
            await Promise.race([double.chatsReached(target).then(() => "asking"), dead]),
            "asking",
          );
          await new Promise((done) => setTimeout(done, random(4)));
        }
        child.kill("SIGKILL");
        assert.equal((await output).signal, "SIGKILL");
        // Requests on their way when the process died may still arrive.
        await new Promise((done) => setTimeout(done, 5));
        const lost: number = double.chats.length - before.asked -
          (await answered() - before.answered) * calls;
        assert.ok(lost <= CONCURRENCY * calls + first, `kill ${kill} lost ${lost} answers`);
      }
      const last = await runTask("eval", [...args, "results/killed.json"], options);
      assert.equal(last.code, 0, last.stderr);
      const killed = await readResult(`${folder}/results/killed.json`);
      assert.deepEqual(withoutTimes(killed!.results), withoutTimes(expected!.results));
      assert.deepEqual(killed!.summary.predicted_letters, expected!.summary.predicted_letters);
      assert.deepEqual(killed!.summary.orders, expected!.summary.orders);
      assert.deepEqual(killed!.summary.calibration, expected!.summary.calibration);
      assert.ok(killed!.provenance.sittings > kills / 2);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
