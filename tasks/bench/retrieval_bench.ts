/**
 * What the index of laws costs, at sizes up to that of all Japanese laws (1.376 million rows): time
 * and memory of a build, size on disk, time and memory of queries; and against rank_bm25 and bm25s
 * from PyPI at a size that they can hold.
 *
 *   deno run -A tasks/bench/retrieval_bench.ts --scratch FOLDER [--rows 100000,300000,1000000,1376000] \
 *     [--queries 300] [--python PYTHON] [--peer-rows 100000] [--peer-queries 30] [--lawqa FILE] [--keep]
 *
 * Targets are judged at 1,376,000 rows as the last size, and only shown at any other. The laws are
 * made up (law_grammar.ts). With --lawqa, or HOUQA_TEST_LAWQA, half of their sentences follow the
 * statistics of the real contexts, and the real questions are asked too. --python names an interpreter
 * with rank_bm25 and bm25s; without it they are left out.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type CommandCost, measureCommand, reportTarget } from "./measure_command.ts";
import type { BuildFigures, QueryFigures } from "./retrieval_measure.ts";

const SEED = "20260101";
/** Rows of all Japanese laws, for which the targets are set. */
const TARGET_ROWS = 1_376_000;
const TARGETS = {
  buildPeakMb: 600,
  queryPeakMb: 200,
  cpuMs: 17,
  buildSeconds: 91,
};

const { values } = parseArgs({
  options: {
    scratch: { type: "string" },
    rows: { type: "string", default: "100000,300000,1000000,1376000" },
    queries: { type: "string", default: "300" },
    python: { type: "string" },
    "peer-rows": { type: "string", default: "100000" },
    "peer-queries": { type: "string", default: "30" },
    lawqa: { type: "string", default: Deno.env.get("HOUQA_TEST_LAWQA") },
    keep: { type: "boolean", default: false },
  },
});

/** One size. */
interface Measurement {
  readonly build: BuildFigures;
  readonly buildCost: CommandCost;
  readonly queries: Readonly<Record<string, QueryFigures>>;
  readonly memory: { readonly peakRssBytes: number; readonly rssBytes: number };
}

const program = join(dirname(import.meta.filename!), "retrieval_measure.ts");
const folderOf = (rows: number) => join(values.scratch!, `laws_${rows}`);
const lawqa = values.lawqa === undefined ? [] : [values.lawqa];

async function main(): Promise<void> {
  if (values.scratch === undefined) throw new Error("Give --scratch.");
  await Deno.mkdir(values.scratch, { recursive: true });
  console.log(`Sentences: ${lawqa.length > 0 ? "half grammar, half statistics" : "grammar"}.\n`);
  const sizes = values.rows.split(",").map(Number);
  const measured: Measurement[] = [];
  for (const rows of sizes) measured.push(await measureSize(rows));
  printTable(measured);
  printGrowth(measured);
  if (values.python !== undefined) await comparePeers(values.python);
  if (!values.keep) {
    for (const rows of sizes) await Deno.remove(folderOf(rows), { recursive: true });
  }
  const { build, buildCost, queries, memory } = measured.at(-1)!;
  const rows = sizes.at(-1)!;
  console.log(`\nTargets, at ${rows} rows`);
  const isOther = rows !== TARGET_ROWS;
  const report = (what: string, value: number, atMost: number) =>
    reportTarget(what, value, { atMost, ...(isOther ? { setFor: `${TARGET_ROWS} rows` } : {}) });
  report("build: peak RSS, MB", megabytes(buildCost.peakRssBytes), TARGETS.buildPeakMb);
  report("build: seconds", ownSeconds(build), TARGETS.buildSeconds);
  report("queries: peak RSS, MB", megabytes(memory.peakRssBytes), TARGETS.queryPeakMb);
  report("queries: CPU, ms each", queries["from rows"]!.cpuMs, TARGETS.cpuMs);
}

/** Runs a part of the measurement in a process of its own. */
async function measurePart<T>(...args: string[]): Promise<{ figures: T; cost: CommandCost }> {
  const cost = await measureCommand([Deno.execPath(), "run", "-A", program, ...args]);
  return { figures: JSON.parse(cost.stdout.trim().split("\n").at(-1)!), cost };
}

async function measureSize(rows: number): Promise<Measurement> {
  const folder = folderOf(rows);
  const { figures: build, cost: buildCost } = await measurePart<BuildFigures>(
    ...["build", folder, String(rows), SEED, ...lawqa],
  );
  const { figures } = await measurePart<
    Record<string, QueryFigures> & { memory: Measurement["memory"] }
  >("query", folder, values.queries, SEED, ...lawqa);
  const { memory, ...queries } = figures;
  console.log(`${rows} rows: ${JSON.stringify({ ...build, queries, memory })}`);
  return { build, buildCost, queries, memory };
}

const megabytes = (bytes: number) => bytes / 1e6;
const ownSeconds = ({ seconds, makingSeconds }: BuildFigures) => seconds - makingSeconds;

