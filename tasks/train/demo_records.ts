import { parseChoices } from "../../src/dataset/parse_choices.ts";
import type { ChatMessage } from "../../src/llm/llm.ts";
import { renderAnswer, renderPrompt } from "../../src/prompt/render_prompt.ts";
import { makeDemo } from "../demo/make_demo.ts";
import { seededRandom } from "../demo/random.ts";
import { type Sample, toSample } from "../demo/sample.ts";
import { heldOutTopics } from "../demo/training_text_examples.ts";

/** One line of a training file, as `train_qwen_law_ft.py` reads it. */
export interface ChatRecord {
  readonly id: string;
  readonly messages: readonly ChatMessage[];
  readonly answer: string;
}

/** Which demo questions are made into records. */
export interface DemoRecordOptions {
  /** 0 to 9,999; each gives other statutes. */
  readonly seed: number;
  readonly count: number;
  /** Share of questions that ask for the wrong statement (0 to 1). */
  readonly wrongShare?: number;
}

/** Far from the seeds of datasets and of what the demo model was trained on. */
const FIRST_SEED = 40_000_000;
const STATUTES = 60;

/**
 * Direct-answer records with the gold article, in the prompt that houqa asks with, about fictional
 * statutes none of which has a topic of the demo questions or of the demo model's test set.
 * @throws {RangeError} if there are fewer questions than asked for.
 */
export function demoRecords({ seed, count, wrongShare = 0.4 }: DemoRecordOptions): ChatRecord[] {
  const heldOut = heldOutTopics();
  const { questions } = makeDemo({
    seed: FIRST_SEED + seed,
    statutes: STATUTES,
    questions: Math.ceil(count * 1.6) + 50,
    wrongShare,
    gridShare: 0.6,
  });
  const allowed = questions.filter(({ statute }) => !heldOut.has(statute.profile.topic));
  if (allowed.length < count) {
    throw new RangeError(`only ${allowed.length} of ${count} demo questions can be had`);
  }
  return seededRandom(seed).shuffle(allowed).slice(0, count)
    .map((question, i) => toRecord(toSample(question, i + 1), `demo-${seed}-${i + 1}`));
}

/** A question of the dataset's format as a direct-answer record with its own article. */
export function toRecord(sample: Sample, id: string): ChatRecord {
  const { messages } = renderPrompt(
    { instruction: sample.指示, question: sample.問題文, choices: parseChoices(sample.選択肢) },
    [sample.コンテキスト],
    { mode: "direct", fewShot: false },
  );
  const answer = sample.output as "a" | "b" | "c" | "d";
  const content = renderAnswer(answer, "direct");
  return { id, messages: [...messages, { role: "assistant", content }], answer };
}

/** Records as a JSONL file's text. */
export function asJsonLines(records: readonly ChatRecord[]): string {
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}
