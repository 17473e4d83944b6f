import assert from "node:assert/strict";
import { join } from "node:path";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import type { Law } from "./law.ts";
import { inFolder } from "./law_corpus_double.ts";
import { lawLines } from "./law_jsonl.ts";
import { LawReader } from "./law_reader.ts";
import { plainLawXml } from "./law_xml_double.ts";
import { alsoWriteJsonl } from "./write_jsonl.ts";

function law(id: string): Law {
  const reader = new LawReader();
  reader.push(new TextEncoder().encode(plainLawXml(3)));
  return reader.finish(id).law;
}

async function* lawsThen(error?: Error): AsyncGenerator<Law> {
  yield law("a");
  yield await Promise.resolve(law("b"));
  if (error !== undefined) throw error;
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("laws pass through, and the file appears with the last one", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "deep", "egov_laws.jsonl");
    const seen: string[] = [];
    for await (const one of alsoWriteJsonl(lawsThen(), path)) {
      seen.push(one.lawId);
      assert.deepEqual(await names(join(folder, "deep")), ["egov_laws.jsonl.tmp"]);
    }
    assert.deepEqual(seen, ["a", "b"]);
    assert.deepEqual(await names(join(folder, "deep")), ["egov_laws.jsonl"]);
    const text = await Deno.readTextFile(path);
    assert.equal(text, [...lawLines(law("a")), ...lawLines(law("b"))].join(""));
  });
});

Deno.test("the file before stays when the reading ends early or fails", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "egov_laws.jsonl");
    await Deno.writeTextFile(path, "before");
    for await (const _ of alsoWriteJsonl(lawsThen(), path)) break;
    await assert.rejects(Array.fromAsync(alsoWriteJsonl(lawsThen(new Error("cut")), path)), /cut/);
    assert.equal(await Deno.readTextFile(path), "before");
    assert.deepEqual(await names(folder), ["egov_laws.jsonl"]);
    await assert.rejects(
      Array.fromAsync(alsoWriteJsonl(lawsThen(), join(path, "x.jsonl"))),
      (error) =>
        error instanceof CannotContinueError && /Can't write .*x\.jsonl/.test(error.message),
    );
  });
});
