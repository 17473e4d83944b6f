import { EXPORT_KERNELS_WASM } from "./export_kernels_wasm.ts";

const PAGE_BYTES = 65536;

/** What export_kernels.wat exports; addresses are bytes in its memory. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  rowOfProduct(b: number, rank: number, a: number, groups: number, out: number): void;
  quantiseBlocks4(
    w: number,
    blocks: number,
    isHalf: number,
    bytes: number,
    scales: number,
    zeros: number,
  ): number;
}

let compiled: WebAssembly.Module | undefined;

/** An instance with memory of its own. */
export function createKernel(): KernelExports {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(EXPORT_KERNELS_WASM), (one) => one.charCodeAt(0)),
  );
  return new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
}

/** Makes room for so many bytes; views of the memory must be made anew. */
export function ensureBytes({ memory }: KernelExports, sizeBytes: number): void {
  const missing = sizeBytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}
