/** What to do about the errors of the CUDA runtime that users meet (NVIDIA, CUDA Runtime API, `cudaError`). */
const ADVICE: Readonly<Record<number, string>> = {
  2: "the GPU's memory is full: use a smaller dtype, or end what else runs on it",
  35: "the driver is older than this CUDA needs, or is not visible in this container: run " +
    "`houqa setup cuda` again",
  46: "the GPU is in use by a program that does not share it",
  100: "this process was given no GPU",
  209: "this build has no code for this GPU: use --hf-device webgpu or cpu",
  803: "the driver's library and kernel module have different versions",
};

/**
 * Takes what matters out of an error of ONNX Runtime's CUDA provider, which buries it in C++ names:
 * `CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version (…)`. Any other
 * message comes back as it is.
 */
export function explainCudaError(message: string): string {
  const [failure, code] = /CUDA failure (\d+): [^;\n]+/.exec(message) ?? [];
  if (failure === undefined) return message;
  const advice = ADVICE[Number(code)];
  return advice === undefined ? failure.trim() : `${failure.trim()} (${advice})`;
}
