import { join } from "node:path";
import { isDataOf } from "../../hub/model_files.ts";
import { EXPORT_DTYPES, type ExportDtype, modelFileName } from "../../onnx/export_dtype.ts";
import type { DeviceName } from "../../runtime/device.ts";
import { UsageError } from "../../settings/usage_error.ts";

/** One of a model's graphs. */
export interface ChosenGraph {
  readonly dtype: ExportDtype;
  /** The `.onnx` file. */
  readonly path: string;
  /** Names of the data files beside it. */
  readonly dataFiles: readonly string[];
}

const PROCESSOR_ORDER: readonly ExportDtype[] = ["fp32", "q8", "fp16", "q4", "q4f16"];
const GPU_ORDER: readonly ExportDtype[] = ["fp16", "fp32", "q4f16", "q4"];

/** Precisions in the order in which they are taken where none is asked for. */
export function dtypeOrder(device: DeviceName): readonly ExportDtype[] {
  return device === "cuda" || device === "webgpu" ? GPU_ORDER : PROCESSOR_ORDER;
}

/**
 * The graph in a folder with that precision, or with the first that is there.
 * @throws {UsageError} when there is none; lists what there is.
 */
export async function chooseGraph(
  folder: string,
  device: DeviceName,
  dtype?: ExportDtype,
): Promise<ChosenGraph> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(join(folder, "onnx"))) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const wanted = dtype === undefined ? dtypeOrder(device) : [dtype];
  const found = wanted.find((one) => names.includes(modelFileName(one)));
  if (found !== undefined) {
    const file = modelFileName(found);
    return {
      dtype: found,
      path: join(folder, "onnx", file),
      dataFiles: names.filter((name) => isDataOf(name, file)).sort(),
    };
  }
  const there = EXPORT_DTYPES.filter((one) => names.includes(modelFileName(one)));
  throw new UsageError(
    there.length > 0
      ? `${folder} has no ${
        wanted.map((one) => `onnx/${modelFileName(one)}`).join(" or ")
      }; it has ` +
        `${there.map((one) => `${modelFileName(one)} (${one})`).join(", ")}.`
      : `${folder} has no onnx/model*.onnx, so it is no embedding model that can be run here.`,
  );
}
