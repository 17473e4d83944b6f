import { join } from "node:path";
import { hashFile } from "../../device/hash_file.ts";
import { HOUQA_VERSION } from "../../houqa_version.ts";
import { type FileLock, isLockUnsupported, tryLockFile } from "../../hub/file_lock.ts";
import { freeBytes } from "../../hub/free_space.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { BuildClock, type BuildCost, type BuildProgress } from "./build_cost.ts";
import { rowBytes } from "./dot_kernel.ts";
import type { Embedder } from "./embedder.ts";
import { loadUsearch } from "./neighbour_graph.ts";
import { type Grain, PASSAGE_VERSION, passageCount, passageText } from "./passage_text.ts";
import { quantiseRow } from "./quantise_vector.ts";
import { refuseForeignFolder } from "./refuse_foreign_folder.ts";
import { VectorBuildState } from "./vector_build_state.ts";
import { settleIndex } from "./settle_index.ts";
import {
  type IndexFile,
  readVectorManifest,
  storedEmbedder,
  type VectorManifest,
} from "./vector_manifest.ts";

/** What is embedded into which folder. */
export interface BuildVectorOptions {
  readonly store: CorpusStore;
  /** Digest of the corpus that the store holds. */
  readonly corpusDigest: string;
  readonly embedder: Embedder;
  /** Receives the index; what is there goes on working until the new one is complete. */
  readonly folder: string;
  /** Default: one vector an article. */
  readonly grain?: Grain;
  /** A graph of neighbours too, for searches that may miss a few; default: as it is there. */
  readonly withGraph?: boolean;
  /** Passages that are embedded and made durable together. Default 64. */
  readonly passagesAtOnce?: number;
  readonly signal?: AbortSignal;
  /**
   * Called when the first batch was embedded, before the others are. @returns false to stop there;
   * the batch is kept for the next build.
   */
  readonly onCost?: (cost: BuildCost) => boolean | void | Promise<boolean | void>;
  /** Called after every batch. */
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Sentences the user should see. */
  readonly onNote?: (note: string) => void;
  /** Milliseconds that only grow; replaced in tests. */
  readonly clock?: () => number;
}

/**
 * Embeds every passage of a corpus and puts the index into the folder, in the place of the one that
 * is there. A build that was cut off goes on where it was; what was embedded is not embedded again,
 * nor is anything where the index that is there is the wanted one.
 * @returns the manifest; undefined when `onCost` stopped the build.
 * @throws {UsageError} when something else is in the folder.
 * @throws {CannotContinueError} when the folder can't be written, the disk is full, or another process
 * builds the same index.
 * @throws {DOMException} `AbortError` when the signal fires.
 */
export async function buildVectorIndex(
  options: BuildVectorOptions,
): Promise<VectorManifest | undefined> {
  const { folder, store, embedder, grain = "unit", signal, onNote } = options;
  const total = passageCount(store, grain);
  const wanted = {
    corpus: { digest: options.corpusDigest, units: store.unitCount, rows: store.rowCount },
    grain,
    passage_version: PASSAGE_VERSION,
    embedder: storedEmbedder(embedder.identity),
  };
  const key = buildKey(wanted);
  await refuseForeignFolder(folder);
  // Not first after hours of embedding.
  if (options.withGraph) await loadUsearch();
  const lock = await lockBuild(folder);
  try {
    const before = await readVectorManifest(folder).catch(() => undefined);
    const there = await sameIndex(folder, before, key);
    const withGraph = options.withGraph ?? there?.manifest.neighbours !== undefined;
    const common = { folder, withGraph, signal, onNote };
    if (there !== undefined) {
      const { manifest: { neighbours, vectors, ...manifest }, isWhole } = there;
      if (isWhole && withGraph === (neighbours !== undefined)) {
        onNote?.(`The vector index ${folder} is up to date.`);
        return there.manifest;
      }
      return await settleIndex({
        ...common,
        vectorPath: join(folder, vectors.file),
        manifest,
      });
    }
    if (before !== undefined) {
      onNote?.(
        `The vectors that are in ${folder}, of the model ${before.embedder.model}, are replaced ` +
          "when the new ones are complete.",
      );
    }
    const { dimensions } = embedder.identity;
    const building = join(folder, "building");
    const state = await VectorBuildState.open({ folder: building, key, dimensions });
    try {
      await refuseFullDisk(folder, (total - state.soFar.done) * rowBytes(dimensions));
      if (!await embedAll(state, options, grain)) return undefined;
      return await settleIndex({
        ...common,
        vectorPath: state.vectorPath,
        manifest: {
          schema: 1,
          houqa_version: HOUQA_VERSION,
          created_at: new Date().toISOString(),
          ...wanted,
          count: total,
          cut_passages: state.soFar.cut,
        },
      });
    } finally {
      state.close();
    }
  } finally {
    lock?.release();
  }
}

