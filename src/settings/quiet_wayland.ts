/** Variables of this process; replaced in tests. */
export type Variables = Pick<Deno.Env, "get" | "set">;

const NAME = "XDG_RUNTIME_DIR";

/**
 * Keeps the Wayland library quiet. Where WebGPU looks for adapters it looks for a display too, and
 * without this variable, as on servers and in containers, the library writes "error: XDG_RUNTIME_DIR
 * is invalid or not set" to stderr each time. A folder that is not there is as good as none, and
 * said by nobody. Does nothing without permission for the variable.
 */
export function quietWayland(variables: Variables = Deno.env): void {
  if (Deno.build.os !== "linux") return;
  const { state } = Deno.permissions.querySync({ name: "env", variable: NAME });
  if (state === "granted" && !variables.get(NAME)) variables.set(NAME, "/nonexistent");
}
