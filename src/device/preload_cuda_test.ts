import assert from "node:assert/strict";
import { preloadCuda } from "./preload_cuda.ts";
import { explainCudaError } from "./explain_cuda_error.ts";
import { queryCudaDriver } from "./query_cuda_driver.ts";
import type { OpenLibrary } from "./open_libcuda.ts";

const RUNTIME = {
  folder: "/c/runtime",
  bindingPath: "/c/runtime/onnxruntime_binding.node",
  libraries: ["/c/runtime/nvidia/libcudart.so.12", "/c/runtime/nvidia/libcudnn.so.9"],
  version: "1.26.0",
  cudaMajor: 12 as const,
};

/** Opens what it is told to, with functions in place of the library's. */
function fakeLoader(
  there: (path: string) => boolean | string,
  symbols: Record<string, unknown> = {},
) {
  const opened: string[] = [];
  const open = ((path: string) => {
    const found = there(path);
    if (found === true) {
      opened.push(path);
      return { symbols, close() {} };
    }
    const reason = typeof found === "string"
      ? found
      : `${path}: cannot open shared object file: No such file or directory`;
    throw new Error(`Could not open library: Could not open library: ${reason}`);
  }) as unknown as OpenLibrary;
  return { open, opened };
}

Deno.test("the driver's library comes first, wherever it lies, then NVIDIA's in their order", () => {
  const { open, opened } = fakeLoader((path) => path !== "libcuda.so.1");
  preloadCuda(RUNTIME, open);
  assert.deepEqual(opened, ["/usr/lib/x86_64-linux-gnu/libcuda.so.1", ...RUNTIME.libraries]);
});

Deno.test("a missing driver and a missing library are named", () => {
  assert.throws(
    () => preloadCuda(RUNTIME, fakeLoader(() => false).open),
    /driver's library can't be loaded \(libcuda\.so\.1: cannot open.*container/,
  );
  const noZlib = fakeLoader((path) =>
    path.includes("cudnn") ? "libz.so.1: cannot open shared object file: No such file" : true
  );
  assert.throws(
    () => preloadCuda(RUNTIME, noZlib.open),
    /libcudnn\.so\.9 can't be loaded \(libz\.so\.1: cannot open.*houqa setup cuda/s,
  );
});

Deno.test("a library that is there and does not load gives the reason, not one that is not there", () => {
  const { open } = fakeLoader((path) => path === "/usr/lib64/libcuda.so.1" && "wrong ELF class");
  assert.throws(() => preloadCuda(RUNTIME, open), /wrong ELF class/);
});

Deno.test("without permission the error says so", () => {
  const open = (() => {
    throw new Deno.errors.NotCapable("ffi");
  }) as OpenLibrary;
  assert.throws(() => preloadCuda(RUNTIME, open), Deno.errors.NotCapable);
});

/** A driver with these devices; results other than 0 are errors. */
function fakeDriver(devices: readonly (readonly [string, bigint])[], initResult = 0) {
  const setInt = (value: number) => (out: Int32Array) => {
    out[0] = value;
    return 0;
  };
  return fakeLoader(() => true, {
    cuInit: () => Promise.resolve(initResult),
    cuDriverGetVersion: setInt(12040),
    cuDeviceGetCount: setInt(devices.length),
    cuDeviceGet: (out: Int32Array, i: number) => setInt(i + 10)(out),
    cuDeviceGetName(out: Uint8Array, _length: number, device: number) {
      new TextEncoder().encodeInto(`${devices[device - 10]![0]}\0`, out);
      return 0;
    },
    cuDeviceTotalMem_v2(out: BigUint64Array, device: number) {
      out[0] = devices[device - 10]![1];
      return 0;
    },
  }).open;
}

Deno.test("the driver tells its devices, MIG slices as they are", async () => {
  const name = "NVIDIA A100-SXM4-40GB MIG 3g.20gb";
  assert.deepEqual(await queryCudaDriver(fakeDriver([[name, 20_937_965_568n]])), {
    cudaVersion: "12.4",
    devices: [{ name, totalBytes: 20_937_965_568 }],
  });
});

Deno.test("why the driver shows no device", async () => {
  const { problem } = await queryCudaDriver(fakeDriver([], 100));
  assert.match(problem!, /CUDA_ERROR_NO_DEVICE/);
  assert.match((await queryCudaDriver(fakeDriver([], 42))).problem!, /error 42/);
});

Deno.test("what matters is taken out of the provider's errors", () => {
  const long = "/onnxruntime_src/cuda_call.cc:122 std::conditional_t<THRW, void> CudaCall(int) " +
    "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; " +
    "hostname=vm ; expr=cudaSetDevice(info_.device_id);";
  assert.match(
    explainCudaError(long),
    /^CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version \(the driver/,
  );
  assert.match(explainCudaError("CUDA failure 2: out of memory ; GPU=0"), /^CUDA failure 2.*full/);
  assert.equal(
    explainCudaError("CUDA failure 719: unspecified launch failure ; GPU=0"),
    "CUDA failure 719: unspecified launch failure",
  );
  assert.equal(explainCudaError("something else"), "something else");
});
