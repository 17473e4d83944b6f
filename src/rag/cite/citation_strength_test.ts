import assert from "node:assert/strict";
import { CONFIDENCES, STANDINGS } from "./citation.ts";
import { citationStrength } from "./citation_strength.ts";

Deno.test("a query is about what it says little else than, or names by law where it asks or offers", () => {
  for (const confidence of CONFIDENCES) {
    for (const standing of STANDINGS) {
      for (const isInsideRange of [false, true]) {
        const cited = { unit: 0, bestRow: 0, rank: 0, confidence, standing, isInsideRange };
        const name = `${confidence} ${standing} ${isInsideRange}`;
        assert.equal(citationStrength(cited, 40), "sole", name);
        const isTopic = ["explicit alone false", "explicit first false"].includes(name);
        assert.equal(citationStrength(cited, 41), isTopic ? "topic" : "passing", name);
      }
    }
  }
});
