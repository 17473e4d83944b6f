/** Where a model can run, in the order in which `auto` tries them. */
export const DEVICES = ["cuda", "webgpu", "cpu", "wasm"] as const;
/** One of the {@linkcode DEVICES}. */
export type DeviceName = (typeof DEVICES)[number];
