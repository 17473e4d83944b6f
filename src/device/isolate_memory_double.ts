/**
 * Bytes of this JavaScript isolate: its heap and the array buffers that it owns. For tests that
 * bound growth: test files run side by side in one process, whose resident set is everyone's.
 */
export function isolateBytes(): number {
  const { heapTotal, external } = Deno.memoryUsage();
  return heapTotal + external;
}
