import { OnnxGraph } from "../onnx/onnx_graph.ts";
import type { SessionModel } from "./runtime_session.ts";

/** A graph that adds up two numbers, `x` to `sum`. */
export function probeModel(): SessionModel {
  const graph = new OnnxGraph();
  graph.input("x", "float32", [2]);
  graph.output("sum", "float32", [1]);
  const axis = graph.constant("axis", "int64", [1], [0]);
  graph.node("ReduceSum", ["x", axis], ["sum"], { keepdims: 1 });
  const bytes = graph.encode({ name: "houqa", version: "probe" });
  return { graph: bytes, dataFiles: [], cacheOutputs: [] };
}
