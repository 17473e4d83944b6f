/**
 * Questions per second of houqa over Ollama against a bare loop that sends the same requests with
 * the same client, in turn, so that a change of the machine's speed meets both.
 *
 *   deno task bench:ollama --model qwen3:8b [--questions 10] [--rounds 3] [--data FILE]
 */
import { parseArgs } from "node:util";
import { type ChatRequest, Ollama } from "ollama";
import { evaluate } from "../../src/eval/evaluate.ts";
import { parseOllamaHost } from "../../src/llm/ollama_host.ts";
import { normaliseEvaluation } from "../../src/settings/evaluation_config.ts";
import { readVariable } from "../../src/settings/read_environment.ts";
import { resolveSettings } from "../../src/settings/resolve_settings.ts";

const REQUIRED_RATIO = 0.97;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "qwen3:8b" },
    data: { type: "string", default: "datasets/demo/questions.json" },
    questions: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
  },
});

const folder = await Deno.makeTempDir();
const { config } = normaliseEvaluation(resolveSettings({
  options: {
    data: values.data,
    output: `${folder}/result.json`,
    llm_model: values.model,
    context: "gold",
    few_shot: false,
    samples: values.questions,
  },
  environment: readVariable,
  dotenv: {},
}));

// What houqa sends is caught once, and the bare loop sends the very same bodies.
const requests: ChatRequest[] = [];
const originalFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  if (String(input).endsWith("/api/chat")) requests.push(JSON.parse(String(init!.body)));
  return originalFetch(input, init);
};
await runHouqa();
globalThis.fetch = originalFetch;

const seconds = { houqa: 0, bare: 0 };
for (let round = 1; round <= Number(values.rounds); round++) {
  const bare = await timed(runBare);
  const houqa = await timed(runHouqa);
  seconds.bare += bare;
  seconds.houqa += houqa;
  console.log(
    `round ${round}: bare ${bare.toFixed(2)} s, houqa ${houqa.toFixed(2)} s, ` +
      `throughput ratio ${(bare / houqa).toFixed(3)}`,
  );
}
const ratio = seconds.bare / seconds.houqa;
console.log(
  `${requests.length} questions, ${values.rounds} rounds: throughput ${
    ratio.toFixed(3)
  } of a bare ` +
    `loop (required ${REQUIRED_RATIO}) ${ratio >= REQUIRED_RATIO ? "ok" : "BELOW"}`,
);
if (ratio < REQUIRED_RATIO) Deno.exitCode = 1;
await Deno.remove(folder, { recursive: true });

async function timed(action: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

async function runBare(): Promise<void> {
  const client = new Ollama({ host: parseOllamaHost(config.llm.ollamaHost).baseUrl });
  for (const request of requests) await client.chat({ ...request, stream: false });
}

/** The whole evaluation, with journal and result file. */
async function runHouqa(): Promise<void> {
  await evaluate(config, { settings: {}, overwrite: true });
}
