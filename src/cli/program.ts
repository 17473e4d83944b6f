import { Command } from "commander";
import { describeBuild } from "../build/describe_build.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { isDebugging } from "../settings/read_environment.ts";
import { type CliContext, typedWords } from "./cli_context.ts";
import { registerCache } from "./cache.ts";
import { registerCompare } from "./compare.ts";
import { registerCompletions } from "./completions.ts";
import { registerDataset } from "./dataset.ts";
import { registerDocs } from "./docs.ts";
import { registerDoctor } from "./doctor.ts";
import { registerEval } from "./eval.ts";
import { EXIT } from "./exit_code.ts";
import { registerExport } from "./export.ts";
import { explainError } from "./explain_error.ts";
import { readHelpWords, refuseOptionsFirst } from "./find_command.ts";
import { registerLaws } from "./laws.ts";
import { print, printError } from "./print.ts";
import { registerQa } from "./qa.ts";
import { registerReport } from "./report.ts";
import { registerResults } from "./results.ts";
import { registerRetrieve } from "./retrieve.ts";
import { registerSettings } from "./settings.ts";
import { registerSetup } from "./setup.ts";
import { registerVote } from "./vote.ts";

const NOTES = `
\`houqa help <command>\` shows a command's options. Settings come from options, then the environment,
then .env, then defaults; HOUQA_DEBUG=1 adds a stack trace to errors.

Examples:
  houqa doctor
  houqa eval --dry-run --samples 1 --data datasets/demo/questions.json
  houqa help dataset split

Exit codes: 0 done; 1 done, with a question that ended in an error or a finding; 2 wrong command line,
setting or file; 3 could not go on; 130, 143, 129 ended by a signal.
`;

/**
 * Runs one command line.
 * @param args what stands behind the program's name.
 * @param prepare takes what is not for houqa's commands out of the arguments, before anything else.
 * @returns the exit code.
 */
export async function runProgram(
  args: readonly string[],
  prepare: (args: readonly string[]) => readonly string[] = (all) => all,
): Promise<number> {
  try {
    return await runWords(prepare(args));
  } catch (error) {
    const { exitCode, message } = explainError(error, typedWords(args));
    if (message !== "") printError(`houqa: ${message}`);
    if (isDebugging()) console.error(error);
    return exitCode;
  }
}

async function runWords(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const words = typedWords(args);
  const context: CliContext = {
    words,
    exit(code) {
      exitCode = code;
    },
  };
  const program = createProgram(context);
  if (words.length === 2 && words.includes("--version") && words.includes("--verbose")) {
    print(await describeBuild());
    return exitCode;
  }
  refuseOptionsFirst(program, words);
  await program.parseAsync([...readHelpWords(program, words)], { from: "user" });
  return exitCode;
}

/** All commands with their options; nothing is run. */
export function createProgram(context: CliContext): Command {
  const program = new Command("houqa")
    .description("houqa (法QA): how well a language model answers Japanese-law questions")
    .version(
      HOUQA_VERSION,
      "-V, --version",
      "output the version number; with --verbose what it was built from",
    )
    .configureOutput({
      writeOut: (text) => print(text.replace(/\n$/, "")),
      writeErr: (text) => printError(text.replace(/\n$/, "")),
    })
    .exitOverride()
    .addHelpText("after", NOTES)
    .showHelpAfterError("(--help shows all options)");
  registerEval(program, context);
  registerCompare(program, context);
  registerVote(program, context);
  registerReport(program, context);
  registerResults(program, context);
  registerSettings(program, context);
  registerDataset(program, context);
  registerLaws(program, context);
  registerRetrieve(program, context);
  registerQa(program, context);
  registerExport(program, context);
  registerCache(program, context);
  registerSetup(program, context);
  registerDoctor(program, context);
  registerDocs(program, context);
  registerCompletions(program, context);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}
