import { join } from "node:path";
import { declaredDataOf } from "../hub/model_files.ts";
import { type ExportDtype, modelFileName } from "../onnx/export_dtype.ts";
import { type GraphSummary, readGraph } from "../onnx/read_graph.ts";
import { type ExportOrigin, readExportReport } from "../onnx/read_export_report.ts";
import { UsageError } from "../settings/usage_error.ts";

/** What houqa's own graphs say wrote them. */
const PRODUCER = "houqa";

/**
 * Refuses an exported folder that was not copied or downloaded whole: the graph names its data files
 * and how long they are.
 * @returns what its `export.json` says; undefined where others exported the model.
 * @throws {UsageError} naming each file that is missing, short or damaged, and what to do.
 */
export async function refuseIncomplete(
  folder: string,
  dtype: ExportDtype,
): Promise<ExportOrigin | undefined> {
  const graphFile = modelFileName(dtype);
  const graph = await readGraph(join(folder, "onnx", graphFile));
  const problems = await dataProblems(folder, graphFile, graph);
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    if (await sizeOf(join(folder, name)) === undefined) problems.push(`${name} is missing`);
  }
  const origin = await readExportReport(folder);
  if (origin === undefined && graph?.producer === PRODUCER) problems.push("export.json is missing");
  if (problems.length === 0) return origin;
  throw new UsageError(
    `${folder} is incomplete: ${
      problems.join(", ")
    }. Copy or download the whole folder again, or ` +
      `make it again from the safetensors${originText(origin)}: ` +
      `houqa export <model>${adapterText(graph, origin)} --dtype ${dtype} --output <new folder>`,
  );
}

/** Data files that are not there or too short, by the graph, else by config.json. */
async function dataProblems(
  folder: string,
  graphFile: string,
  graph: GraphSummary | undefined,
): Promise<string[]> {
  const wanted = graph?.dataBytes ??
    new Map(declaredDataOf(graphFile, await read(join(folder, "config.json"))).map((n) => [n, 0]));
  const problems: string[] = [];
  for (const [name, leastBytes] of wanted) {
    const sizeBytes = await sizeOf(join(folder, "onnx", name));
    if (sizeBytes === undefined) {
      problems.push(`onnx/${name}${leastBytes > 0 ? ` (${leastBytes} bytes)` : ""} is missing`);
    } else if (sizeBytes < leastBytes) {
      problems.push(`onnx/${name} is cut short (${sizeBytes} of ${leastBytes} bytes)`);
    }
  }
  return problems;
}

function originText(origin: ExportOrigin | undefined): string {
  if (origin === undefined) return "";
  const adapter = origin.adapter === undefined ? "" : ` and the adapter ${origin.adapter.folder}`;
  return ` (it was made from ${origin.base.folder}${adapter})`;
}

function adapterText(graph: GraphSummary | undefined, origin: ExportOrigin | undefined): string {
  if (origin !== undefined) return origin.adapter === undefined ? "" : " --lora <adapter>";
  return graph?.producer === PRODUCER ? " [--lora <adapter>]" : "";
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}
