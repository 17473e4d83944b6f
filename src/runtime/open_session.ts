import type { DeviceName } from "./device.ts";
import type { RuntimeSession, SessionModel, SessionOptions } from "./runtime_session.ts";

/**
 * Loads a graph on one device.
 * @throws {Error} saying why the device can't be used, or in the runtime's words.
 */
export async function openSession(
  device: DeviceName,
  model: SessionModel,
  options: SessionOptions = {},
): Promise<RuntimeSession> {
  switch (device) {
    case "cpu": {
      const { openCpuSession } = await import("./native_session.ts");
      return await openCpuSession(model, options);
    }
    case "cuda": {
      const { findCudaRuntime } = await import("../device/find_cuda_runtime.ts");
      const runtime = await findCudaRuntime();
      if (runtime === undefined) {
        throw new Error("the CUDA runtime is not set up; run `houqa setup cuda`");
      }
      const { openCudaSession } = await import("./native_session.ts");
      return await openCudaSession(model, runtime);
    }
    case "webgpu":
    case "wasm": {
      const { openWebSession } = await import("./web_session.ts");
      return await openWebSession(model, device);
    }
  }
}
