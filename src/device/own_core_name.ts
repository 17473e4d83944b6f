import { Buffer } from "node:buffer";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";

/** The name under which ONNX Runtime's core is known to the loader. */
export const COMMON_CORE_NAME = "libonnxruntime.so.1";
/** The name that the CUDA runtime's core gets; of the same length. */
export const OWN_CORE_NAME = "libonnxrt_cuda.so.1";

/**
 * Gives a core library, or a binding that wants one, a name of its own in place of the common one.
 *
 * The loader holds two libraries of one name (`DT_SONAME`) for the same: once npm's CPU core is in
 * the process, a CUDA binding would be tied to that, which has no CUDA provider beside it or not the
 * wanted version. The name stands once in the string table that `DT_SONAME` and `DT_NEEDED` point
 * into (System V ABI, "Dynamic Section"), so a name of the same length can take its place.
 * @param bytes the file's content; changed.
 * @throws {CannotContinueError} when the name does not stand in it exactly once.
 */
export function giveOwnCoreName(bytes: Uint8Array, file: string): void {
  const encoder = new TextEncoder();
  const common = encoder.encode(`\0${COMMON_CORE_NAME}\0`);
  const places = placesOf(bytes, common);
  if (places.length !== 1) {
    throw new CannotContinueError(
      `${file} names ${COMMON_CORE_NAME} ${places.length} times instead of once: it is not the file ` +
        "that it should be.",
    );
  }
  bytes.set(encoder.encode(OWN_CORE_NAME), places[0]! + 1);
}

function placesOf(bytes: Uint8Array<ArrayBufferLike>, wanted: Uint8Array): number[] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + 1)) {
    places.push(at);
  }
  return places;
}
