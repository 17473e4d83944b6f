import { createHash } from "node:crypto";

/** SHA-256 of a file as 64 hex digits, read piece by piece. */
export async function hashFile(path: string): Promise<string> {
  // crypto.subtle wants the whole content in memory.
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(1 << 20);
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}
