import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { type Letter, LETTERS, type Question } from "../dataset/question.ts";
import { FakeLlm } from "../llm/fake_llm.ts";
import type { Prompt } from "../llm/llm.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings, type SettingSources } from "../settings/resolve_settings.ts";
import { evaluate, type EvaluationWorld } from "./evaluate.ts";
import { readResult } from "./read_result.ts";
import type { ResultFile } from "./result_schema.ts";

/** For tests: options of the command line by the settings' names. */
export type Options = SettingSources["options"];

/** A folder with a question file, and evaluations of it. */
export interface Bench {
  readonly output: string;
  readonly folder: string;
  run(
    llm: FakeLlm,
    options?: Options,
    world?: Partial<EvaluationWorld>,
  ): ReturnType<typeof evaluate>;
  /** The result of a run that is not stopped. */
  ask(llm: FakeLlm, options?: Options): Promise<ResultFile>;
}

/** Runs an action on a bench with this question file; the folder is deleted after it. */
export async function withBench(
  file: string,
  action: (bench: Bench) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const output = `${folder}/r.json`;
  await Deno.writeTextFile(`${folder}/q.json`, file);
  const run: Bench["run"] = (llm, options = {}, world = {}) => {
    const given = { data: `${folder}/q.json`, output, context: "gold", orders: "4", ...options };
    const sources = { options: given, dotenv: {}, environment: () => undefined };
    return evaluate(normaliseEvaluation(resolveSettings(sources)).config, {
      settings: {},
      overwrite: true,
      createLlm: () => Promise.resolve(llm),
      ...world,
    });
  };
  try {
    await action({
      folder,
      output,
      run,
      ask: async (llm, options) => {
        await run(llm, options);
        return (await readResult(output))!;
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Questions whose texts tell which one they are and where its choices stand. */
export const SAMPLES = makeSampleQuestions(8);
/** They as a question file. */
export const SAMPLE_FILE = formatSampleFile(SAMPLES);

/** Which sample question a prompt came from. */
export const numberOf = (prompt: Prompt) => Number(/第(\d+)条/.exec(prompt.parts.question)![1]) - 1;
/** Where a prompt shows the choice with this text. */
export const letterOfText = ({ parts: { choices } }: Prompt, text: string): Letter =>
  LETTERS.find((letter) => choices[letter] === text)!;
/** The order in which a prompt shows a sample question, read off its texts alone. */
export function orderOf(prompt: Prompt): string {
  const { choices } = SAMPLES[numberOf(prompt)]!;
  const original = LETTERS.map((letter) => choices[letter]);
  return LETTERS.map((letter) => original.indexOf(prompt.parts.choices[letter])).join("");
}
/** Takes the choice that has this letter in the file, wherever it stands. */
export const takes = (choice: (question: Question) => Letter) =>
  new FakeLlm((prompt) => {
    const question = SAMPLES[numberOf(prompt)]!;
    return letterOfText(prompt, question.choices[choice(question)]);
  });
