import { getLogger } from "@logtape/logtape";
import type { Command } from "commander";
import type { EvaluationEnd } from "../eval/evaluate.ts";
import type { PrepareDisplay } from "../report/prepare_display.ts";
import type { ProgressDisplay } from "../report/progress_display.ts";
import { type EvaluationConfig, normaliseEvaluation } from "../settings/evaluation_config.ts";
import { describeSettings } from "../settings/describe_settings.ts";
import { DEFAULT_DATA } from "../settings/setting_table.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT, SIGNAL_EXITS } from "./exit_code.ts";
import { listenForSignals } from "./listen_for_signals.ts";
import { outputNeeds } from "./output_needs.ts";
import { print, printNews } from "./print.ts";
import { setUpLog } from "./log_setup.ts";
import { type Need, requirePermissions } from "./require_permissions.ts";
import { ollamaNeed, requireNative, searchNeeds } from "./search_options.ts";
import { addSettingOptions, resolveFrom } from "./setting_options.ts";

const EXAMPLES = `
Examples:
  houqa eval --data ${DEFAULT_DATA} --context gold
  houqa eval --llm-model qwen3:8b --use-cot --samples 10
  houqa eval --ensemble 5 --temperature 0.7
  houqa eval --baseline longest --data datasets/demo/questions.json
  houqa eval --dry-run --samples 2
`;

/** Registers `houqa eval`. */
export function registerEval(program: Command, context: CliContext): void {
  const command = program.command("eval")
    .description("ask a model four-choice questions and write one result file")
    .allowExcessArguments(false);
  addSettingOptions(command);
  command
    .option("--no-rag", "the same as --context none")
    .option("--overwrite", "replace a finished result; an interrupted run still goes on")
    .option("--dry-run", "show the first prompts and an estimate; ask nothing")
    .option("--quiet", "no log, no progress; the final block only")
    .addHelpText("after", EXAMPLES)
    .action(async () => context.exit(await runEval(command, context)));
}

async function runEval(command: Command, context: CliContext): Promise<number> {
  const { overwrite = false, quiet = false, dryRun = false } = command.opts<
    { overwrite?: boolean; quiet?: boolean; dryRun?: boolean }
  >();
  setUpLog(quiet ? "warning" : "info");
  const log = getLogger(["houqa", "eval"]);
  const settings = resolveFrom(command);
  const noRag = command.getOptionValueSource("rag") === "cli";
  const { config, notes, warnings } = normaliseEvaluation(settings, noRag);
  for (const warning of warnings) log.warn("{warning}", { warning });
  for (const note of notes) log.info("{note}", { note });

  if (dryRun) {
    const { prepareEvaluation } = await import("../eval/prepare_evaluation.ts");
    const { renderDryRun } = await import("../report/dry_run_report.ts");
    print(await renderDryRun(config, await prepareEvaluation(config)));
    return EXIT.done;
  }
  const args = context.words.slice(1);
  const needs = await needsOf(config, args);
  const isNative = needs.some(({ name }) => name === "ffi");
  await requirePermissions(needs, isNative ? "eval:hf" : "eval", args);

  const { evaluate } = await import("../eval/evaluate.ts");
  const { renderConsoleReport } = await import("../report/console_report.ts");
  const display = quiet ? undefined : await createDisplay(log.info.bind(log));
  const preparing = quiet ? undefined : await createPreparing(log.info.bind(log));
  const { signal, exitCode, exitOf, release } = listenForSignals(() => {
    preparing?.stop();
    display?.stop();
  });
  let end: EvaluationEnd;
  try {
    end = await evaluate(config, {
      settings: describeSettings(settings, config),
      overwrite,
      signal,
      onPrepare: (progress) => preparing?.update(progress),
      onProgress: (progress) => {
        preparing?.stop();
        display?.update(progress);
      },
    });
  } catch (error) {
    return exitOf(error);
  } finally {
    preparing?.stop();
    display?.stop();
    release();
  }
  if ("result" in end) {
    const color = canDraw(Deno.stdout) && !Deno.noColor;
    printNews(renderConsoleReport(end.result, config.outputPath, color));
    return end.result.summary.error_count > 0 ? EXIT.finding : EXIT.done;
  }
  const kept = `${end.answered} of ${end.total} questions are answered; ` +
    "the journal keeps them. Run the same command again to go on.";
  if (end.stopped === "max_errors") {
    log.error("Stopped after {n} errors (--max-errors). {kept}", { n: config.maxErrors, kept });
    return EXIT.finding;
  }
  log.warn("Interrupted. {kept}", { kept });
  return exitCode() ?? SIGNAL_EXITS.SIGINT;
}

async function needsOf(config: EvaluationConfig, args: readonly string[]): Promise<Need[]> {
  // A folder given as output is allowed to get as far as the message that says so.
  const isFolder = await Deno.stat(config.outputPath).then((at) => at.isDirectory, () => false);
  const needs: Need[] = [
    { name: "read", path: config.dataPath },
    ...isFolder
      ? [{ name: "read", path: config.outputPath }, {
        name: "write",
        path: config.outputPath,
      }] as const
      : await outputNeeds(config.outputPath),
  ];
  if (config.search !== undefined) {
    needs.push(...await searchNeeds(config.search, "eval:hf", args));
  }
  if (config.baseline === undefined && config.llm.backend === "hf") {
    await requireNative("The hf backend", "eval:hf", args);
    const { hubEnvironment } = await import("../settings/hub_environment.ts");
    const { modelNeeds } = await import("./model_needs.ts");
    const { hfModelName, loraPath } = config.llm;
    needs.push(...await modelNeeds([hfModelName, loraPath], hubEnvironment()));
  }
  if (config.baseline === undefined && config.llm.backend === "ollama") {
    needs.push(await ollamaNeed(config.llm.ollamaHost));
  }
  return needs;
}

async function createPreparing(log: (line: string) => void): Promise<PrepareDisplay> {
  const { createPrepareDisplay } = await import("../report/prepare_display.ts");
  return createPrepareDisplay(canDraw(Deno.stderr), log);
}

async function createDisplay(log: (line: string) => void): Promise<ProgressDisplay> {
  const display = await import("../report/progress_display.ts");
  return canDraw(Deno.stderr) ? display.createProgressBar() : display.createProgressLines(log);
}
