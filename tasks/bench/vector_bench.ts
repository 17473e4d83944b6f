/**
 * Search among 8-bit vectors: time, processor time and memory of looking at every one, and what a
 * graph of neighbours costs, saves and misses.
 *
 *   deno run -A tasks/bench/vector_bench.ts [--vectors 1000000] [--dimensions 256] \
 *     [--graph-vectors 200000] [--kind random|grouped] [--folder DIR]
 *
 * The scan is of random vectors: its time does not depend on them. A graph does: random directions in
 * many dimensions have no neighbours worth the name, embeddings lie in groups (2,000 groups here).
 * --graph-vectors 0 leaves the graph out; with --folder an index that is there is used again.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rowBytes } from "../../src/rag/vector/dot_kernel.ts";
import { PASSAGE_VERSION } from "../../src/rag/vector/passage_text.ts";
import { withLengthOne } from "../../src/rag/vector/pool_states.ts";
import { quantiseRow } from "../../src/rag/vector/quantise_vector.ts";
import { settleIndex } from "../../src/rag/vector/settle_index.ts";
import { vectorHeader } from "../../src/rag/vector/vector_file.ts";
import { VectorIndex } from "../../src/rag/vector/vector_index.ts";
import { readVectorManifest } from "../../src/rag/vector/vector_manifest.ts";
import { type Random, seededRandom } from "../demo/random.ts";
import { measureCommand, median, megabytes, reportTarget } from "./measure_command.ts";

const GROUPS = 2000;
const QUERIES = 50;
const HITS = 10;

const { values } = parseArgs({
  options: {
    vectors: { type: "string", default: "1000000" },
    dimensions: { type: "string", default: "256" },
    "graph-vectors": { type: "string", default: "200000" },
    kind: { type: "string", default: "grouped" },
    folder: { type: "string" },
    step: { type: "string" },
  },
});
const dimensions = Number(values.dimensions);

/** What a bench's index says about itself; nothing of it is a real model's. */
const EMBEDDER = {
  backend: "onnx",
  model: "bench",
  digest: "sha256:bench",
  dimensions,
  pooling: "mean",
  query_prefix: "",
  passage_prefix: "",
  max_tokens: 512,
} as const;

if (values.step === "make") await make(values.folder!, Number(values.vectors), values.kind, true);
else if (values.step === "plain") {
  await make(values.folder!, Number(values.vectors), "random", false);
} else if (values.step !== undefined) await measureSearch(values.folder!, values.step, values.kind);
else await main();

async function main(): Promise<void> {
  const folder = values.folder ?? await Deno.makeTempDir({ prefix: "houqa-bench-" });
  try {
    await benchScan(join(folder, `scan-${values.vectors}-${dimensions}`));
    if (Number(values["graph-vectors"]) > 0) {
      const name = `${values.kind}-${values["graph-vectors"]}-${dimensions}`;
      await benchGraph(join(folder, name));
    }
  } finally {
    if (values.folder === undefined) await Deno.remove(folder, { recursive: true });
  }
}

async function benchScan(folder: string): Promise<void> {
  await step("plain", folder, values.vectors);
  const count = Number(values.vectors);
  for (const way of ["simd", "javascript"]) {
    const found = await step<Searched>(way, folder, values.vectors);
    console.log(
      `${way.padEnd(10)} scan of ${count} x ${dimensions}: p50 ${found.p50Ms.toFixed(1)} ms, p95 ` +
        `${found.p95Ms.toFixed(1)} ms, ${found.cpuMs.toFixed(1)} ms of processor, RSS ` +
        `${megabytes(found.rssBytes)} (peak ${megabytes(found.peakRssBytes)})`,
    );
    if (way !== "simd") continue;
    const scaled = found.cpuMs * 1e6 / count * 256 / dimensions;
    reportTarget("scan, processor ms for 10^6 x 256", scaled, { atMost: 79 });
    const isOther = count !== 1e6 || dimensions !== 256;
    reportTarget("scan, peak RSS, MB", found.peakRssBytes / 1e6, {
      atMost: 200,
      ...(isOther ? { setFor: "10^6 x 256" } : {}),
    });
  }
}

async function benchGraph(folder: string): Promise<void> {
  const count = values["graph-vectors"];
  const made = await step<Made>("make", folder, count);
  const bytes = (await readVectorManifest(folder))!.neighbours!.size_bytes;
  const cost = made.isThere
    ? "made before"
    : `${made.seconds.toFixed(0)} s to make, peak RSS ${megabytes(made.peakRssBytes)}`;
  console.log(`graph of ${count} ${values.kind} vectors: ${cost}, ${megabytes(bytes)} on disk`);
  const exact = await step<Searched>("simd", folder, count);
  const near = await step<Searched>("graph", folder, count);
  const found = near.hits.map((hits, query) => {
    const wanted = new Set(exact.hits[query]);
    return hits.filter((hit) => wanted.has(hit)).length / HITS;
  });
  const recall = found.reduce((sum, share) => sum + share, 0) / QUERIES;
  for (const [name, one] of Object.entries({ exact, graph: near })) {
    console.log(
      `${name.padEnd(10)} p50 ${one.p50Ms.toFixed(2)} ms, p95 ${one.p95Ms.toFixed(2)} ms, ` +
        `${one.cpuMs.toFixed(2)} ms of processor, peak RSS ${megabytes(one.peakRssBytes)}`,
    );
  }
  reportTarget(`recall@${HITS} of the graph against the exact scan`, recall, {
    atLeast: 0.95,
    // Nobody asks for neighbours among vectors that have none.
    ...(values.kind === "grouped" ? {} : { setFor: "grouped vectors" }),
  });
}

