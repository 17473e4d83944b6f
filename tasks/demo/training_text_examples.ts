import { renderAnswer, renderPrompt } from "../../src/prompt/render_prompt.ts";
import type { ChatMessage } from "../../src/llm/llm.ts";
import { type Fact, isTrue } from "./fact.ts";
import { DEMO_SEED, DEMO_STATUTES, makeDemo } from "./make_demo.ts";
import { type Choice, LETTERS, type Question } from "./question.ts";
import { type Random, seededRandom } from "./random.ts";
import { articleContext, toSample } from "./sample.ts";
import { findLawValues, type LawValue } from "./training_text_law_values.ts";
import {
  type MarkedText,
  markStatement,
  readMarks,
  type StatementToMark,
} from "./training_text_marks.ts";

/**
 * restate: an article, to be written out again;
 * list: an article and eight statements, to be answered with a verdict on each;
 * choose: a question in houqa's own prompt, answered with the choice's place in words;
 * letter: the same prompt, answered with the letter.
 */
export type Stage = "restate" | "list" | "choose" | "letter";

/** The stages in the order in which they are taught. */
export const STAGES: readonly Stage[] = ["restate", "list", "choose", "letter"];

/** What training examples are made from. */
export interface TrainingOptions {
  readonly stage: Stage;
  /** 1 to 100,000; each gives other statutes, none of them those of a dataset. */
  readonly seed: number;
  readonly count: number;
  /** Share of examples in the statute's own wording and numerals (0 to 1). */
  readonly plainShare: number;
  /** Share of questions that ask for the wrong statement (0 to 1). */
  readonly wrongShare: number;
}

/** A conversation in ChatML with everything that training knows about it. */
export interface TrainingExample extends MarkedText {
  /** Where the article lays down its values. */
  readonly law: readonly LawValue[];
  /** Whether each statement is the answer; empty where none is asked for. */
  readonly chosen: readonly boolean[];
  /** Where the assistant's words begin and end, with the end-of-turn token. */
  readonly answer: readonly [start: number, end: number];
}

/** The statutes that accuracy is measured on while a model is being made. */
export const TEST_SET = { seed: 777, statutes: 20 } as const;

/** The datasets that accuracy is measured on; no statute about their topics is ever trained on. */
export const HELD_OUT: readonly { readonly seed: number; readonly statutes: number }[] = [
  { seed: DEMO_SEED, statutes: DEMO_STATUTES },
  TEST_SET,
];

/** What a list ends with. */
export const LIST_CLOSING = "各記述が条文に合うときは正、合わないときは誤と、順に答えてください。";

/** How the base model names a choice. */
export const PLACES = ["一番目", "二番目", "三番目", "四番目"] as const;

const LIST_LENGTH = 8;
const STATUTES_A_ROUND = 24;
const GRID_SHARE = 0.6;
/** Questions made for each list: their choices are what the list is drawn from. */
const QUESTIONS_A_LIST = 10;
const ARTICLES_A_STATUTE = 11;

/** The topics of the statutes that are held out. */
export function heldOutTopics(): Set<string> {
  return new Set(
    HELD_OUT.flatMap((options) => makeDemo({ ...options, questions: 0 }).statutes)
      .map(({ profile }) => profile.topic),
  );
}

/** Makes training examples, a round of new statutes at a time. */
export function* trainingExamples(options: TrainingOptions): Generator<TrainingExample> {
  const { stage, seed, count, plainShare, wrongShare } = options;
  const heldOut = heldOutTopics();
  const random = seededRandom(seed);
  for (let round = 0, made = 0; made < count; round++) {
    const plain = random.next() < plainShare;
    const perArticle = { restate: 1, list: QUESTIONS_A_LIST, choose: 2, letter: 2 }[stage];
    const { questions } = makeDemo({
      // Far from the small seeds that datasets are made from.
      seed: 10_000_000 + seed * 10_000 + round,
      statutes: STATUTES_A_ROUND,
      questions: STATUTES_A_ROUND * ARTICLES_A_STATUTE * perArticle,
      wrongShare: stage === "list" ? 0.5 : wrongShare,
      gridShare: GRID_SHARE,
      plain,
    });
    const allowed = questions.filter(({ statute }) => !heldOut.has(statute.profile.topic));
    const examples = stage === "choose" || stage === "letter"
      ? random.shuffle(allowed).map((question) => questionExample(question, stage, plain))
      : [...Map.groupBy(allowed, ({ article }) => article).values()].map((group) =>
        stage === "list" ? listExample(group, plain, random) : restateExample(group[0]!)
      );
    for (const example of random.shuffle(examples.slice(0, count - made))) yield example;
    made += examples.length;
  }
}

