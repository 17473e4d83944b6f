/**
 * A model with a LoRA adapter to 4 bits: houqa's export against PEFT's merge and onnxruntime-genai's
 * model builder, in turn, each as a whole command with nothing cached.
 *
 *   deno run -A tasks/bench/export_bench.ts --model FOLDER --adapter FOLDER --scratch FOLDER \
 *     --python PYTHON [--rounds 2] [--dtype q4]
 *
 * PYTHON is an interpreter with torch, transformers, peft and onnxruntime-genai; PYTHONPATH is passed
 * on to it.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import {
  type CommandCost,
  houqaCommand,
  measureCommand,
  median,
  megabytes,
  reportTarget,
} from "./measure_command.ts";

const TARGETS = { time: 0.4, peakRss: 0.2 };

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    adapter: { type: "string" },
    scratch: { type: "string" },
    python: { type: "string", default: "python3" },
    rounds: { type: "string", default: "2" },
    dtype: { type: "string", default: "q4" },
    cpus: { type: "string" },
  },
});
const { model, adapter, scratch } = values;
if (!model || !adapter || !scratch) throw new Error("Give --model, --adapter and --scratch.");

await Deno.mkdir(scratch, { recursive: true });
const costs = { houqa: [] as CommandCost[], python: [] as CommandCost[] };
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const who of ["python", "houqa"] as const) {
    const cost = await inFreshFolder(who === "houqa" ? exportWithHouqa : exportWithPython);
    costs[who].push(cost);
    console.log(
      `round ${round} ${who.padEnd(7)} ${cost.wallSeconds.toFixed(1).padStart(6)} s wall, ` +
        `${cost.cpuSeconds.toFixed(1).padStart(6)} s CPU, peak RSS ` +
        `${megabytes(cost.peakRssBytes)}  ${
          cost.stdout.match(/(merge|build) \S+ s/g)?.join(", ") ?? ""
        }`,
    );
  }
}
const of = (who: keyof typeof costs, what: "wallSeconds" | "cpuSeconds" | "peakRssBytes") =>
  median(costs[who].map((cost) => cost[what]));
const ratio = (what: Parameters<typeof of>[1]) => of("houqa", what) / of("python", what);
reportTarget("wall time, houqa / Python", ratio("wallSeconds"), { atMost: TARGETS.time });
console.log(
  `${"CPU time, houqa / Python".padEnd(58)} ${ratio("cpuSeconds").toFixed(2).padStart(8)}`,
);
reportTarget("peak RSS, houqa / Python", ratio("peakRssBytes"), { atMost: TARGETS.peakRss });

function exportWithHouqa(folder: string): Promise<CommandCost> {
  const output = join(folder, "out");
  const words = ["--lora", adapter!, "--dtype", values.dtype, "--output", output, "--quiet"];
  return measureCommand(houqaCommand("export", model!, ...words), {
    env: { HOUQA_CACHE: join(folder, "cache") },
    cpus: values.cpus,
  });
}

function exportWithPython(folder: string): Promise<CommandCost> {
  const script = join(dirname(import.meta.filename!), "peft_genai_export.py");
  return measureCommand([values.python, script, model!, adapter!, folder], {
    env: { HF_HUB_OFFLINE: "1" },
    cpus: values.cpus,
  });
}

async function inFreshFolder(run: (folder: string) => Promise<CommandCost>): Promise<CommandCost> {
  const folder = await Deno.makeTempDir({ dir: scratch!, prefix: "export-" });
  try {
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