/** Runs a step in a process of its own, so that its memory is its own. */
async function step<T>(name: string, folder: string, vectors: string): Promise<T> {
  const { stdout, wallSeconds, peakRssBytes } = await measureCommand([
    ...[Deno.execPath(), "run", "-A", import.meta.filename!],
    ...["--step", name, "--folder", folder, "--vectors", vectors],
    ...["--dimensions", String(dimensions), "--kind", values.kind],
  ]);
  const result = JSON.parse(stdout.trim() || "{}");
  return { seconds: wallSeconds, peakRssBytes, ...result };
}

interface Made {
  readonly isThere?: boolean;
  readonly seconds: number;
  readonly peakRssBytes: number;
}

interface Searched extends Made {
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of one search. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly hits: number[][];
}

/** Writes an index of vectors from a seed, unless it is there. */
async function make(
  folder: string,
  count: number,
  kind: string,
  withGraph: boolean,
): Promise<void> {
  if (await readVectorManifest(folder).catch(() => undefined) !== undefined) {
    return console.log(JSON.stringify({ isThere: true }));
  }
  await Deno.mkdir(folder, { recursive: true });
  const vectorPath = join(folder, "vectors.tmp");
  const next = vectorSource(seededRandom(1), kind);
  const stride = rowBytes(dimensions);
  using file = await Deno.open(vectorPath, { write: true, create: true, truncate: true });
  await file.write(vectorHeader(dimensions));
  for (let first = 0; first < count; first += 5000) {
    const rows = new Uint8Array(Math.min(5000, count - first) * stride);
    for (let at = 0; at < rows.length; at += stride) {
      quantiseRow(next(), rows.subarray(at, at + stride));
    }
    for (let done = 0; done < rows.length;) done += await file.write(rows.subarray(done));
  }
  await settleIndex({
    folder,
    vectorPath,
    withGraph,
    manifest: {
      schema: 1,
      houqa_version: "bench",
      created_at: new Date().toISOString(),
      corpus: { digest: "sha256:bench", units: count, rows: count },
      grain: "unit",
      passage_version: PASSAGE_VERSION,
      embedder: EMBEDDER,
      count,
      cut_passages: 0,
    },
  });
  await Deno.remove(vectorPath).catch(() => {});
}

/** Vectors in random directions, or around the centres of groups. */
function vectorSource(random: Random, kind: string): () => Float32Array {
  const noise = () => random.next() + random.next() + random.next() - 1.5;
  const direction = () => Float32Array.from({ length: dimensions }, noise);
  if (kind === "random") return () => withLengthOne(direction());
  // The centres are the same for vectors and queries.
  const fixed = seededRandom(99);
  const centres = Array.from(
    { length: GROUPS },
    () =>
      Float32Array.from(
        { length: dimensions },
        () => fixed.next() + fixed.next() + fixed.next() - 1.5,
      ),
  );
  return () => withLengthOne(random.pick(centres).map((value) => value + 0.7 * noise()));
}

/** Searches with the same queries every time and prints what it took. */
async function measureSearch(folder: string, way: string, kind: string): Promise<void> {
  const { corpus } = (await readVectorManifest(folder))!;
  const index = await VectorIndex.open({
    folder,
    corpus,
    embedder: {
      ...EMBEDDER,
      queryPrefix: "",
      passagePrefix: "",
      maxTokens: EMBEDDER.max_tokens,
    },
    rebuildCommand: "",
    allowApproximate: way === "graph",
    allowSimd: way !== "javascript",
    // Reading the whole file is no part of a search.
    digest: async (paths) => {
      const { vectors, neighbours } = (await readVectorManifest(folder))!;
      return new Map(paths.map((path, at) => [path, [vectors, neighbours][at]!.sha256]));
    },
  });
  const next = vectorSource(seededRandom(2), kind);
  const queries = Array.from({ length: way === "javascript" ? 5 : QUERIES }, next);
  await index.search(queries[0]!, HITS);
  const cpuBefore = processorMs();
  const times: number[] = [];
  const hits: number[][] = [];
  for (const query of queries) {
    const started = performance.now();
    const found = await index.search(query, HITS);
    times.push(performance.now() - started);
    hits.push(found.map(({ vector }) => vector));
  }
  const cpuMs = (processorMs() - cpuBefore) / queries.length;
  times.sort((a, b) => a - b);
  const p95Ms = times[Math.ceil(0.95 * times.length) - 1];
  const rssBytes = Deno.memoryUsage().rss;
  console.log(JSON.stringify({ p50Ms: median(times), p95Ms, cpuMs, rssBytes, hits }));
  index.close();
}

/** Time of this process on processors so far; the kernel counts in steps of 10 ms. */
function processorMs(): number {
  const fields = Deno.readTextFileSync("/proc/self/stat").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
