import { makeDemo } from "./make_demo.ts";
import { renderPrompt } from "../../src/prompt/render_prompt.ts";
import { sayNorm } from "./norm.ts";
import { SLOT_POOLS } from "./slot.ts";
import { toSample } from "./sample.ts";
import { heldOutTopics, LIST_CLOSING, PLACES } from "./training_text_examples.ts";

/** The endings that carry a norm; they must not melt into the verbs before them. */
const NORM_ENDINGS = ["must", "need-not", "may", "may-not", "must-not"].flatMap((value) =>
  ([0, 1, 2] as const).map((manner) => sayNorm(value, { plain: "", negative: "", te: "" }, manner))
);

/**
 * Pieces of text for training a tokenizer. Texts are cut at the edges of every value and name, so
 * that no token reaches across an edge and equal values have equal tokens.
 */
export function* vocabularyPieces(seed: number, questions: number): Generator<string[]> {
  const heldOut = heldOutTopics();
  for (const plain of [false, true]) {
    const demo = makeDemo({
      seed: 10_000_000 + seed * 10_000 + (plain ? 1 : 0),
      statutes: 320,
      questions,
      wrongShare: 0.5,
      plain,
    });
    for (const question of demo.questions) {
      const { profile } = question.statute;
      if (heldOut.has(profile.topic)) continue;
      const sample = toSample(question, 1);
      const cut = cutter([
        ...Object.values(SLOT_POOLS).flatMap((pool) => pool.flatMap((s) => [s.law, s.value])),
        ...question.article.facts.flatMap(({ slots }) => Object.values(slots)).map((s) => s.law),
        ...profile.offices.map((office) => office.law),
        profile.topic.slice(0, -2),
        profile.topic.slice(-2),
        profile.certificate,
        profile.ministry,
        profile.place,
        profile.equipment,
        profile.customer,
        ...NORM_ENDINGS,
      ]);
      const choices = question.choices.map(({ text }) => text);
      yield [sample.コンテキスト, ...choices, ...PLACES].flatMap(cut);
    }
    // The frame of the prompt is the same in every example: a share of its weight is enough.
    const [first] = demo.samples;
    const cut = cutter(["正しいもの", "誤っているもの"]);
    for (let i = 0; first !== undefined && i < questions / 10; i++) {
      const { messages } = renderPrompt(
        {
          instruction: first.指示,
          question: "次の記述のうち、正しいものはどれか。",
          choices: { a: "", b: "", c: "", d: "" },
        },
        [""],
        { mode: "direct", fewShot: false },
      );
      yield [
        ...messages.flatMap(({ content }) => cut(content)),
        ...["system", "user", "assistant", "正", "誤", "【記述】", LIST_CLOSING],
      ];
    }
  }
}

/** Cuts a text before and behind each of the words; the longest word wins. */
function cutter(words: readonly string[]): (text: string) => string[] {
  const longestFirst = [...new Set(words)].sort((x, y) => y.length - x.length);
  const pattern = new RegExp(`(${longestFirst.map((word) => RegExp.escape(word)).join("|")})`);
  return (text) => text.split(pattern).filter((piece) => piece !== "");
}
