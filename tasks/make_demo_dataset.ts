/**
 * Writes the demo dataset of fictional statutes and questions, or checks that it is up to date:
 *
 *     deno run --allow-write=datasets/demo --allow-read=datasets/demo tasks/make_demo_dataset.ts
 *
 * Exit codes: 0 done, 1 `--check` found a difference, 2 bad command line.
 */
import { parseArgs } from "node:util";
import { COMMITTED, demoDifferences, demoFiles } from "./demo/demo_files.ts";

const USAGE = `Usage: make_demo_dataset.ts [options]

Options:
  --seed N       seed of the generator (default ${COMMITTED.seed})
  --statutes N   number of statutes (default ${COMMITTED.statutes}, at most 320)
  --questions N  number of questions (default ${COMMITTED.questions})
  --out DIR      folder to write to (default datasets/demo); another one needs its own permissions
  --check        write nothing; exit with 1 if the files in DIR differ from the generator's
  --help         show this text
`;

/** The command line, or a message that says what is wrong with it. */
export function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string", default: String(COMMITTED.seed) },
      statutes: { type: "string", default: String(COMMITTED.statutes) },
      questions: { type: "string", default: String(COMMITTED.questions) },
      out: { type: "string", default: "datasets/demo" },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    seed: wholeNumber("--seed", values.seed, 0, 2 ** 32 - 1),
    statutes: wholeNumber("--statutes", values.statutes, 1, 320),
    questions: wholeNumber("--questions", values.questions, 1, 100_000),
    out: values.out.replace(/(?<=.)\/+$/, ""),
    check: values.check,
    help: values.help,
  };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const n = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(n >= least && n <= most)) {
    throw new RangeError(`${option} "${text}": give a whole number from ${least} to ${most}`);
  }
  return n;
}

/** Runs the command and gives its exit code. */
export async function main(args: string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  let files: Map<string, string>;
  try {
    options = readOptions(args);
    if (options.help) {
      console.log(USAGE);
      return 0;
    }
    files = demoFiles(options);
  } catch (error) {
    // parseArgs throws TypeErrors, our own checks and the generator's limits are RangeErrors.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.check) {
    const problems = await demoDifferences(options.out, files);
    for (const problem of problems) console.error(problem);
    if (problems.length === 0) console.log(`${options.out}: ${files.size} files up to date`);
    return problems.length === 0 ? 0 : 1;
  }
  await Deno.mkdir(`${options.out}/laws`, { recursive: true });
  for (const [path, content] of files) await Deno.writeTextFile(`${options.out}/${path}`, content);
  console.log(`${options.out}: ${files.size} files written`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
