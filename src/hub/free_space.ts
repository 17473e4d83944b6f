import fs from "node:fs";
import { dirname } from "node:path";

/**
 * Bytes that may still be written below a folder, which need not exist yet; undefined where the
 * system does not tell or Deno may not ask (`--allow-sys=statfs`).
 */
export async function freeBytes(folder: string): Promise<number | undefined> {
  if (!await mayAsk() || typeof fs.statfs !== "function") return undefined;
  const answer = await new Promise<{ bavail: number; bsize: number } | NodeJS.ErrnoException>(
    (done) => fs.statfs(folder, (error, stats) => done(error ?? stats)),
  );
  if ("bavail" in answer) return answer.bavail * answer.bsize;
  const parent = dirname(folder);
  return answer.code === "ENOENT" && parent !== folder ? await freeBytes(parent) : undefined;
}

async function mayAsk(): Promise<boolean> {
  try {
    // The name is missing in Deno's types.
    const kind = "statfs" as Deno.SysPermissionDescriptor["kind"];
    return (await Deno.permissions.query({ name: "sys", kind })).state === "granted";
  } catch {
    return false;
  }
}
