/**
 * Prints training text for the demo's tiny model as JSON lines:
 *
 *     deno run tasks/demo/training_text.ts --stage list --seed 1 --count 1000
 *
 * With `--stage vocabulary`, each line is a list of pieces to train a tokenizer on; with
 * `--stage test`, the only line is a question file about statutes that are never trained on; with
 * `--stage prompts`, the lines are houqa's prompts for the question file on standard input.
 *
 * Exit codes: 0 done, 2 bad command line.
 */
import { parseArgs } from "node:util";
import { type Stage, STAGES, trainingExamples } from "./training_text_examples.ts";
import { testPrompts, testQuestions } from "./training_text_questions.ts";
import { vocabularyPieces } from "./training_text_vocabulary.ts";

const USAGE = `Usage: training_text.ts --stage STAGE [options]

Options:
  --stage STAGE  vocabulary, ${STAGES.join(", ")}, test or prompts
  --seed N       1 to 100000; other seeds give other statutes (default 1; not for test)
  --count N      number of examples (of questions in each wording for vocabulary; default 600)
  --plain SHARE  share of examples in the statute's own words, 0 to 1 (default 0)
  --wrong SHARE  share of questions that ask for the wrong statement, 0 to 1 (default 0.3)
  --help         show this text
`;

function numberBetween(option: string, text: string | undefined, least: number, most: number) {
  const n = text === undefined || text.trim() === "" ? NaN : Number(text);
  if (!(n >= least && n <= most)) {
    throw new RangeError(`--${option} "${text ?? ""}": give a number from ${least} to ${most}`);
  }
  return n;
}

/**
 * The lines that a command line asks for.
 * @throws RangeError or TypeError that says what is wrong with it
 */
export async function trainingLines(
  args: string[],
  readInput: () => Promise<string>,
): Promise<Iterable<unknown>> {
  const { values } = parseArgs({
    args,
    options: {
      stage: { type: "string" },
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "600" },
      plain: { type: "string", default: "0" },
      wrong: { type: "string", default: "0.3" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return [];
  const seed = Math.floor(numberBetween("seed", values.seed, 1, 100_000));
  const count = Math.floor(numberBetween("count", values.count, 1, 1_000_000));
  const plainShare = numberBetween("plain", values.plain, 0, 1);
  const wrongShare = numberBetween("wrong", values.wrong, 0, 1);
  switch (values.stage) {
    case "vocabulary":
      return vocabularyPieces(seed, count);
    case "test":
      return [testQuestions({ count, plain: plainShare > 0.5, wrongShare })];
    case "prompts":
      return testPrompts(JSON.parse(await readInput()));
    default:
      if (!STAGES.includes(values.stage as Stage)) {
        throw new RangeError(`--stage "${values.stage ?? ""}": give one of those listed below`);
      }
      return trainingExamples({
        stage: values.stage as Stage,
        seed,
        count,
        plainShare,
        wrongShare,
      });
  }
}

/** Runs the command and gives its exit code. */
export async function main(args: string[]): Promise<number> {
  let lines: Iterable<unknown>;
  try {
    lines = await trainingLines(args, () => new Response(Deno.stdin.readable).text());
  } catch (error) {
    // parseArgs throws TypeErrors, our own checks RangeErrors.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (args.includes("--help")) console.log(USAGE);
  const encoder = new TextEncoder();
  const writer = Deno.stdout.writable.getWriter();
  for (const line of lines) await writer.write(encoder.encode(JSON.stringify(line) + "\n"));
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
