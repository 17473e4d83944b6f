/** For tests: exports of small models, and the values that stand in them. */
import { join } from "node:path";
import onnxProto from "onnx-proto";
import { CausalModel } from "../llm/causal_model.ts";
import { readModelFolder } from "../llm/model_folder.ts";
import { sessionModel } from "../llm/session_model.ts";
import { openCpuSession } from "../runtime/native_session.ts";
import type { RuntimeSession } from "../runtime/runtime_session.ts";
import { openCheckpoint } from "./checkpoint.ts";
import type { ExportDtype } from "./export_dtype.ts";
import { exportModel, type ExportOptions } from "./export_model.ts";
import { openLoraAdapter } from "./open_lora_adapter.ts";

const { onnx } = onnxProto;

/** What is exported, by the folders it lies in. */
export interface ExportedOptions extends Partial<Omit<ExportOptions, "checkpoint" | "adapter">> {
  readonly adapterFolder?: string;
}

/** Exports a model folder into a new folder. */
export async function exportTo(
  folder: string,
  modelFolder: string,
  dtype: ExportDtype,
  { adapterFolder, ...more }: ExportedOptions = {},
): Promise<Awaited<ReturnType<typeof exportModel>>> {
  const checkpoint = await openCheckpoint(modelFolder, more.task);
  const adapter = adapterFolder === undefined
    ? undefined
    : await openLoraAdapter(adapterFolder, checkpoint);
  await Deno.mkdir(folder, { recursive: true });
  return await exportModel({
    checkpoint,
    ...(adapter === undefined ? {} : { adapter }),
    dtype,
    folder,
    integerWeights: "int8",
    digests: new Map(),
    ...more,
  });
}

/** Makes an export look like one that another program wrote. */
export async function makeForeign(folder: string): Promise<void> {
  await Deno.remove(join(folder, "export.json"));
  for (const { name } of [...Deno.readDirSync(join(folder, "onnx"))]) {
    if (!name.endsWith(".onnx")) continue;
    const path = join(folder, "onnx", name);
    const model = onnx.ModelProto.decode(await Deno.readFile(path));
    model.producerName = "another";
    await Deno.writeFile(path, onnx.ModelProto.encode(model).finish());
  }
}

/** Opens an export on the processor, runs the body and closes it. */
export async function withModel<T>(
  folder: string,
  dtype: ExportDtype,
  body: (model: CausalModel) => Promise<T>,
  open: (model: Parameters<typeof openCpuSession>[0]) => Promise<RuntimeSession> = (model) =>
    openCpuSession(model, { threads: 1 }),
): Promise<T> {
  const modelFolder = await readModelFolder(folder, dtype);
  const session = await open(sessionModel(modelFolder));
  try {
    return await body(new CausalModel(session, modelFolder.shape));
  } finally {
    await session.close();
  }
}

/** SHA-256 (hex) of every file below a folder, by path. */
export async function digestsBelow(folder: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  const walk = async (at: string): Promise<void> => {
    const entries = [...Deno.readDirSync(join(folder, at))].sort((a, b) =>
      a.name < b.name ? -1 : 1
    );
    for (const { name, isDirectory } of entries) {
      const path = join(at, name);
      if (isDirectory) await walk(path);
      else {
        const bytes = await Deno.readFile(join(folder, path));
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        digests.set(path, digest.toHex());
      }
    }
  };
  await walk("");
  return digests;
}

/** Largest difference of two lists of the same length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // NaN counts as a difference.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
