import { createHash } from "node:crypto";
import { hashFile as feed } from "../hub/digest_files.ts";

/** SHA-256 of a file as 64 hex digits, read piece by piece. */
export function hashFile(path: string): Promise<string> {
  return feed(path, createHash("sha256"));
}
