import assert from "node:assert/strict";
import { egovLink } from "./egov_link.ts";

const MAIN = { lawId: "323AC0000000025", provision: "main", num: "21_2", headings: [] } as const;
const PAGE = "https://laws.e-gov.go.jp/law/323AC0000000025";

Deno.test("an article's link leads to it through its part, chapter and section", () => {
  assert.equal(egovLink(MAIN), `${PAGE}#Mp-At_21_2`);
  const headings = ["第五編　相続", "第四章 相続の承認及び放棄", "第一節　総則"];
  assert.equal(
    egovLink({ ...MAIN, num: "915", headings }),
    `${PAGE}#Mp-Pa_5-Ch_4-Se_1-At_915`,
  );
  assert.equal(
    egovLink({ ...MAIN, headings: ["第二章の二の三　雑則", "第二十一款", "第３目　その他"] }),
    `${PAGE}#Mp-Ch_2_2_3-Ss_21-Di_3-At_21_2`,
  );
});

Deno.test("a place that can't be told has the law's page, and a foreign id none", () => {
  for (
    const change of [
      { provision: "supplementary" },
      { provision: "appendix" },
      { num: undefined },
      { num: "10:12" },
      { headings: ["序章"] },
      { headings: ["第一章総則"] },
      { headings: ["第十百章　総則"] },
    ] as const
  ) assert.equal(egovLink({ ...MAIN, ...change }), PAGE, JSON.stringify(change));
  assert.equal(egovLink({ ...MAIN, lawId: "試験用法" }), undefined);
});
