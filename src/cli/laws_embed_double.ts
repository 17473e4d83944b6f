/** For tests: `houqa laws embed` in a folder of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { buildIndex } from "../rag/index/build_index.ts";
import { lawDouble } from "../rag/index/index_double.ts";
import {
  type EmbedDoubleOptions,
  EmbedGate,
  startEmbedDouble,
} from "../rag/vector/ollama_embed_double.ts";
import { type Ended, ROOT, runTask, type SpawnOptions } from "./spawn_task.ts";

/** Articles of the larger index. */
export const ARTICLES = 600;
/** As many texts as are made durable together. */
export const BATCH = 64;

/** Every permission: which ones a task needs is another test's business. */
const edit = (words: string[]) => [
  ...["deno", "run", "--no-prompt", "-A"],
  ...words.slice(words.indexOf("main.ts")),
];

/** A folder with an index `demo`, and how to run the command there. */
export interface Place {
  readonly folder: string;
  readonly options: SpawnOptions;
  readonly run: (...words: string[]) => Promise<Ended>;
}

/** Runs a test with an index of the demo laws. */
export async function withPlace(
  test: (place: Place) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    const options = { cwd: folder, edit, env: { HOUQA_CACHE: join(folder, "cache"), ...env } };
    const run = (...words: string[]) => runTask("laws", words, options);
    const demo = join(ROOT, "datasets/demo/laws");
    const { code, stderr } = await run("build", "--in", demo, "--out", "demo");
    assert.equal(code, 0, stderr);
    await test({ folder, options, run });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes an index `many` of so many short articles. */
export async function writeMany(folder: string, articles = ARTICLES): Promise<void> {
  const texts = Array.from({ length: articles }, (_, at) => [`第${at}号の届出は${at % 9}日以内。`]);
  await buildIndex([lawDouble("届出法", texts)], join(folder, "many"), {});
}

/** As {@linkcode withPlace}, with a server that embeds. */
export function withServer(
  test: (
    place: Place & { readonly texts: () => number; readonly gate: EmbedGate },
  ) => Promise<void>,
  double: EmbedDoubleOptions = {},
) {
  return async () => {
    const gate = new EmbedGate();
    await using server = startEmbedDouble({ contextLength: 300, gate, ...double });
    // The first request is a trial that the model works.
    const texts = () =>
      server.requests.reduce((sum, { input }) => sum + (input[0] === "a" ? 0 : input.length), 0);
    await withPlace((place) => test({ ...place, texts, gate }), { OLLAMA_HOST: server.url });
  };
}
