import v8 from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives memory of this thread's JavaScript that nothing refers to any more back to the system, now:
 * V8 would keep it for objects to come, of which a thread that computes makes few. Takes some tens of
 * milliseconds for 100 MB. Does nothing where this Deno has no way to ask V8 for it.
 */
export function collectGarbage(): void {
  exposedCollector()?.();
}

/** V8 gives its own function only to contexts that are made while its flag is set. */
function exposedCollector(): (() => void) | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (gc !== undefined) return gc;
  v8.setFlagsFromString("--expose-gc");
  try {
    // Undefined in a Deno whose setFlagsFromString does nothing.
    return runInNewContext("globalThis.gc");
  } finally {
    v8.setFlagsFromString("--no-expose-gc");
  }
}
