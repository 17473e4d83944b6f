import assert from "node:assert/strict";
import { FakeLlm, type FakeReply } from "../../llm/fake_llm.ts";
import { LlmError, type LlmIdentity } from "../../llm/llm.ts";
import { CitationResolver } from "../cite/citation_resolver.ts";
import { createLawRetriever } from "../context/law_retriever.ts";
import { lawDouble } from "../index/index_double.ts";
import { createMemoryCorpusStore } from "../recall/memory_corpus_store.ts";
import type { ArticleHit } from "../search/article_search.ts";
import { createCiteSearch } from "../search/cite_search.ts";
import type { QaFound } from "./qa_answer.ts";
import { createQaPipeline } from "./qa_pipeline.ts";
import { QaSession } from "./qa_session.ts";

const LAWS = [
  lawDouble("雲塊配達業法", [["雲塊の配達を業とする者は届出をしなければならない。"], [
    "料金は掲示する。",
  ]]),
  lawDouble("綿毛艇整備士法", [["綿毛艇の整備は整備士が行う。"], ["手数料は政令で定める。"]]),
];

interface Setup {
  readonly hits?: (query: string) => readonly ArticleHit[];
  readonly reply?: (question: string) => FakeReply;
  readonly identity?: Partial<LlmIdentity>;
  readonly maxNewTokens?: number;
}

function setUp({ hits, reply = () => "答えです。", identity, maxNewTokens = 100 }: Setup = {}) {
  const corpus = createMemoryCorpusStore(LAWS);
  const cite = createCiteSearch(corpus);
  const queries: string[] = [];
  const laws = createLawRetriever({
    search: {
      ...cite,
      search: (query, limit) => {
        queries.push(query);
        return hits === undefined ? cite.search(query, limit) : Promise.resolve(hits(query));
      },
    },
    store: corpus,
    corpus: "test",
  });
  const llm = new FakeLlm(({ parts }) => reply(parts.question), { numCtx: 4096, ...identity });
  const session = new QaSession({
    pipeline: createQaPipeline(laws, llm),
    corpus,
    resolver: new CitationResolver(corpus),
    topK: 3,
    maxNewTokens,
    isWordSearch: true,
  });
  return { session, llm, queries };
}

const userTurn = (llm: FakeLlm) => llm.calls.at(-1)!.prompt.messages.at(-1)!.content;

Deno.test("a question is asked with the articles it needs, and the answer comes in pieces", async () => {
  const { session, llm } = setUp({ reply: () => "届出が必要です（雲塊配達業法第1条）。" });
  let shown = "";
  const seen: QaFound[] = [];
  const answer = await session.ask("雲塊配達業法第1条は何を求めるか", {
    onText: (piece) => shown += piece,
    onFound: (found) => seen.push(found),
  });
  assert.equal(shown, answer.completion.text);
  assert.deepEqual(seen, [answer.found]);
  assert.deepEqual(answer.found.articles.map(({ source }) => source), ["雲塊配達業法 第1条"]);
  assert.match(
    userTurn(llm),
    /【参照条文】\n## 雲塊配達業法\n### 第1条\n雲塊の配達[\s\S]*【質問】/,
  );
  assert.deepEqual(answer.unretrieved, []);
  assert.deepEqual(
    [llm.calls[0]!.overrides.maxNewTokens, llm.calls[0]!.overrides.answerFormat],
    [100, "text"],
  );
});

Deno.test("where nothing is found the model is told to invent nothing", async () => {
  const { session, llm } = setUp({ hits: () => [] });
  const { found } = await session.ask("今日の天気は");
  assert.deepEqual(found.articles, []);
  assert.match(
    userTurn(llm),
    /^この質問に合う条文は見つかりませんでした。条文の番号や内容を作り上げず/,
  );
  assert.doesNotMatch(userTurn(llm), /【参照条文】/);
});

