import { join } from "node:path";
import { makeFolders } from "../../settings/make_folders.ts";
import { writeAtomically } from "../../eval/write_atomically.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import { LETTERS, type Question } from "../question.ts";
import { sha256Hex } from "../sha256.ts";
import { lawOfQuestion } from "./law_of_question.ts";
import { type DatasetSplit, SIDES } from "./split_dataset.ts";
import type { SourceFile } from "./read_source_file.ts";

/** Name of the file that says how a split was made; it is written last. */
const MANIFEST = "manifest.json";
const OWN_FILES = [MANIFEST, ...SIDES.map((side) => `${side}.json`)];

/** What a manifest names besides the split. */
export interface SplitOrigin {
  readonly houqaVersion: string;
  readonly seed: number;
}

/** A file that was written. */
export interface WrittenSide {
  readonly path: string;
  readonly sha256: string;
}

/**
 * Says before anything is done whether a folder can take a split.
 * @throws {UsageError} when it has other content and `overwrite` is not set.
 */
export async function checkSplitFolder(folder: string, overwrite: boolean): Promise<void> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `The output folder ${folder} can't be used: ${(error as Error).message}. Give another --out.`,
    );
  }
  if (names.length === 0 || overwrite) return;
  const shown = names.sort().slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
  throw new UsageError(
    `The output folder ${folder} is not empty (${shown}). Give another --out, or --overwrite to ` +
      `replace ${OWN_FILES.join(", ")} in it.`,
  );
}

/**
 * Writes the sides in the format of the source, then the manifest with their digests. An earlier
 * split there loses its manifest first, so that a folder with a manifest is always a whole split.
 * @returns the files, in the order of the sides.
 * @throws {CannotContinueError} when something can't be written.
 */
export async function writeSplit(
  folder: string,
  source: SourceFile,
  split: DatasetSplit,
  origin: SplitOrigin,
): Promise<WrittenSide[]> {
  try {
    await makeFolders(folder);
    await removeIfThere(join(folder, MANIFEST));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new CannotContinueError(`Can't write to ${folder}: ${systemReason(error)}`);
  }
  const written: WrittenSide[] = [];
  for (const { name, questions } of split.sides) {
    const text = source.format(questions);
    const path = join(folder, `${name}.json`);
    await writeAtomically(path, [text]);
    written.push({ path, sha256: await sha256Hex(text) });
  }
  // What an earlier split had and this one has not.
  for (const name of SIDES) {
    if (!split.sides.some((side) => side.name === name)) {
      await removeIfThere(join(folder, `${name}.json`));
    }
  }
  const manifest = manifestOf(source, split, origin, written);
  await writeAtomically(join(folder, MANIFEST), [`${JSON.stringify(manifest, null, 2)}\n`]);
  return written;
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function manifestOf(
  source: SourceFile,
  split: DatasetSplit,
  { houqaVersion, seed }: SplitOrigin,
  written: readonly WrittenSide[],
): object {
  return {
    schema_version: 1,
    houqa_version: houqaVersion,
    source: {
      path: source.path,
      sha256: source.sha256,
      question_count: source.questions.length,
    },
    seed,
    sizes_are_nearest: split.isNearest,
    imbalance: split.imbalance,
    sides: Object.fromEntries(split.sides.map(({ name, wantedSize, questions }, index) => [name, {
      file: `${name}.json`,
      sha256: written[index]!.sha256,
      wanted_count: wantedSize,
      question_count: questions.length,
      laws: countLaws(questions),
      letters: Object.fromEntries(
        LETTERS.map((
          letter,
        ) => [letter, questions.filter(({ answer }) => answer === letter).length]),
      ),
    }])),
    unused_count: split.unused.length,
    groups: split.groups.map(({ side, questions }) => ({
      side: side ?? null,
      questions: questions.map(({ fileName, orderMap }) => ({
        file_name: fileName,
        ...(orderMap === undefined ? {} : { order_map: orderMap }),
      })),
    })),
  };
}

/** Questions of each law, in the order of their names. */
function countLaws(questions: readonly Question[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const law of questions.map(lawOfQuestion).sort()) {
    counts.set(law, (counts.get(law) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
