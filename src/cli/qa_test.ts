import assert from "node:assert/strict";
import { join } from "node:path";
import { type DoubleOptions, type OllamaDouble, startOllamaDouble } from "../llm/ollama_double.ts";
import { buildIndex } from "../rag/index/build_index.ts";
import { lawDouble } from "../rag/index/index_double.ts";
import { canType, typeAtTerminal } from "./type_at_terminal.ts";
import { type Ended, runTask, type SpawnOptions, spawnTask, taskArguments } from "./spawn_task.ts";

const LAWS = [
  lawDouble("雲塊配達業法", [["雲塊の配達を業とする者は届出をしなければならない。"], [
    "料金は掲示する。",
  ]], {
    lawId: "599AC0000000004",
  }),
  lawDouble("綿毛艇整備士法", [["綿毛艇の整備は整備士が行う。"], ["手数料は政令で定める。"]], {
    lawId: "599AC0000000003",
  }),
];
const ANSWER = "届出が必要です（雲塊配達業法第1条）。綿毛艇整備士法第9条も見てください。";

interface Place {
  readonly folder: string;
  readonly double: OllamaDouble;
  readonly options: SpawnOptions;
}

/** A folder with an index at its default place, and a server. */
async function withPlace(
  body: (place: Place) => Promise<void>,
  more: DoubleOptions = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  await using double = await startOllamaDouble({
    reply: () => ANSWER,
    models: [{ name: "double:latest", contextLength: 32_768 }],
    ...more,
  });
  const ollamaPort = Number(new URL(double.url).port);
  const env = { OLLAMA_HOST: double.url, LLM_MODEL: "double" };
  try {
    await buildIndex(LAWS, join(folder, "data/egov_laws"), {});
    await body({ folder, double, options: { cwd: folder, ollamaPort, env } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the command with lines on standard input. */
async function runPiped(args: string[], input: string, options: SpawnOptions): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: taskArguments("houqa", args, options),
    cwd: options.cwd,
    env: options.env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, signal, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("qa answers, and lists the articles with links and what was not retrieved", () =>
  withPlace(async ({ double, options }) => {
    const args = ["qa", "雲塊の配達には届出が必要ですか", "--top-k", "1", "--max-tokens", "77"];
    const { code, stdout, stderr } = await runTask("houqa", args, options);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert.match(stdout, new RegExp(`^${ANSWER}\n\nArticles \\(cite\\+bm25, data/egov_laws\\):\n`));
    assert.match(
      stdout,
      /1\. 雲塊配達業法 第1条 {2}\[score \d+\.\d\d\]\n +https:\/\/laws\.e-gov\.go\.jp\/law\/599AC0000000004#Mp-At_1\n/,
    );
    assert.match(stdout, /not retrieved[^\n]*\n {2}綿毛艇整備士法 第9条 \(not in the index/);
    const [chat] = double.chats;
    assert.equal(chat!.stream, true);
    assert.equal(chat!.options!.num_predict, 77);
    assert.match(chat!.messages.at(-1)!.content, /### 第1条\n雲塊の配達を業とする者/);
  }));

Deno.test("--json gives one object, with --show-context the texts too", () =>
  withPlace(async ({ options }) => {
    const args = ["qa", "雲塊配達業法第2条とは", "--json", "--show-context", "--retriever", "cite"];
    const { code, stdout, stderr } = await runTask("houqa", args, options);
    assert.equal(code, 0, stderr);
    const json = JSON.parse(stdout);
    assert.equal(json.answer, ANSWER);
    assert.equal(json.model.model, "double");
    assert.match(json.model.model_digest, /^sha256:/);
    const [article, ...others] = json.articles;
    assert.deepEqual(others, []);
    assert.deepEqual([article.law, article.article, article.is_uncertain], [
      "雲塊配達業法",
      "第2条",
      false,
    ]);
    assert.match(article.text, /料金は掲示する/);
    assert.equal(article.link, "https://laws.e-gov.go.jp/law/599AC0000000004#Mp-At_2");
    assert.ok(json.seconds > 0 && typeof article.score === "number");
    assert.equal(json.not_retrieved.length, 2);
  }));

Deno.test("lines of a pipe are questions by themselves; one that fails is told and counted", () =>
  withPlace(async ({ double, options }) => {
    const input = "雲塊の配達には届出が必要か\n\nいつまでですか\n";
    const { code, stdout, stderr } = await runPiped(["qa"], input, options);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^質問> /gm)?.length, 2);
    assert.deepEqual(double.chats.map(({ messages }) => messages.length), [2, 2]);
    double.faults.push({ kind: "status", status: 400, error: "bad" });
    const failing = await runPiped(["qa", "--json"], "一つ目\n二つ目\n", options);
    assert.equal(failing.code, 1, failing.stderr);
    assert.match(failing.stderr, /^houqa: Ollama at .* answered 400 "bad"/m);
    assert.equal(JSON.parse(failing.stdout).question, "二つ目");
  }));

Deno.test("what can't work is said in one line with what to do, and its exit code", () =>
  withPlace(async ({ options }) => {
    const ask = (...args: string[]) => runTask("houqa", ["qa", "届出", ...args], options);
    const cases: [string[], number, RegExp][] = [
      [["--index", "nowhere"], 2, /nowhere holds no index of laws.*houqa laws build --out nowhere/],
      [["--retriever", "best"], 2, /option --retriever is "best", but must be one of bm25/],
      [
        ["--retriever", "vector"],
        2,
        /^houqa: There is no vector index in data\/egov_laws_vectors\. Make it: houqa laws embed/,
      ],
      [["--top-k", "0"], 2, /option --top-k is "0"/],
      [["--llm-backend", "hf"], 2, /hf backend requires hf_model_name/],
      [["--llm-model", "other"], 2, /has no model "other".*ollama pull other/],
      [["--samples", "3"], 2, /unknown option '--samples'/],
    ];
    for (const [args, code, message] of cases) {
      const ended = await ask(...args);
      assert.equal(ended.code, code, `${args}: ${ended.stderr}`);
      assert.match(ended.stderr, message);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      assert.equal(ended.stdout, "");
    }
    const empty = await runTask("houqa", ["qa", "  "], options);
    assert.deepEqual([empty.code, empty.stderr], [2, "houqa: The question is empty.\n"]);
  }));

Deno.test("a server that is not there ends with 3 and advice", async () => {
  const gone = await startOllamaDouble();
  await gone.close();
  await withPlace(async ({ options }) => {
    const port = Number(new URL(gone.url).port);
    const { code, stderr } = await runTask("houqa", ["qa", "届出"], {
      ...options,
      ollamaPort: port,
      env: { ...options.env, OLLAMA_HOST: gone.url },
    });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /could not be reached .*start it with `ollama serve`/);
  });
});

Deno.test("a signal ends a question with the signal's exit code", () =>
  withPlace(async ({ double, options }) => {
    const child = spawnTask("houqa", ["qa", "雲塊の配達には届出が必要か"], options);
    await double.chatsReached(1);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await child.output();
    assert.equal(code, 130, new TextDecoder().decode(stderr));
    assert.doesNotMatch(new TextDecoder().decode(stdout), /Articles/);
  }, { pieceLatencyMs: 100 }));

const PROMPT = "質問> ";

Deno.test({
  name: "at a terminal a conversation goes on, with commands and line editing",
  ignore: !canType,
  fn: () =>
    withPlace(async ({ double, options }) => {
      const { screen, code } = await typeAtTerminal(["qa"], options, [
        [PROMPT, "/help\r"],
        [PROMPT, "雲塊の配達にはX\x7f届出が必要か\r"],
        [PROMPT, "いつまで\r"],
        [PROMPT, "/context\r"],
        [PROMPT, "/clear\r"],
        [PROMPT, "\x1b[A\x1b[A\x1b[A\r"],
        [PROMPT, "/what\r"],
        [PROMPT, "/quit\r"],
      ]);
      assert.equal(code, 0, screen);
      assert.match(screen, /Ctrl-C during an answer stops the answer/);
      assert.match(screen, /\[1\] score [\s\S]*雲塊の配達を業とする者/);
      assert.match(screen, /There is no command \/what/);
      const asked = double.chats.map(({ messages }) => messages.at(-1)!.content.split("\n").at(-1));
      assert.deepEqual(asked, ["雲塊の配達には届出が必要か", "いつまで", "いつまで"]);
      assert.deepEqual(double.chats.map(({ messages }) => messages.length), [2, 4, 2]);
    }),
});

Deno.test({
  name: "at a terminal Ctrl-C stops an answer, and ends the conversation between answers",
  ignore: !canType,
  fn: () =>
    withPlace(async ({ double, options }) => {
      const { screen, code } = await typeAtTerminal(["qa"], options, [
        [PROMPT, "雲塊の配達には届出が必要か\r"],
        ["必要です", "\x03"],
        [PROMPT, "綿毛艇とは\r"],
        ["必要です", "\x04"],
      ]);
      assert.equal(code, 0, screen);
      assert.equal(screen.match(/\(stopped\)/g)?.length, 1, screen);
      assert.doesNotMatch(screen, /Articles/);
      // The stopped question is no part of the conversation.
      assert.deepEqual(double.chats.map(({ messages }) => messages.length), [2, 2]);
      const ended = await typeAtTerminal(["qa"], options, [[PROMPT, "\x03"]]);
      assert.equal(ended.code, 0, ended.screen);
    }, { pieceLatencyMs: 60 }),
});
