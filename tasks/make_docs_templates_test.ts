import assert from "node:assert/strict";
import { DOCUMENT_TEXTS } from "../src/docs/document_texts.ts";
import { makeDocumentTexts, TARGET } from "./make_docs_templates.ts";

const ROOT = new URL("../", import.meta.url);

Deno.test("the module of documents is what docs/ gives", async () => {
  assert.equal(await Deno.readTextFile(new URL(TARGET, ROOT)), await makeDocumentTexts(ROOT));
});

Deno.test("a document in the module is its file, byte for byte", async () => {
  const paths = Object.keys(DOCUMENT_TEXTS);
  assert.ok(paths.length >= 6);
  for (const path of paths) {
    assert.equal(DOCUMENT_TEXTS[path], await Deno.readTextFile(new URL(`docs/${path}`, ROOT)));
  }
});
