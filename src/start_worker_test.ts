import assert from "node:assert/strict";
import { join } from "node:path";

/** Modules of the program itself below a folder. */
async function* modulesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* modulesBelow(path);
    else if (/(?<!_test|_double)\.ts$/.test(name)) yield path;
  }
}

Deno.test("all threads are started in one module, which a bundle replaces", async () => {
  const found: string[] = [];
  for await (const path of modulesBelow(import.meta.dirname!)) {
    if (/new Worker\(/.test(await Deno.readTextFile(path))) found.push(path);
  }
  assert.deepEqual(found, [join(import.meta.dirname!, "start_worker.ts")]);
});
