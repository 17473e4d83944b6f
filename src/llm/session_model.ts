import type { SessionModel } from "../runtime/runtime_session.ts";
import { cacheNames } from "./causal_model.ts";
import type { ModelFolder } from "./model_folder.ts";

/** What a runtime loads of a model's folder. */
export function sessionModel({ modelPath, dataFiles, shape }: ModelFolder): SessionModel {
  return {
    graph: modelPath,
    dataFiles,
    cacheOutputs: cacheNames(shape.layers).map(({ present }) => present),
  };
}
