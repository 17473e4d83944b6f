import onnxProto from "onnx-proto";
import { UsageError } from "../settings/usage_error.ts";

const { onnx } = onnxProto;

/** What an `.onnx` file says of itself and of the files beside it. */
export interface GraphSummary {
  /** The program that wrote it. */
  readonly producer: string;
  /** Bytes that each data file must have at least, by its name. */
  readonly dataBytes: ReadonlyMap<string, number>;
}

/** A larger graph holds its weights itself; it is not worth reading twice. */
const MAX_GRAPH_BYTES = 64 << 20;

/**
 * Reads an `.onnx` file without its weights.
 * @returns undefined for a file so large that the weights must stand in it.
 * @throws {UsageError} when it is no such file, or cut short.
 */
export async function readGraph(path: string): Promise<GraphSummary | undefined> {
  if ((await Deno.stat(path)).size > MAX_GRAPH_BYTES) return undefined;
  const bytes = await Deno.readFile(path);
  const model = decode(bytes, path);
  const dataBytes = new Map<string, number>();
  for (const { externalData } of model.graph?.initializer ?? []) {
    const entries = new Map(externalData?.map(({ key, value }) => [key, value]));
    const name = entries.get("location");
    if (!name) continue;
    const end = Number(entries.get("offset") ?? 0) + Number(entries.get("length") ?? 0);
    dataBytes.set(name, Math.max(dataBytes.get(name) ?? 0, end || 0));
  }
  return { producer: model.producerName ?? "", dataBytes };
}

function decode(bytes: Uint8Array, path: string): ReturnType<typeof onnx.ModelProto.decode> {
  try {
    const model = onnx.ModelProto.decode(bytes);
    if (model.graph) return model;
  } catch {
    // What the decoder says is about bytes, not about the file.
  }
  throw new UsageError(`${path} is damaged or cut short: it is no ONNX graph.`);
}
