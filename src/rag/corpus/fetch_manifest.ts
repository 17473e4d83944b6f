import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../eval/write_atomically.ts";

const entrySchema = z.object({
  /** Name in the folder. */
  file: z.string(),
  url: z.string(),
  sha256: z.string(),
  size_bytes: z.int(),
  fetched_at: z.string(),
  /** Absent for the archive of all laws. */
  law_id: z.string().optional(),
  law_num: z.string().optional(),
  law_title: z.string().optional(),
  revision_id: z.string().optional(),
  /** Names under which it was asked for. */
  asked_as: z.array(z.string()).optional(),
});

const manifestSchema = z.object({
  schema_version: z.literal(1),
  licence: z.string(),
  files: z.array(entrySchema),
});

/** One file that was fetched. */
export type FetchedFile = z.infer<typeof entrySchema>;

const LICENCE = "e-Gov法令検索 (https://laws.e-gov.go.jp/), Digital Agency of Japan, " +
  "Public Data License 1.0 (PDL 1.0)";

/** What was fetched into a folder, from where and when, with digests: `manifest.json` in it. */
export class FetchManifest {
  readonly #path: string;
  #files: FetchedFile[];

  private constructor(path: string, files: FetchedFile[]) {
    this.#path = path;
    this.#files = files;
  }

  /** Reads a folder's manifest; one that is missing or damaged counts as empty. */
  static async open(folder: string): Promise<FetchManifest> {
    const path = join(folder, "manifest.json");
    try {
      const { files } = manifestSchema.parse(JSON.parse(await Deno.readTextFile(path)));
      return new FetchManifest(path, files);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      return new FetchManifest(path, []);
    }
  }

  get files(): readonly FetchedFile[] {
    return this.#files;
  }

  /**
   * Puts a file in its place in the list and writes the list.
   * @throws {CannotContinueError} when it can't be written.
   */
  async add(entry: FetchedFile): Promise<void> {
    const others = this.#files.filter(({ file }) => file !== entry.file);
    this.#files = [...others, entry].sort((a, b) => a.file < b.file ? -1 : 1);
    const manifest = { schema_version: 1, licence: LICENCE, files: this.#files };
    await writeAtomically(this.#path, [JSON.stringify(manifest, null, 2), "\n"]);
  }
}
