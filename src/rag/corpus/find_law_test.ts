import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "../index/build_index.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { openIndex } from "../index/open_index.ts";
import { findLaw } from "./find_law.ts";
import { findUnits, parsePlace } from "./find_units.ts";
import { inFolder } from "./law_corpus_double.ts";
import { LawReader } from "./law_reader.ts";
import { articleXml, lawXml, plainLawXml, WHOLE_LAW_XML } from "./law_xml_double.ts";

function lawOf(xml: string, lawId: string) {
  const reader = new LawReader();
  reader.push(new TextEncoder().encode(xml));
  return reader.finish(lawId).law;
}

async function withCorpus(run: (corpus: CorpusStore) => void): Promise<void> {
  await inFolder(async (folder) => {
    const branches = lawXml(
      `<MainProvision>${articleXml("21", "第二十一条", "甲。")}${
        articleXml("21_2", "第二十一条の二", "乙。")
      }${articleXml("21_2_3", "第二十一条の二の三", "丙。")}</MainProvision>
      <SupplProvision AmendLawNum="令和百年法律第三号"><SupplProvisionLabel>附則</SupplProvisionLabel>${
        articleXml("21", "第二十一条", "附則の甲。")
      }${articleXml("30", "第三十条", "附則の乙。")}</SupplProvision>`,
      "金融商品取引法",
      "昭和二十三年法律第二十五号",
    ).replace("試法,試", "");
    const path = join(folder, "index");
    await buildIndex([
      lawOf(branches, "323AC0000000025"),
      lawOf(WHOLE_LAW_XML, "499AC0000000001"),
      lawOf(
        plainLawXml(1, "同名法", "明治一年法律第一号").replace("試法,試", ""),
        "101AC0000000001",
      ),
      lawOf(
        plainLawXml(1, "同名法", "明治二年法律第二号").replace("試法,試", ""),
        "102AC0000000002",
      ),
    ], path);
    const index = await openIndex(path);
    try {
      run(index.corpus);
    } finally {
      index.close();
    }
  });
}

Deno.test("a law is found by title, 略称, common abbreviation, number and id", () =>
  withCorpus((corpus) => {
    const id = (text: string) => findLaw(corpus, text).lawId;
    for (
      const text of [
        "金融商品取引法",
        "金商法",
        "昭和二十三年法律第二十五号",
        "昭和23年法律第25号",
        "323AC0000000025",
      ]
    ) assert.equal(id(text), "323AC0000000025", text);
    assert.equal(id("試法"), "499AC0000000001");
    assert.equal(id("明治２年法律第２号"), "102AC0000000002");
    assert.throws(
      () => id("同名法"),
      (error) =>
        error instanceof UsageError &&
        /2 laws are named "同名法": 101AC0000000001 \(明治一年法律第一号\), 102/.test(
          error.message,
        ),
    );
    assert.throws(() => id("商品取引"), /No law .* "商品取引"\. Similar: 金融商品取引法\./);
    assert.throws(
      () => id("鉄道法"),
      /Give its title, an abbreviation, its 法令番号 or its e-Gov id/,
    );
    assert.throws(() => id(""), /No law/);
  }));

Deno.test("an article is found in every form of its number", () =>
  withCorpus((corpus) => {
    const law = findLaw(corpus, "金商法");
    const titles = (text: string) =>
      findUnits(corpus, law, text).units.map(({ provision, title }) => `${provision} ${title}`);
    for (
      const text of [
        "21の2",
        "21_2",
        "２１の２",
        "二十一の二",
        "第21条の2",
        "第二十一条の二",
        "21条の2",
        "第二十一条の二第一項",
        " 第二十一条の二 ",
      ]
    ) assert.deepEqual(titles(text), ["main 第二十一条の二"], text);
    assert.deepEqual(titles("21_2_3"), ["main 第二十一条の二の三"]);
    assert.deepEqual(titles("附則第二十一条"), ["supplementary 第二十一条"]);
    const { units, elsewhere } = findUnits(corpus, law, "21");
    assert.deepEqual([units.length, elsewhere.length], [1, 1]);
    assert.throws(() => titles("22"), /金融商品取引法 has no 22\.$/);
    assert.throws(() => titles("30"), /has no 30\. It has 附則第三十条\./);
    for (const text of ["abc", "", "0", "前条", "第二項", "第三条及び第四条", "1_", "第一条x"]) {
      assert.throws(() => titles(text), /names no article\. Give it as 21の2/, text);
    }
  }));

Deno.test("appendices, 附則 and deleted runs are found", () =>
  withCorpus((corpus) => {
    const law = findLaw(corpus, "試験法");
    const titles = (text: string) => findUnits(corpus, law, text).units.map(({ title }) => title);
    assert.deepEqual(titles("別表第一").slice(0, 2), ["附則別表", "別表第一"]);
    assert.deepEqual(titles("附則"), ["附則"]);
    assert.deepEqual(titles("第十一条"), ["第十条から第十二条まで"]);
    assert.deepEqual(titles("12"), ["第十条から第十二条まで"]);
    assert.deepEqual(titles("11の2"), ["第十条から第十二条まで"]);
    assert.throws(() => titles("12の2"), /試験法 has no 12の2\./);
    assert.deepEqual(titles("1の2"), ["第一条の二"]);
  }));

Deno.test("what is no place by itself is none", () => {
  assert.deepEqual(parsePlace("21の2"), { provision: "main", num: "21_2" });
  assert.deepEqual(parsePlace("第五条第二項第三号イ"), {
    provision: "main",
    num: "5",
    paragraph: "2",
    item: "3",
    subitems: ["イ"],
  });
  assert.equal(parsePlace("金商法第二条"), undefined);
  assert.equal(parsePlace("十百"), undefined);
});
