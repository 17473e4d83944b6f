/**
 * What houqa itself costs: milliseconds a question with a model that answers at once (journal and
 * result file included), peak memory, and the time of `houqa --help`.
 *
 *   deno task bench [--questions 10000]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { formatSampleFile, makeSampleQuestions } from "../../src/dataset/sample_questions.ts";
import { evaluate } from "../../src/eval/evaluate.ts";
import { FakeLlm } from "../../src/llm/fake_llm.ts";
import { normaliseEvaluation } from "../../src/settings/evaluation_config.ts";
import { resolveSettings } from "../../src/settings/resolve_settings.ts";

const LIMITS = { msPerQuestion: 2, peakRssMb: 250, helpSeconds: 0.3 };
const HELP_RUNS = 11;

const { values } = parseArgs({
  options: { questions: { type: "string", default: "10000" }, measured: { type: "boolean" } },
});
const count = Number(values.questions);

if (values.measured) await measureEvaluation();
else await main();

/** Runs in a process of its own, so that its peak memory is only its own. */
async function measureEvaluation(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const data = `${folder}/questions.json`;
  await Deno.writeTextFile(data, formatSampleFile(makeSampleQuestions(count)));
  const { config } = normaliseEvaluation(resolveSettings({
    options: { data, output: `${folder}/result.json`, context: "gold" },
    environment: () => undefined,
    dotenv: {},
  }));
  const start = performance.now();
  await evaluate(config, {
    settings: {},
    overwrite: false,
    createLlm: () => Promise.resolve(new FakeLlm(() => "a", {}, false)),
  });
  const milliseconds = performance.now() - start;
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  await Deno.remove(folder, { recursive: true });
  console.log(JSON.stringify({ milliseconds, peakRssMb }));
}

async function main(): Promise<void> {
  const { stdout } = await run([
    "run",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    import.meta.filename!,
    "--measured",
    "--questions",
    String(count),
  ]);
  const { milliseconds, peakRssMb } = JSON.parse(stdout);
  const helpSeconds: number[] = [];
  for (let i = 0; i < HELP_RUNS; i++) {
    const start = performance.now();
    await run(["run", "--no-prompt", "--allow-env", "main.ts", "--help"]);
    helpSeconds.push((performance.now() - start) / 1000);
  }
  const median = helpSeconds.toSorted((x, y) => x - y)[HELP_RUNS >> 1]!;
  report("milliseconds a question", milliseconds / count, LIMITS.msPerQuestion);
  report(`peak RSS in MB, ${count} questions`, peakRssMb, LIMITS.peakRssMb);
  report(`houqa --help in s, median of ${HELP_RUNS}`, median, LIMITS.helpSeconds);
}

async function run(args: string[]): Promise<{ stdout: string }> {
  const { success, stdout, stderr } = await new Deno.Command("deno", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { stdout: new TextDecoder().decode(stdout) };
}

function report(what: string, value: number, limit: number): void {
  if (value > limit) Deno.exitCode = 1;
  const mark = value <= limit ? "ok" : "ABOVE";
  console.log(`${what.padEnd(40)} ${value.toFixed(3).padStart(9)}   limit ${limit}   ${mark}`);
}
