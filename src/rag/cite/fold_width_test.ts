import assert from "node:assert/strict";
import fc from "fast-check";
import { foldWidth } from "./fold_width.ts";

Deno.test("full-width characters become half-width ones, commas 、, and nothing moves", () => {
  assert.equal(foldWidth("第２条（Ａ）　１，２"), "第2条(A) 1、2");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const folded = foldWidth(text);
    assert.equal(folded.length, text.length);
    assert.equal(foldWidth(folded), folded);
  }));
});
