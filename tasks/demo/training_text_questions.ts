import { parseChoices } from "../../src/dataset/parse_choices.ts";
import { renderPrompt } from "../../src/prompt/render_prompt.ts";
import { makeDemo } from "./make_demo.ts";
import type { Sample } from "./sample.ts";
import { chatPrompt, TEST_SET } from "./training_text_examples.ts";

/** How the questions for measuring accuracy are made. */
export interface TestOptions {
  readonly count: number;
  /** All in the statute's own wording and numerals, or none. */
  readonly plain: boolean;
  readonly wrongShare: number;
}

/** Questions about statutes that are never trained on, as a question file holds them. */
export function testQuestions({ count, plain, wrongShare }: TestOptions): { samples: Sample[] } {
  const { samples } = makeDemo({ ...TEST_SET, questions: count, plain, wrongShare });
  return { samples: [...samples] };
}

/** The prompts that houqa asks the questions of a file with, each with its own article, in ChatML. */
export function testPrompts(file: { readonly samples: readonly Sample[] }): { prompt: string }[] {
  return file.samples.map((sample) => {
    const { messages } = renderPrompt(
      {
        instruction: sample.指示,
        question: sample.問題文,
        choices: parseChoices(sample.選択肢),
      },
      [sample.コンテキスト],
      { mode: "direct", fewShot: false },
    );
    return { prompt: chatPrompt(messages) };
  });
}