Deno.test("articles with few words of the question are doubtful unless it names them", async () => {
  const hits = () => [0, 1, 2].map((unit) => ({ unit, score: 3 - unit, bestRow: unit }));
  const doubtful = async (question: string) =>
    (await setUp({ hits }).session.ask(question)).found.articles.map((one) => one.isDoubtful);
  assert.deepEqual(await doubtful("雲塊の配達には届出が必要か"), [false, true, true]);
  assert.deepEqual(await doubtful("雲塊配達業法第2条と綿毛艇整備士法第1条"), [false, false, false]);
});

Deno.test("citations that were not retrieved are told, invented ones apart", async () => {
  const { session } = setUp({
    reply: () =>
      "雲塊配達業法第1条と第2条、綿毛艇整備士法第99条によります。同法第99条と前条も見てください。",
  });
  const { unretrieved } = await session.ask("雲塊配達業法第1条とは");
  assert.deepEqual(unretrieved, [
    { citation: "雲塊配達業法 第2条", isInCorpus: true },
    { citation: "綿毛艇整備士法 第99条", isInCorpus: false },
  ]);
  const bare = setUp({ reply: () => "第1条によります。第7条も同じです。" });
  const answer = await bare.session.ask("雲塊配達業法第1条とは");
  assert.deepEqual(answer.unretrieved.map(({ citation }) => citation.at(-2)), ["7"]);
});

Deno.test("a follow-up is looked up with the question before it and sent with the turns", async () => {
  const { session, llm, queries } = setUp();
  await session.ask("綿毛艇整備士法第2条の手数料は");
  await session.ask("いくらですか");
  assert.deepEqual(queries, [
    "綿毛艇整備士法第2条の手数料は",
    "いくらですか\n綿毛艇整備士法第2条の手数料は",
  ]);
  const { messages } = llm.calls[1]!.prompt;
  assert.deepEqual(messages.map(({ role }) => role), ["system", "user", "assistant", "user"]);
  assert.equal(messages[1]!.content, "綿毛艇整備士法第2条の手数料は");
  assert.match(messages[3]!.content, /### 第2条[\s\S]*いくらですか$/);
  await session.ask("雲塊配達業法第1条とは");
  assert.equal(queries[2], "雲塊配達業法第1条とは");
  session.clear();
  await session.ask("いくらですか");
  assert.equal(queries[3], "いくらですか");
  assert.equal(llm.calls[3]!.prompt.messages.length, 2);
});

Deno.test("only as many turns as fit are sent, the last ones, and it is counted", async () => {
  const { session, llm } = setUp({
    reply: () => "長い答え。".repeat(100),
    identity: { numCtx: 2600 },
  });
  for (let turn = 1; turn <= 4; turn++) await session.ask(`質問${turn}`);
  const { found } = await session.ask("雲塊配達業法第1条とは");
  assert.ok(found.turns >= 1 && found.droppedTurns >= 1, JSON.stringify(found));
  assert.equal(found.turns + found.droppedTurns, 4);
  assert.equal(llm.calls.at(-1)!.prompt.messages.at(-3)!.content, "質問4");
  const many = setUp({ identity: { numCtx: 40_000 } });
  for (let turn = 1; turn <= 7; turn++) await many.session.ask(`質問${turn}`);
  assert.equal(many.llm.calls.at(-1)!.prompt.messages.length, 2 + 2 * 4);
});

Deno.test("a stopped or failed question leaves no trace in the conversation", async () => {
  const stop = new AbortController();
  const { session, llm } = setUp({
    reply: (question) => question === "失敗" ? new LlmError("timeout", "late") : "はい",
  });
  await assert.rejects(session.ask("失敗"), LlmError);
  stop.abort();
  await assert.rejects(session.ask("停止", { signal: stop.signal }), { name: "AbortError" });
  assert.equal(session.turnCount, 0);
  await session.ask("次");
  assert.equal(llm.calls.at(-1)!.prompt.messages.length, 2);
});

Deno.test("a window without room for any statute is an error, not an answer without one", async () => {
  const { session, llm } = setUp({ maxNewTokens: 4000 });
  await assert.rejects(
    session.ask("雲塊配達業法第1条とは"),
    (error) =>
      error instanceof LlmError && error.kind === "prompt_cut" &&
      /lower --max-tokens/.test(error.message),
  );
  assert.equal(llm.calls.length, 0);
});
