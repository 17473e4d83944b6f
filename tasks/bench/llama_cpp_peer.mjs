/**
 * A plain loop over llama.cpp, through npm's `node-llama-cpp` with its prebuilt binary, on the
 * processor: the prompt is evaluated and the likeliest of the four letters read from the logits, or
 * some tokens are decoded greedily.
 *
 *   node llama_cpp_peer.mjs GGUF PROMPTS.json THREADS fresh|prefix
 *   node llama_cpp_peer.mjs GGUF PROMPTS.json THREADS decode TOKENS
 *
 * `fresh` clears the sequence before every prompt; `prefix` keeps what it shares with the one before.
 * Node finds node-llama-cpp from the folder NODE_LLAMA_CPP names. Prints one JSON object.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [ggufPath, promptsPath, threads, mode, tokenCount] = process.argv.slice(2);
const require = createRequire(join(process.env.NODE_LLAMA_CPP ?? process.cwd(), "package.json"));
const { getLlama, LlamaLogLevel } = await import(
  pathToFileURL(require.resolve("node-llama-cpp")).href
);

const work = JSON.parse(await readFile(promptsPath, "utf8"));
const llama = await getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  maxThreads: Number(threads),
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath: ggufPath });
const longest = Math.max(...work.prompts.map((prompt) => prompt.tokens));
const context = await model.createContext({
  contextSize: longest + Number(tokenCount ?? 0) + 64,
  threads: { ideal: Number(threads), min: Number(threads) },
  batchSize: 512,
  sequences: 1,
});
const sequence = context.getSequence();
const letterTokens = work.letters.map((letter) => model.tokenize(letter)[0]);
const result = mode === "decode" ? await decode() : await answer();
console.log(JSON.stringify(result));
process.exit(0);

async function answer() {
  let answers = "";
  let tokens = 0;
  const start = performance.now();
  for (const prompt of work.prompts) {
    const ids = model.tokenize(prompt.text, true);
    tokens += ids.length;
    const known = await prepare(ids);
    const logits = await readLast(ids.slice(known));
    const scores = letterTokens.map((token) => logits.get(token));
    answers += work.letters[scores.indexOf(Math.max(...scores))];
  }
  return { answers, tokens, seconds: (performance.now() - start) / 1000 };
}

/** Forgets what the next prompt has no use for; the number of tokens that are known already. */
async function prepare(ids) {
  if (mode !== "prefix") {
    await sequence.clearHistory();
    return 0;
  }
  const known = sequence.contextTokens;
  const most = Math.min(known.length, ids.length - 1);
  let shared = 0;
  while (shared < most && known[shared] === ids[shared]) shared++;
  if (shared < known.length) {
    await sequence.eraseContextTokenRanges([{ start: shared, end: known.length }]);
  }
  return sequence.nextTokenIndex;
}

async function readLast(ids) {
  const options = { generateNext: { logits: { filter: { tokens: letterTokens } } } };
  const items = ids.map((id, index) => index === ids.length - 1 ? [id, options] : id);
  const outputs = await sequence.controlledEvaluate(items);
  return outputs.at(-1).next.logits;
}

/** Tokens a second after the first token, which waits for the prompt. */
async function decode() {
  let decoded = 0;
  let seconds = 0;
  for (const prompt of work.prompts) {
    await sequence.clearHistory();
    const ids = model.tokenize(prompt.text, true);
    let first;
    let count = 0;
    for await (const _token of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
      first ??= performance.now();
      if (count++ === Number(tokenCount)) break;
    }
    seconds += (performance.now() - first) / 1000;
    decoded += count - 1;
  }
  return { decoded, seconds };
}