/** An article, and the same again. */
function restateExample({ statute, article }: Question): TrainingExample {
  const text = articleContext(statute, article);
  const content = `【参照条文】\n${text}\n\n条文をそのまま書き写してください。`;
  return { ...chat([{ role: "user", content }], [], text, article.facts), chosen: [] };
}

/** An article, statements about it, and a verdict on each. */
function listExample(group: readonly Question[], plain: boolean, random: Random): TrainingExample {
  const { statute, article } = group[0]!;
  const choices = new Map(group.flatMap((q) => q.choices).map((choice) => [choice.text, choice]));
  const holds = ({ statement }: Choice) => isTrue(statement, article.facts);
  const all = [...choices.values()];
  const half = LIST_LENGTH / 2;
  const drawn = random.shuffle([
    ...random.sample(all.filter(holds), half),
    ...random.sample(all.filter((choice) => !holds(choice)), half),
  ]);
  const statements = drawn.map(({ text, statement }) =>
    markStatement(text, statement, article.facts, plain)
  );
  const lines = statements.map(({ marked }, i) => `${"abcdefgh"[i]} ${marked}`).join("\n");
  const content = `【参照条文】\n${articleContext(statute, article)}\n\n` +
    `【記述】\n${lines}\n\n${LIST_CLOSING}`;
  const answer = statements.map(({ about }) => about.holds ? "正" : "誤").join("");
  return {
    ...chat([{ role: "user", content }], statements, answer, article.facts),
    chosen: [],
  };
}

/** A question in houqa's prompt, and the answer that the stage teaches. */
function questionExample(
  question: Question,
  stage: "choose" | "letter",
  plain: boolean,
): TrainingExample {
  const { article, kind, answer } = question;
  const sample = toSample(question, 1);
  const statements = question.choices.map(({ text, statement }) =>
    markStatement(text, statement, article.facts, plain)
  );
  const [a, b, c, d] = statements.map(({ marked }) => marked) as [string, string, string, string];
  const { messages } = renderPrompt(
    { instruction: sample.指示, question: sample.問題文, choices: { a, b, c, d } },
    [sample.コンテキスト],
    { mode: "direct", fewShot: false },
  );
  const words = stage === "letter"
    ? renderAnswer(answer, "direct")
    : PLACES[LETTERS.indexOf(answer)]!;
  const example = chat(messages, statements, words, article.facts);
  const chosen = example.statements.map(({ holds }) => holds === (kind === "correct"));
  return { ...example, chosen };
}

/** A conversation in ChatML. */
function chat(
  messages: readonly ChatMessage[],
  statements: readonly StatementToMark[],
  answer: string,
  facts: readonly Fact[],
): Omit<TrainingExample, "chosen"> {
  const marked = readMarks(chatPrompt(messages), statements.map(({ about }) => about));
  const text = `${marked.text}${answer}<|im_end|>`;
  const closing = marked.text.indexOf("\n\n", marked.text.indexOf("【参照条文】\n"));
  const law = findLawValues(marked.text.slice(0, closing), facts);
  return { ...marked, text, law, answer: [marked.text.length, text.length] };
}

/** A prompt in ChatML, as the model's own chat template writes it. */
export function chatPrompt(messages: readonly ChatMessage[]): string {
  const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return `${turns.join("")}<|im_start|>assistant\n`;
}
