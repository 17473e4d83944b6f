import type { Command } from "commander";
import type { CliContext } from "./cli_context.ts";
import { DEFAULT_DATA } from "../settings/setting_table.ts";
import { UsageError } from "../settings/usage_error.ts";
import { runDatasetCheck } from "./dataset_check.ts";
import { registerDatasetFinetune } from "./dataset_finetune.ts";
import { runDatasetLabels } from "./dataset_labels.ts";
import { runDatasetSplit } from "./dataset_split.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requireOption } from "./require_option.ts";
import { requirePermissions } from "./require_permissions.ts";

const DATASET_EXAMPLES = `
Examples:
  houqa dataset fetch
  houqa dataset labels datasets/demo/questions.json
`;

const FETCH_EXAMPLES = `
Examples:
  houqa dataset fetch
  houqa dataset fetch --out datasets/lawqa_jp
`;

const SPLIT_NOTES = `
Questions that share an article or nearly their wording stay on one side. Laws and correct letters are
spread evenly. The same questions and seed give the same split. Writes train.json, dev.json (unless
--dev is 0), test.json and manifest.json.

Examples:
  houqa dataset split --train 100 --test 40 --out datasets/split
  houqa dataset split --train 80 --dev 20 --test 40 --seed 7 --out datasets/split_7
`;

const CHECK_NOTES = `
Looks between every two files for: the same question, also in other spelling or with the choices in
another order; nearly the same wording; the same article. Exit code 1 where there is any, 0 where not.
A record of houqa dataset finetune says which articles it is about. Others name only those that they
show: where they show none, check the question files they were made of instead.

Examples:
  houqa dataset check datasets/split/train.json datasets/split/test.json
  houqa dataset check results/finetune/x.jsonl datasets/split/test.json --json
`;

const LABELS_NOTES = `
Examples:
  houqa dataset labels datasets/split/train.json datasets/split/test.json results/finetune/x.jsonl
  houqa dataset labels results/evaluations/base.json results/evaluations/adapter.json
`;

/**
 * Registers `houqa dataset …`.
 * @param printLine where reports go.
 */
export function registerDataset(
  program: Command,
  context: CliContext,
  printLine: (line: string) => void = print,
): void {
  const dataset = program.command("dataset")
    .description("question files: fetch, divide, check, make records to train on")
    .addHelpText("after", DATASET_EXAMPLES);
  dataset.command("fetch")
    .description("download lawqa_jp, checked and resumable")
    .option("--out <folder>", "where to", "datasets/lawqa_jp")
    .allowExcessArguments(false)
    .addHelpText("after", FETCH_EXAMPLES)
    .action(async (options: { out: string }) => {
      const { fetchLawqa } = await import("../dataset/fetch_lawqa.ts");
      const { publicAddress } = await import("../settings/public_addresses.ts");
      const address = publicAddress("lawqa");
      await requirePermissions(
        [
          { name: "net", host: hostOf(address) },
          { name: "read", path: options.out },
          { name: "write", path: options.out },
        ],
        "dataset:fetch",
        context.words.slice(2),
      );
      await fetchLawqa({
        address,
        folder: options.out,
        print,
      });
      context.exit(EXIT.done);
    });
  const split = dataset.command("split")
    .description("divide a question file without leaks between the parts")
    .option("--data <file>", "questions in the lawqa_jp format", DEFAULT_DATA)
    .allowExcessArguments(false);
  requireOption(split, "--train <n>", "questions to train on");
  split.option("--dev <n>", "questions to choose the best adapter by", "0");
  requireOption(split, "--test <n>", "questions to judge by");
  requireOption(split, "--out <folder>", "where to");
  split.option("--seed <n>", "another seed gives another split", "42")
    .option("--overwrite", "replace an earlier split there")
    .addHelpText("after", SPLIT_NOTES)
    .action(async (options) => context.exit(await runDatasetSplit(options, context, printLine)));
  registerDatasetFinetune(dataset, context, printLine);
  dataset.command("check")
    .description("find questions and articles that files share")
    .argument("<files...>", "two or more: question files, chat JSONL")
    .option("--json", "as JSON, with every leak")
    .addHelpText("after", CHECK_NOTES)
    .action(async (paths, options) =>
      context.exit(await runDatasetCheck(paths, options, context, printLine))
    );
  dataset.command("labels")
    .description("how often each letter occurs in files, side by side")
    .argument("<files...>", "question files, chat JSONL, result files")
    .option("--json", "as JSON")
    .addHelpText("after", LABELS_NOTES)
    .action(async (paths, options) =>
      context.exit(await runDatasetLabels(paths, options, context, printLine))
    );
}

function hostOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) throw new UsageError(`HOUQA_LAWQA_URL is "${address}", which is no URL.`);
  return url.host;
}
