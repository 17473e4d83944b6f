import assert from "node:assert/strict";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { ResultFile } from "./result_schema.ts";
import { writeAtomically } from "./write_atomically.ts";
import { writeResult } from "./write_result.ts";

async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name);

Deno.test("a file is synced under another name before it takes its place", () =>
  inFolder(async (folder) => {
    const path = `${folder}/r.json`;
    await Deno.writeTextFile(path, "old");
    await writeAtomically(path, ["ne", "w"], async () => {
      assert.equal(await Deno.readTextFile(path), "old");
      assert.equal(await Deno.readTextFile(`${path}.tmp`), "new");
    });
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(namesIn(folder), ["r.json"]);
  }));

Deno.test("a write that fails leaves the old file and nothing else", () =>
  inFolder(async (folder) => {
    const path = `${folder}/r.json`;
    await Deno.writeTextFile(path, "old");
    const failing = writeAtomically(
      path,
      ["new"],
      () => Promise.reject(new Error("No space left")),
    );
    await assert.rejects(failing, CannotContinueError);
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(namesIn(folder), ["r.json"]);
    await assert.rejects(writeAtomically(`${folder}/no/such/r.json`, ["x"]), CannotContinueError);
  }));

Deno.test("a result that breaks its schema is not written", () =>
  inFolder(async (folder) => {
    const broken = { schema_version: 1, results: [] } as unknown as ResultFile;
    await assert.rejects(writeResult(`${folder}/r.json`, broken), /config/);
    assert.deepEqual(namesIn(folder), []);
  }));
