import { dirname } from "node:path";
import { wholeNumber } from "../settings/setting_schemas.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { requirePermissions } from "./require_permissions.ts";

/** The options of `houqa dataset split`, as typed. */
export interface DatasetSplitFlags {
  readonly data: string;
  readonly train: string;
  readonly dev: string;
  readonly test: string;
  readonly seed: string;
  readonly out: string;
  readonly overwrite?: boolean;
}

/** Runs `houqa dataset split`. */
export async function runDatasetSplit(
  flags: DatasetSplitFlags,
  context: CliContext,
  printLine: (line: string) => void,
): Promise<number> {
  const sizes = {
    train: readNumber("train", flags.train, 1),
    dev: readNumber("dev", flags.dev, 0),
    test: readNumber("test", flags.test, 1),
  };
  const seed = readNumber("seed", flags.seed, 0, 2 ** 32 - 1);
  await requirePermissions(
    [
      { name: "read", path: flags.data },
      { name: "read", path: flags.out },
      { name: "write", path: flags.out },
    ],
    "houqa",
    context.words,
  );
  const { readSourceFile } = await import("../dataset/split/read_source_file.ts");
  const { splitDataset } = await import("../dataset/split/split_dataset.ts");
  const { checkSplitFolder, writeSplit } = await import("../dataset/split/write_split.ts");
  const { renderSplitReport } = await import("../report/split_report.ts");
  const { HOUQA_VERSION } = await import("../houqa_version.ts");
  const source = await readSourceFile(flags.data);
  await refuseOwnFolder(flags);
  await checkSplitFolder(flags.out, flags.overwrite ?? false);
  const split = splitDataset(source.questions, source.itemTexts, { sizes, seed });
  const empty = split.sides.find(({ questions }) => questions.length === 0);
  if (empty !== undefined) {
    const count = split.groups.length;
    throw new UsageError(
      `--${empty.name} ${empty.wantedSize} can't be given anything: the questions of ${flags.data} ` +
        `form ${
          count === 1 ? "one group" : `${count} groups`
        } not to be parted. Ask for other sizes.`,
    );
  }
  const origin = { houqaVersion: HOUQA_VERSION, seed };
  const written = await writeSplit(flags.out, source, split, origin);
  printLine(renderSplitReport(source, split, seed, written));
  return EXIT.done;
}

/** A split must not replace, or stand beside, the file that it was made of. */
async function refuseOwnFolder({ data, out }: DatasetSplitFlags): Promise<void> {
  const folder = await Deno.realPath(out).catch(() => undefined);
  if (folder === undefined || dirname(await Deno.realPath(data)) !== folder) return;
  throw new UsageError(`--out ${out} is the folder of --data ${data}. Give another folder.`);
}

function readNumber(name: string, text: string, least: number, most?: number): number {
  const result = wholeNumber(least, most).safeParse(text);
  if (result.success) return result.data;
  throw new UsageError(
    `option --${name} is "${text}", but must be ${result.error.issues[0]!.message}.`,
  );
}