/** What is printed of each size. */
const COLUMNS: Readonly<Record<string, (measurement: Measurement) => number>> = {
  "rows": ({ build }) => build.rows,
  "build s": ({ build }) => ownSeconds(build),
  "build MB": ({ buildCost }) => megabytes(buildCost.peakRssBytes),
  "disk MB": ({ build }) => megabytes(build.sizeBytes),
  "p50 ms": ({ queries }) => queries["from rows"]!.p50Ms,
  "p95 ms": ({ queries }) => queries["from rows"]!.p95Ms,
  "CPU ms": ({ queries }) => queries["from rows"]!.cpuMs,
  "RSS MB": ({ memory }) => megabytes(memory.rssBytes),
  "peak MB": ({ memory }) => megabytes(memory.peakRssBytes),
};

function printTable(measured: readonly Measurement[]): void {
  console.log(`\n${Object.keys(COLUMNS).map((name) => name.padStart(9)).join("")}`);
  for (const measurement of measured) {
    const cells = Object.values(COLUMNS).map((valueOf) => {
      const value = valueOf(measurement);
      return (value >= 1000 ? String(value) : value.toFixed(1)).padStart(9);
    });
    console.log(cells.join(""));
  }
  for (const kind of Object.keys(measured.at(-1)!.queries)) {
    const { count, p50Ms, p95Ms, cpuMs, foundShare } = measured.at(-1)!.queries[kind]!;
    const found = foundShare === undefined
      ? ""
      : `, the article found in the first ten: ${(foundShare * 100).toFixed(0)} %`;
    console.log(
      `${count} queries, ${kind}, at the largest size: p50 ${p50Ms.toFixed(1)} ms, ` +
        `p95 ${p95Ms.toFixed(1)} ms, CPU ${cpuMs.toFixed(1)} ms${found}`,
    );
  }
}

const BAR = 50;

/** Each figure's growth from the smallest size on, as bars; rows for comparison. */
function printGrowth(measured: readonly Measurement[]): void {
  console.log("\nGrowth, times the smallest size (logarithmic)");
  const most = Math.log(measured.at(-1)!.build.rows / measured[0]!.build.rows) || 1;
  for (const [name, valueOf] of Object.entries(COLUMNS)) {
    for (const [index, measurement] of measured.entries()) {
      const factor = valueOf(measurement) / valueOf(measured[0]!);
      const bar = "█".repeat(Math.max(0, Math.round(BAR * Math.log(factor) / most)));
      console.log(`${(index === 0 ? name : "").padEnd(9)} ${factor.toFixed(2).padStart(6)} ${bar}`);
    }
  }
}

/** What retrieval_peer.py prints. */
interface PeerFigures {
  readonly buildSeconds: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly cpuMs: number;
}

async function comparePeers(python: string): Promise<void> {
  const rows = values["peer-rows"];
  const folder = join(values.scratch!, "peer");
  const build = await measurePart<BuildFigures>("build", folder, rows, SEED, ...lawqa);
  const query = await measurePart<Record<string, QueryFigures>>(
    ...["query", folder, values["peer-queries"], SEED],
  );
  const work = join(values.scratch!, "peer.json");
  await measurePart("dump", folder, values["peer-queries"], SEED, work);
  const own = query.figures["from rows"]!;
  const ownMb = megabytes(Math.max(build.cost.peakRssBytes, query.cost.peakRssBytes));
  console.log(`\n${rows} rows, ${values["peer-queries"]} queries`);
  console.log(
    `houqa      build ${ownSeconds(build.figures).toFixed(1)} s, p50 ${own.p50Ms.toFixed(2)} ms, ` +
      `CPU ${own.cpuMs.toFixed(2)} ms, peak RSS ${ownMb.toFixed(0)} MB`,
  );
  for (const library of ["rank_bm25", "bm25s"]) {
    const peer = join(dirname(import.meta.filename!), "retrieval_peer.py");
    const cost = await measureCommand([python, peer, library, work, values["peer-queries"]]);
    const figures: PeerFigures = JSON.parse(cost.stdout.trim().split("\n").at(-1)!);
    const times = (value: number, of: number) => `${(value / of).toFixed(1)}×`;
    console.log(
      `${library.padEnd(10)} build ${figures.buildSeconds.toFixed(1)} s ` +
        `(${times(figures.buildSeconds, ownSeconds(build.figures))}), ` +
        `p50 ${figures.p50Ms.toFixed(2)} ms (${times(figures.p50Ms, own.p50Ms)}), ` +
        `CPU ${figures.cpuMs.toFixed(2)} ms (${times(figures.cpuMs, own.cpuMs)}), ` +
        `peak RSS ${megabytes(cost.peakRssBytes).toFixed(0)} MB ` +
        `(${times(megabytes(cost.peakRssBytes), ownMb)})`,
    );
  }
  await Deno.remove(folder, { recursive: true });
  await Deno.remove(work);
}

await main();
