/** The one variable that the native ONNX Runtime looks at before it starts to report. */
export const TELEMETRY_VARIABLE = "ORT_DISABLE_TELEMETRY";

/**
 * Keeps the native ONNX Runtime from reporting. Since 1.29 it writes an identifier of this machine
 * below the home folder, and sends Microsoft each session's model file, program path and system
 * (https://github.com/microsoft/onnxruntime/pull/27379); native code does so past Deno's
 * permissions. It looks once, when it is first used: to be called before the library is loaded.
 * @throws {Deno.errors.NotCapable} without permission for the variable; nothing may be loaded then.
 */
export function refuseTelemetry(variables: Pick<Deno.Env, "set"> = Deno.env): void {
  variables.set(TELEMETRY_VARIABLE, "1");
}