/** Everything that the vectors depend on, as a text. */
function buildKey(
  { corpus, grain, passage_version, embedder }: Pick<
    VectorManifest,
    "corpus" | "grain" | "passage_version" | "embedder"
  >,
): string {
  const { backend, digest, dimensions, pooling, passage_prefix, max_tokens } = embedder;
  return JSON.stringify([
    [corpus.digest, corpus.units, corpus.rows, grain, passage_version],
    // Which name a model goes by and what stands before queries make no difference to passages.
    [backend, digest, dimensions, pooling, passage_prefix, max_tokens],
  ]);
}

/** The index that is there, if it is of this key and its vectors are as they were written. */
async function sameIndex(
  folder: string,
  manifest: VectorManifest | undefined,
  key: string,
): Promise<{ manifest: VectorManifest; isWhole: boolean } | undefined> {
  if (manifest === undefined || buildKey(manifest) !== key) return undefined;
  const isAsWritten = async ({ file, sha256 }: IndexFile) =>
    await hashFile(join(folder, file)).catch(() => undefined) === sha256;
  const { vectors, neighbours } = manifest;
  if (!await isAsWritten(vectors)) return undefined;
  return { manifest, isWhole: neighbours === undefined || await isAsWritten(neighbours) };
}

/** @returns false when `onCost` stopped the build. */
async function embedAll(
  state: VectorBuildState,
  options: BuildVectorOptions,
  grain: Grain,
): Promise<boolean> {
  const { store, embedder, signal, onCost, onProgress, passagesAtOnce = 64 } = options;
  const { clock = () => performance.now() } = options;
  const { dimensions, maxTokens } = embedder.identity;
  const total = passageCount(store, grain);
  if (state.soFar.done > 0) {
    options.onNote?.(
      `Going on with the build that was cut off: ${state.soFar.done} of ${total} are embedded.`,
    );
  }
  if (onCost !== undefined && total - state.soFar.done > passagesAtOnce) {
    options.onNote?.(`Embedding ${passagesAtOnce} of ${total} first, to see how long all take.`);
  }
  const timing = BuildClock.sample(store, grain, maxTokens);
  const stride = rowBytes(dimensions);
  let isTold = false;
  while (state.soFar.done < total) {
    signal?.throwIfAborted();
    const { done } = state.soFar;
    const count = Math.min(passagesAtOnce, total - done);
    const texts = Array.from({ length: count }, (_, at) => passageText(store, grain, done + at));
    const present = [...texts.keys()].filter((at) => texts[at] !== "");
    const startedMs = clock();
    const cutBefore = embedder.cutTexts;
    const vectors = await embedder.embed(present.map((at) => texts[at]!), "passage", signal);
    timing.add(texts, count, (clock() - startedMs) / 1000);
    const rows = new Uint8Array(count * stride);
    present.forEach((at, index) =>
      quantiseRow(vectors[index]!, rows.subarray(at * stride, (at + 1) * stride))
    );
    await state.append(rows, count, embedder.cutTexts - cutBefore);
    if (!isTold && await onCost?.(timing.cost(state.soFar.done, dimensions)) === false) {
      return false;
    }
    isTold = true;
    const secondsLeft = timing.secondsLeft(state.soFar.done);
    onProgress?.({ done: state.soFar.done, total, secondsLeft });
  }
  return true;
}

/** Makes the folder too. @returns undefined where the file system has no locks. */
async function lockBuild(folder: string): Promise<FileLock | undefined> {
  let lock: FileLock | undefined;
  try {
    await Deno.mkdir(folder, { recursive: true });
    lock = await tryLockFile(join(folder, ".build.lock"), true);
  } catch (error) {
    if (isLockUnsupported(error)) return undefined;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new CannotContinueError(`Can't write ${folder}: ${systemReason(error)}`, {
      cause: error,
    });
  }
  if (lock !== undefined) return lock;
  throw new CannotContinueError(
    `Another process is building the vector index ${folder}. Wait until it has finished, or end it.`,
  );
}

async function refuseFullDisk(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free === undefined || free >= neededBytes) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new CannotContinueError(
    `The vectors take ${megabytes(neededBytes)}, and ${megabytes(free)} are free at ${folder}.`,
  );
}
