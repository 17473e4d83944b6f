import assert from "node:assert/strict";
import { join } from "node:path";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { requireWholeFile } from "./require_whole_file.ts";

Deno.test("a file that is missing or cut is told with its path and sizes", async () => {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    const path = join(folder, "lib.so");
    const refuses = (bytes: number | undefined, message: string) =>
      assert.throws(
        () => requireWholeFile(path, bytes),
        (error) => error instanceof CannotContinueError && error.message.includes(message),
      );
    refuses(undefined, `${path} is missing: the folder runtime belongs beside the program`);
    await Deno.writeTextFile(path, "12345");
    requireWholeFile(path, 5);
    requireWholeFile(path, undefined);
    refuses(6, `${path} has 5 bytes, not 6: copy the folder runtime again`);
    await Deno.truncate(path);
    refuses(5, `${path} has 0 bytes, not 5`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
