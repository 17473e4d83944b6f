import assert from "node:assert/strict";
import { join } from "node:path";
import { buildIndex } from "../rag/index/build_index.ts";
import { lawDouble } from "../rag/index/index_double.ts";
import type { HttpDouble } from "../rag/remote/http_double.ts";
import { openSearchDouble } from "../rag/remote/opensearch_double.ts";
import { qdrantDouble } from "../rag/remote/qdrant_double.ts";
import { searchConfigDouble } from "../rag/search/law_search_double.ts";
import { openLawSearch } from "../rag/search/open_law_search.ts";
import { writeEmbeddingDouble } from "../rag/vector/embedding_model_double.ts";
import { EmbedGate, startEmbedDouble } from "../rag/vector/ollama_embed_double.ts";
import { type Ended, runTask, type SpawnOptions, spawnTask } from "./spawn_task.ts";

const ARTICLES = 300;

interface Place {
  readonly folder: string;
  readonly options: SpawnOptions;
  /** `127.0.0.1:port` of the server. */
  readonly host: string;
  readonly run: (...words: string[]) => Promise<Ended>;
}

/** A folder with an index of many short articles, and a server. */
async function withPlace(
  server: HttpDouble,
  env: Readonly<Record<string, string>>,
  test: (place: Place) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  // A body that a killed program did not send to its end can't be read.
  const onError = () => new Response(null, { status: 500 });
  const http = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, onError },
    server.serve,
  );
  try {
    const texts = Array.from({ length: ARTICLES }, (_, at) => [
      `第${at}号の届出は${at % 9}日以内にする。`,
      `${at}部の帳簿を備える。`,
    ]);
    await buildIndex([lawDouble("届出法", texts)], join(folder, "laws"), {});
    const options: SpawnOptions = {
      cwd: folder,
      env,
      edit: (words) => [
        ...["deno", "run", "--no-prompt", "-A"],
        ...words.slice(words.indexOf("main.ts")),
      ],
    };
    const host = `127.0.0.1:${http.addr.port}`;
    const run = (...words: string[]) =>
      runTask("laws", ["push", "--index", "laws", ...words], options);
    await test({ folder, options, host, run });
  } finally {
    await http.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The numbers of the first articles that are found. */
async function found(
  config: Parameters<typeof openLawSearch>[0],
  query: string,
): Promise<(string | undefined)[]> {
  const laws = await openLawSearch(config);
  try {
    const hits = await laws.search.search(query, 5);
    return hits.map(({ unit }) => laws.store.unit(unit).num);
  } finally {
    await laws.close();
  }
}

Deno.test("OpenSearch gets every row once, behind its name, and searches find them", () => {
  const authorization = `Basic ${btoa("houqa:geheim")}`;
  const server = openSearchDouble({ authorization });
  const env = { HOUQA_OPENSEARCH_USER: "houqa", HOUQA_OPENSEARCH_PASSWORD: "geheim" };
  return withPlace(server, env, async ({ folder, host, options, run }) => {
    const address = `opensearch://${host}/laws`;
    const { code, stdout, stderr } = await run("--server", address);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /100 % {2}600\/600 rows\n$/);
    assert.match(
      stdout,
      new RegExp(
        `^server {2}OpenSearch 2\\.19\\.1 at http://${host}\n` +
          "index {3}laws → laws-[0-9a-f]{12}\nsent {4}600 of 600 rows\n$",
      ),
    );
    const again = await run("--server", address, "--shards", "2");
    assert.match(again.stdout, /sent {4}0 of 600 rows; 600 were there already\n$/);
    const noRights = await runTask("laws", ["push", "--index", "laws", "--server", address], {
      ...options,
      env: {},
    });
    assert.equal(noRights.code, 2);
    assert.match(noRights.stderr, /401\)\. Set HOUQA_OPENSEARCH_USER/);
    assert.ok(!`${stdout}${stderr}${noRights.stderr}`.includes("geheim"));

    const searched = searchConfigDouble(join(folder, "laws"), {
      textServer: address,
      citations: false,
    });
    Deno.env.set("HOUQA_OPENSEARCH_USER", env.HOUQA_OPENSEARCH_USER);
    Deno.env.set("HOUQA_OPENSEARCH_PASSWORD", env.HOUQA_OPENSEARCH_PASSWORD);
    try {
      assert.equal((await found(searched, "第123号の届出"))[0], "124");
    } finally {
      for (const name of Object.keys(env)) Deno.env.delete(name);
    }
  });
});

