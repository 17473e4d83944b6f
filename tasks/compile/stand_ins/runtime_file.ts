import { dirname, join } from "node:path";
import { BUILD_RECORD } from "../../../src/build/build_record.ts";
import { requireWholeFile } from "../../../src/runtime/require_whole_file.ts";

/** Sizes of the runtime's files for this machine; empty where they were not known at building. */
const BYTES = BUILD_RECORD?.runtimeBytes[Deno.build.target] ?? {};

/**
 * Path of one of the runtime's files, in the folder beside the program.
 * @throws {DamagedRuntimeError} when it is not there, or not as long as it was.
 */
export function runtimeFile(name: string): string {
  const path = join(dirname(Deno.execPath()), "runtime", name);
  requireWholeFile(path, BYTES[name]);
  return path;
}

/**
 * The same for a native module, which loads the libraries beside it.
 * @throws {DamagedRuntimeError} as {@linkcode runtimeFile}, also for those.
 */
export function nativeRuntimeFile(name: string): string {
  for (const other of Object.keys(BYTES)) {
    if (!other.endsWith(".wasm")) runtimeFile(other);
  }
  return runtimeFile(name);
}
