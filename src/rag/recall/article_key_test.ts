import assert from "node:assert/strict";
import { lawDouble, unitDouble } from "../index/index_double.ts";
import { articleKey } from "./article_key.ts";
import { createMemoryCorpusStore } from "./memory_corpus_store.ts";

Deno.test("units of one article share a key, and nothing else does", () => {
  const store = createMemoryCorpusStore([{
    ...lawDouble("甲法", []),
    units: [
      unitDouble("1", ["本則"]),
      unitDouble("1", ["附則"], { provision: "supplementary" }),
      unitDouble("1", ["改正附則"], { provision: "supplementary", amendingLawNum: "令和元年" }),
      unitDouble("1", ["表"], { provision: "appendix", title: "別表第一" }),
      unitDouble("1", ["様式"], { provision: "appendix", title: "別記様式第一号" }),
      unitDouble("2", ["表"], { provision: "appendix", title: "別表第二" }),
      unitDouble("1", ["本則の続き"]),
    ],
  }, lawDouble("乙法", [["本則"]])]);
  const keys = Array.from({ length: store.unitCount }, (_, unit) => articleKey(store.unit(unit)));
  assert.equal(keys[6], keys[0]);
  assert.equal(new Set(keys).size, keys.length - 1);
});