Deno.test("Qdrant gets a vector for every article or row, and searches find with them", () => {
  const server = qdrantDouble();
  return withPlace(server, {}, async ({ folder, host, run }) => {
    const model = await writeEmbeddingDouble(join(folder, "model"));
    const address = `qdrant://${host}/laws`;
    const sent = await run("--server", address, "--embedding-model", model);
    assert.equal(sent.code, 0, sent.stderr);
    assert.match(sent.stderr, /Embedding model: .*model, 24 numbers.*\n20 % {2}64\/300 articles/);
    assert.match(sent.stderr, /100 % {2}300\/300 articles\n$/);
    assert.match(sent.stdout, /^server {2}Qdrant 1\.16\.0 .*\n.*\nsent {4}300 of 300 passages\n/);
    assert.match(sent.stdout, /cut {5}300 of the articles, longer than 64 tokens/);
    const config = searchConfigDouble(join(folder, "laws"), {
      vectorStore: address,
      embeddingModel: model,
      citations: false,
    });
    // A model of random weights: only the words (of a heading here) make sure of it.
    assert.equal(new Set(await found({ ...config, retriever: "vector" }, "届出")).size, 5);
    const hybrid = await found({ ...config, retriever: "hybrid" }, "第123号の届出");
    assert.ok(hybrid.includes("123"), `${hybrid}`);
    const rows = await run("--server", address, "--embedding-model", model, "--grain", "row");
    assert.match(rows.stdout, /sent {4}600 of 600 passages\n/);
    assert.equal(server.collections.size, 1);
  });
});

Deno.test("ended and killed, a push goes on with what the server does not have", async () => {
  const gate = new EmbedGate();
  await using ollama = startEmbedDouble({ contextLength: 300, gate });
  const server = qdrantDouble();
  await withPlace(server, { OLLAMA_HOST: ollama.url }, async ({ host, options, run }) => {
    const words = ["--server", `qdrant://${host}/laws`, "--embedding-model", "ollama:bge-m3"];
    const points = () => [...server.collections.values()][0]?.points.size ?? 0;
    for (const [signal, code] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
      // The trial that the model works, and a batch; the next one is kept waiting.
      gate.open(1 + 64);
      const child = spawnTask("laws", ["push", "--index", "laws", ...words], options);
      const output = child.output();
      let hasEnded = false;
      output.then(() => hasEnded = true);
      await gate.untilShut(() => hasEnded);
      child.kill(signal);
      const ended = await output;
      const stderr = new TextDecoder().decode(ended.stderr);
      assert.equal(ended.signal === "SIGKILL" ? 137 : ended.code, code, stderr);
      if (code === 130) {
        assert.match(stderr, /Interrupted\. 64 of 300 articles are on the server\. The same/);
      }
      assert.equal(server.aliases.size, 0);
    }
    gate.open(Infinity);
    const last = await run(...words);
    assert.equal(last.code, 0, last.stderr);
    assert.match(last.stderr, /Going on with the build that was cut off: 128 of 300 are/);
    assert.match(last.stdout, /sent {4}172 of 300 passages; 128 were there already\n/);
    assert.equal(points(), ARTICLES + 1);
  });
});

Deno.test("what can't be sent is refused, with what to do", () => {
  const server = openSearchDouble();
  return withPlace(server, {}, async ({ host, run, options }) => {
    server.indexes.set("taken", { mappings: {} } as never);
    const here = `opensearch://${host}/laws`;
    for (
      const [words, code, message] of [
        [[], 2, /required option '--server <address>' not specified/],
        [["--server", "http://localhost/laws"], 2, /is no address of a search server/],
        [["--server", "qdrant://a:b@h/laws"], 2, /set HOUQA_QDRANT_API_KEY instead/],
        [["--server", here, "--index", "none"], 2, /none holds no index of laws/],
        [["--server", here, "--grain", "row"], 2, /--grain is about vectors, and OpenSearch/],
        [["--server", here, "--embedding-model", "m"], 2, /--embedding-model is about vectors/],
        [["--server", here, "--shards", "0"], 2, /Use a whole number from 1 to 1000/],
        [["--server", `qdrant://${host}/laws`], 2, /Vectors need a model: set --embedding-model/],
        [
          ["--server", `qdrant://${host}/laws`, "--embedding-model", "m", "--replicas", "0"],
          2,
          /--replicas counts all copies for Qdrant/,
        ],
        [
          ["--server", `opensearch://${host}/taken`],
          2,
          /is an index that houqa did not make\. Choose another name in --server/,
        ],
      ] as const
    ) {
      const ended = await run(...words);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    }
    server.faults.push(({ method }) =>
      method === "PUT"
        ? { status: 400, body: { error: { type: "validation_exception", reason: "too many" } } }
        : undefined
    );
    const refused = await runTask(
      "laws",
      ["push", "--index", "laws", "--server", here, "--shards", "9"],
      options,
    );
    assert.equal(refused.code, 3, refused.stderr);
    assert.match(
      refused.stderr,
      /refused PUT \/laws-\w+ \(400\): validation_exception: too many\n$/,
    );
  });
});
