import { dirname } from "node:path";
import { syncFolder, writeAll } from "../../eval/write_atomically.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import type { Law } from "./law.ts";
import { lawLines } from "./law_jsonl.ts";

/**
 * Hands laws on as they come and writes them to a JSONL file meanwhile, one law in memory at a time.
 * The file appears, or replaces the one before, when the last law was taken.
 * @throws {CannotContinueError} when it can't be written.
 */
export async function* alsoWriteJsonl(laws: AsyncIterable<Law>, path: string): AsyncGenerator<Law> {
  const temporary = `${path}.tmp`;
  const orCannotWrite = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new CannotContinueError(`Can't write ${path}: ${systemReason(error)}`, {
        cause: error,
      });
    }
  };
  const file = await orCannotWrite(async () => {
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.open(temporary, { write: true, create: true, truncate: true });
  });
  const encoder = new TextEncoder();
  let isWhole = false;
  try {
    for await (const law of laws) {
      const text = [...lawLines(law)].join("");
      await orCannotWrite(() => writeAll(file, encoder.encode(text)));
      yield law;
    }
    await orCannotWrite(() => file.sync());
    isWhole = true;
  } finally {
    file.close();
    if (isWhole) await orCannotWrite(() => Deno.rename(temporary, path));
    else await Deno.remove(temporary).catch(() => {});
  }
  await syncFolder(dirname(path));
}
