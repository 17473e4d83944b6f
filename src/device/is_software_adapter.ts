/** What a WebGPU adapter says about itself; all of it may be empty. */
export type AdapterDescription = Partial<
  Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description" | "isFallbackAdapter">
>;

/** Names under which the known software renderers appear, whatever the driver's version. */
const SOFTWARE_NAMES =
  /llvmpipe|lavapipe|softpipe|swiftshader|microsoft basic render|\bwarp\b|software rasterizer/i;
/** Vendor number that Khronos gave Mesa's software drivers (VK_VENDOR_ID_MESA, 0x10005). */
const MESA_VENDOR = "65541";

/**
 * True for a WebGPU adapter that computes on the CPU: Mesa's llvmpipe and lavapipe, SwiftShader,
 * Windows' Basic Render Driver (WARP), or one that calls itself a fallback. Slower than running on
 * the CPU at once, so never chosen by itself.
 */
export function isSoftwareAdapter(info: AdapterDescription): boolean {
  const { vendor = "", architecture = "", device = "", description = "" } = info;
  return info.isFallbackAdapter === true || vendor === MESA_VENDOR ||
    SOFTWARE_NAMES.test([vendor, architecture, device, description].join(" "));
}
