import { freeDiskSpace } from "../device/free_disk_space.ts";

/**
 * Bytes that may still be written below a folder, which need not exist yet; undefined where the
 * system does not tell or Deno may not ask (`--allow-sys=statfs`).
 */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    return await freeDiskSpace(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
