import { join } from "node:path";
import { digestFiles } from "../../hub/digest_files.ts";
import { UsageError } from "../../settings/usage_error.ts";
import type { VectorHit } from "./best_hits.ts";
import { type EmbedderIdentity, embeddingDifferences } from "./embedder.ts";
import { type NeighbourGraph, openGraph } from "./neighbour_graph.ts";
import { PASSAGE_VERSION } from "./passage_text.ts";
import { VectorFile } from "./vector_file.ts";
import {
  embedderOf,
  type IndexFile,
  readVectorManifest,
  type VectorManifest,
} from "./vector_manifest.ts";

/** What an index must belong to. */
export interface VectorIndexOptions {
  readonly folder: string;
  /** Digest, units and rows of the corpus that is searched. */
  readonly corpus: VectorManifest["corpus"];
  /** Whoever embeds the queries. */
  readonly embedder: EmbedderIdentity;
  /** The command that makes the index again, for messages. */
  readonly rebuildCommand: string;
  /** False: every search looks at every vector, even where there is a graph of neighbours. */
  readonly allowApproximate?: boolean;
  readonly allowSimd?: boolean;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  /** SHA-256 (hex) of files by path; remembers those that did not change. Replaced in tests. */
  readonly digest?: (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** Candidates of a graph for each hit wanted: they are compared exactly. */
const CANDIDATES_A_HIT = 4;
const FEWEST_CANDIDATES = 64;

/** The vectors of a corpus, on disk. */
export class VectorIndex {
  private constructor(
    readonly manifest: VectorManifest,
    readonly vectors: VectorFile,
    readonly graph: NeighbourGraph | undefined,
  ) {}

  /**
   * Opens an index.
   * @throws {UsageError} when there is none, or it is of another corpus or model, or damaged; with
   * the command that makes it again.
   */
  static async open(options: VectorIndexOptions): Promise<VectorIndex> {
    const { folder, rebuildCommand } = options;
    const again = `Make it again: ${rebuildCommand}`;
    const manifest = await readVectorManifest(folder).catch((error) => {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(`The vector index ${folder} is damaged (${error.message}). ${again}`);
    });
    if (manifest === undefined) {
      throw new UsageError(`There is no vector index in ${folder}. Make it: ${rebuildCommand}`);
    }
    const stranger = foreignReason(manifest, options);
    if (stranger !== undefined) {
      throw new UsageError(`The vector index ${folder} ${stranger}. ${again}`);
    }
    try {
      const { vectors, neighbours, count, embedder: { dimensions } } = manifest;
      const takesGraph = neighbours !== undefined && options.allowApproximate !== false;
      await refuseChanged(folder, [vectors, ...takesGraph ? [neighbours] : []], options.digest);
      const graph = takesGraph
        ? await openGraphOrScan(join(folder, neighbours.file), manifest, options.onNote)
        : undefined;
      const file = VectorFile.open(join(folder, vectors.file), {
        dimensions,
        count,
        allowSimd: options.allowSimd,
      });
      return new VectorIndex(manifest, file, graph);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new UsageError(
        `The vector index ${folder} is damaged (${(error as Error).message}). ${again}`,
        { cause: error },
      );
    }
  }

  /**
   * The vectors that are closest to a query, best first, with their cosines. With a graph a few may
   * be missed; the cosines of those that are found are the same.
   * @throws {DOMException} `AbortError` when the signal fires.
   */
  async search(query: Float32Array, limit: number, signal?: AbortSignal): Promise<VectorHit[]> {
    if (this.graph === undefined) return await this.vectors.scan(query, limit, signal);
    signal?.throwIfAborted();
    const candidates = this.graph.search(
      query,
      Math.max(FEWEST_CANDIDATES, CANDIDATES_A_HIT * limit),
    );
    return this.vectors.score(query, candidates)
      .sort((a, b) => b.score - a.score || a.vector - b.vector)
      .slice(0, limit);
  }

  /** Safe to call twice. */
  close(): void {
    this.vectors.close();
  }
}

/** Why an index is not the one that is wanted; undefined: it is. */
function foreignReason(
  manifest: VectorManifest,
  { corpus, embedder }: VectorIndexOptions,
): string | undefined {
  const { digest, units, rows } = manifest.corpus;
  if (digest !== corpus.digest || units !== corpus.units || rows !== corpus.rows) {
    return `was made of another corpus (${units} articles, ${rows} rows; now ${corpus.units} and ` +
      `${corpus.rows})`;
  }
  if (manifest.passage_version !== PASSAGE_VERSION) {
    return `was made by another version of houqa (${manifest.houqa_version})`;
  }
  const differences = embeddingDifferences(embedderOf(manifest), embedder);
  if (differences.length === 0) return undefined;
  return `was made with the embedding model ${manifest.embedder.model}, and ${embedder.model} is ` +
    `asked for: ${differences.join("; ")}`;
}

/** @throws {Error} naming the file that is not as it was written. */
async function refuseChanged(
  folder: string,
  files: readonly IndexFile[],
  digest: VectorIndexOptions["digest"] = digestFiles,
): Promise<void> {
  const paths = files.map(({ file }) => join(folder, file));
  for (const [at, { file, size_bytes: expected }] of files.entries()) {
    const { size } = await Deno.stat(paths[at]!);
    if (size !== expected) throw new Error(`${file} has ${size} bytes, not ${expected}`);
  }
  const digests = await digest(paths);
  const changed = files.find(({ sha256 }, at) => digests.get(paths[at]!) !== sha256);
  if (changed !== undefined) throw new Error(`${changed.file} is not as it was written`);
}

/** A graph only saves time: without its library everything is looked at. */
async function openGraphOrScan(
  path: string,
  { neighbours, embedder: { dimensions } }: VectorManifest,
  onNote: VectorIndexOptions["onNote"],
): Promise<NeighbourGraph | undefined> {
  const { connectivity, expansion_add: expansionAdd } = neighbours!;
  try {
    return await openGraph(path, dimensions, { connectivity, expansionAdd });
  } catch (error) {
    onNote?.(`${(error as Error).message} The searches go on without it.`);
    return undefined;
  }
}
