/**
 * The parts of retrieval_bench.ts that run in a process of their own, so that memory is theirs alone:
 *
 *   retrieval_measure.ts build FOLDER ROWS SEED [LAWQA]
 *   retrieval_measure.ts query FOLDER QUERIES SEED [LAWQA]
 *   retrieval_measure.ts dump FOLDER QUERIES SEED FILE
 *
 * The last line of the output is JSON.
 */
import process from "node:process";
import { loadDataset } from "../../src/dataset/load_dataset.ts";
import { formatChoices } from "../../src/dataset/parse_choices.ts";
import { buildIndex } from "../../src/rag/index/build_index.ts";
import type { CorpusStore } from "../../src/rag/index/corpus_store.ts";
import { openIndex } from "../../src/rag/index/open_index.ts";
import { createBm25Search } from "../../src/rag/search/bm25_search.ts";
import { seededRandom } from "../demo/random.ts";
import { makeLaws } from "./law_grammar.ts";
import { learnPhrases } from "./phrase_statistics.ts";

/** What a build cost. */
export interface BuildFigures {
  readonly laws: number;
  readonly units: number;
  readonly rows: number;
  readonly characters: number;
  readonly terms: number;
  readonly leftOutTerms: number;
  readonly sizeBytes: number;
  readonly fileBytes: Readonly<Record<string, number>>;
  readonly runs: number;
  /** Of the whole; `makingSeconds` of them went into making the laws up. */
  readonly seconds: number;
  readonly makingSeconds: number;
}

/** What queries cost, the text of ten articles included. */
export interface QueryFigures {
  readonly count: number;
  readonly openMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly cpuMs: number;
  /** Of the queries that were taken from a row, the share that found its article in the first ten. */
  readonly foundShare?: number;
}

/** Queries of one kind. */
interface Query {
  readonly text: string;
  /** The unit it was taken from. */
  readonly unit?: number;
}

const [part, folder, amount, seed, file] = Deno.args;
if (import.meta.main) {
  const parts: Record<string, () => Promise<unknown>> = { build, query, dump };
  console.log(JSON.stringify(await parts[part!]!()));
}

async function build(): Promise<BuildFigures> {
  const phrase = file === undefined
    ? undefined
    : learnPhrases((await loadDataset(file)).questions.map(({ context }) => context));
  let makingMs = 0;
  let characters = 0;
  function* timed() {
    const laws = makeLaws({ rows: Number(amount), seed: Number(seed), phrase });
    for (;;) {
      const started = performance.now();
      const { value, done } = laws.next();
      makingMs += performance.now() - started;
      if (done) return;
      for (const unit of value.units) for (const row of unit.rows) characters += row.text.length;
      yield value;
    }
  }
  const { manifest, sizeBytes, seconds, runs } = await buildIndex(timed(), folder!);
  const { laws, units, rows } = manifest.corpus;
  return {
    ...{ laws, units, rows, characters, sizeBytes, seconds, runs },
    terms: manifest.terms.indexed,
    leftOutTerms: manifest.terms.left_out,
    fileBytes: Object.fromEntries(
      Object.entries(manifest.files).map(([name, { size_bytes }]) => [name, size_bytes]),
    ),
    makingSeconds: makingMs / 1000,
  };
}

async function query(): Promise<Record<string, QueryFigures | Record<string, number>>> {
  const started = performance.now();
  const index = await openIndex(folder!);
  const openMs = performance.now() - started;
  const search = createBm25Search(index);
  const kinds: Record<string, readonly Query[]> = { "from rows": makeQueries(index.corpus) };
  if (file !== undefined) {
    const { questions } = await loadDataset(file);
    kinds["questions"] = questions.map(({ question }) => ({ text: question }));
    kinds["questions with choices"] = questions.map(({ question, choices }) => ({
      text: `${question}\n${formatChoices(choices)}`,
    }));
  }
  const figures: Record<string, QueryFigures | Record<string, number>> = {};
  for (const [kind, queries] of Object.entries(kinds)) {
    // The first ones wait for the compiler and the disk.
    for (const { text } of queries.slice(0, 10)) await search.search(text, 10);
    const times: number[] = [];
    let found = 0;
    const cpu = process.cpuUsage();
    for (const { text, unit } of queries) {
      const begun = performance.now();
      const hits = await search.search(text, 10);
      for (const hit of hits) index.corpus.rowsOf(hit.unit);
      times.push(performance.now() - begun);
      if (hits.some((hit) => hit.unit === unit)) found++;
    }
    const { user, system } = process.cpuUsage(cpu);
    times.sort((a, b) => a - b);
    figures[kind] = {
      count: times.length,
      openMs,
      p50Ms: times[Math.floor(times.length * 0.5)]!,
      p95Ms: times[Math.floor(times.length * 0.95)]!,
      cpuMs: (user + system) / 1000 / times.length,
      ...(kind === "from rows" ? { foundShare: found / times.length } : {}),
    };
  }
  const status = Deno.readTextFileSync("/proc/self/status");
  const field = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)![1]);
  figures.memory = {
    peakRssBytes: field("VmHWM"),
    rssBytes: field("VmRSS"),
    anonymousBytes: field("RssAnon"),
  };
  return figures;
}

/** Queries as people write them: the law's name and words of one of its rows. */
function makeQueries(corpus: CorpusStore): Query[] {
  const random = seededRandom(Number(seed) + 1);
  const queries: Query[] = [];
  while (queries.length < Number(amount)) {
    const { text, unit } = corpus.row(random.below(corpus.rowCount));
    if (text.length < 20) continue;
    const length = 20 + random.below(60);
    const start = random.below(Math.max(1, text.length - length));
    const { lawTitle } = corpus.unit(unit);
    queries.push({ unit, text: `${lawTitle}で${text.slice(start, start + length)}とは何ですか。` });
  }
  return queries;
}

/** Writes rows and queries for other programs. */
async function dump(): Promise<{ rows: number }> {
  const { corpus } = await openIndex(folder!);
  const rows = Array.from({ length: corpus.rowCount }, (_, row) => corpus.row(row).text);
  const queries = makeQueries(corpus).map(({ text }) => text);
  await Deno.writeTextFile(file!, JSON.stringify({ rows, queries }));
  return { rows: rows.length };
}
