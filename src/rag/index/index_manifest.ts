import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";
import { buildCommand, type IndexOrigin, originOf } from "./index_origin.ts";
import { ANALYSER_VERSION } from "./normalise_law_text.ts";

/** The file that makes a folder an index and names its parts. */
export const MANIFEST_NAME = "manifest.json" as const;

/** What a manifest calls an index of laws. */
export const INDEX_FORMAT = "houqa law index";

/** Raised with every change to the files of an index that older ones can't be read with. */
export const INDEX_FORMAT_VERSION = 1;

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.strictObject({ size_bytes: count, sha256 });

const manifestSchema = z.strictObject({
  format: z.literal(INDEX_FORMAT),
  format_version: z.literal(INDEX_FORMAT_VERSION),
  /** Which normalisation and terms: a query must be taken apart as the laws were. */
  analyser: z.string(),
  houqa_version: z.string(),
  created_at: z.iso.datetime(),
  corpus: z.strictObject({
    /**
     * SHA-256 of everything the laws say, whatever file they came from, in the order of the corpus:
     * the numbers of units and rows are equal where it is.
     */
    sha256,
    /** Where the laws came from, in words. */
    source: z.string().optional(),
    /** Day as `2024-04-01` whose revisions were asked for; absent: the day of the build. */
    as_of: z.iso.date().optional(),
    laws: count.min(1),
    units: count.min(1),
    rows: count.min(1),
    /** Rows so long that their last terms are not searched. */
    cut_rows: count,
    largest_block_bytes: count,
  }),
  terms: z.strictObject({
    indexed: count,
    /** In so many rows that neither text nor headings are searched for them. */
    left_out: count,
    /** A list of postings that stands for more rows was left out. */
    most_rows: count,
  }),
  /** Folder of the parts, beside this file. */
  folder: z.string().regex(/^index-[0-9a-z-]{1,64}$/),
  files: z.strictObject({
    "corpus.sqlite": fileSchema,
    "documents.bin": fileSchema,
    "postings.bin": fileSchema,
  }),
});

/** What an index says of itself: `manifest.json` in its folder. */
export type IndexManifest = Readonly<z.infer<typeof manifestSchema>>;

/** The parts of an index. */
export const INDEX_FILES = ["corpus.sqlite", "documents.bin", "postings.bin"] as const;
/** One part of an index. */
export type IndexFile = (typeof INDEX_FILES)[number];

/** The text of a manifest's file. */
export function formatManifest(manifest: IndexManifest): string {
  return JSON.stringify(manifestSchema.parse(manifest), null, 2) + "\n";
}

/**
 * The manifest of an index whose parts all lie there with their sizes.
 * @throws {UsageError} for a folder that is no index, or a stale, foreign or damaged one; it names
 * the command that builds it again.
 */
export async function readManifest(folder: string): Promise<IndexManifest> {
  for (let isFirst = true;; isFirst = false) {
    const manifest = parseManifest(await readText(folder), folder);
    const wrong = await findWrongSize(folder, manifest);
    if (wrong === undefined) return manifest;
    // A build may just have put another index in its place.
    if (!isFirst) throw refusal(folder, "is damaged", wrong, originOf(manifest));
  }
}

async function readText(folder: string): Promise<string> {
  const path = join(folder, MANIFEST_NAME);
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new UsageError(
        `${folder} holds no index of laws: ${path} does not exist. Build it with ` +
          `\`${buildCommand(folder)}\`.`,
      );
    }
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `${folder} can't be read: ${
        (error as Error).message
      }. Give yourself the right to read it, or ` +
        `build another with \`houqa laws build --out <folder>\`.`,
    );
  }
}

function parseManifest(text: string, folder: string): IndexManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refusal(folder, "is damaged", `${MANIFEST_NAME} is not JSON`);
  }
  const origin = originOf(json);
  const outline = z.object({ format: z.string(), format_version: z.number(), analyser: z.string() })
    .safeParse(json).data;
  if (outline?.format !== INDEX_FORMAT) {
    // A build there would put its manifest in the place of somebody else's.
    throw new UsageError(
      `${folder} is no index of houqa: ${MANIFEST_NAME} says nothing of one. Name the folder of an ` +
        "index, or build one in another folder with `houqa laws build --out <folder>`.",
    );
  }
  if (outline.format_version !== INDEX_FORMAT_VERSION) {
    throw refusal(
      folder,
      "was built by another version of houqa",
      `its format is ${outline.format_version}, this houqa reads ${INDEX_FORMAT_VERSION}`,
      origin,
    );
  }
  if (outline.analyser !== ANALYSER_VERSION) {
    throw refusal(
      folder,
      "was built by another version of houqa",
      `its terms are of ${outline.analyser}, this houqa's of ${ANALYSER_VERSION}`,
      origin,
    );
  }
  const checked = manifestSchema.safeParse(json);
  if (checked.success) return checked.data;
  const { path, message } = checked.error.issues[0]!;
  throw refusal(folder, "is damaged", `${MANIFEST_NAME}: ${path.join(".")}: ${message}`, origin);
}

/** What is wrong with the size of a part; undefined where nothing is. */
async function findWrongSize(
  folder: string,
  manifest: IndexManifest,
): Promise<string | undefined> {
  const findings = await Promise.all(INDEX_FILES.map(async (name) => {
    const path = indexFilePath(folder, manifest, name);
    const expected = manifest.files[name].size_bytes;
    try {
      const { size } = await Deno.stat(path);
      return size === expected ? [] : [`${path} has ${size} bytes and should have ${expected}`];
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      return [`${path} can't be read (${(error as Error).message})`];
    }
  }));
  return findings.flat()[0];
}

/** Where a part of an index lies. */
export function indexFilePath(folder: string, manifest: IndexManifest, name: IndexFile): string {
  return join(folder, manifest.folder, name);
}

/**
 * An index that can't be used, with the command that builds it again.
 * @param origin what the index was built from, where that is known.
 */
export function refusal(
  folder: string,
  what: string,
  why: string,
  origin: IndexOrigin = {},
): UsageError {
  return new UsageError(
    `${folder} ${what}: ${why}. Build it again with \`${buildCommand(folder, origin)}\`.`,
  );
}
