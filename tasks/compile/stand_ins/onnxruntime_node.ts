/**
 * Stands in for npm's `onnxruntime-node`, whose JavaScript looks for its native module inside its
 * package: here that module lies in the folder `runtime` beside the program.
 */
import { env, InferenceSession as Session, Tensor } from "onnxruntime-common";
import { BUILD_RECORD } from "../../../src/build/build_record.ts";
import { openBindingSession } from "../../../src/runtime/native_binding.ts";
import { loadBinding } from "../../../src/runtime/native_session.ts";
import { nativeRuntimeFile } from "./runtime_file.ts";

Object.assign(env.versions, { node: BUILD_RECORD?.packages["onnxruntime-node"] });

/** As npm's package has it, as far as houqa uses it. */
export const InferenceSession = {
  async create(
    graph: string | Uint8Array,
    options: Session.SessionOptions = {},
  ): Promise<Awaited<ReturnType<typeof openBindingSession>>> {
    const binding = loadBinding(nativeRuntimeFile("onnxruntime_binding.node"));
    return await openBindingSession(binding, graph, options);
  },
};

export { env, Tensor };
