import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../settings/usage_error.ts";
import { buildIndex } from "../index/build_index.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { openIndex } from "../index/open_index.ts";
import { findLaw } from "./find_law.ts";
import { findUnits } from "./find_units.ts";
import { inFolder } from "./law_corpus_double.ts";
import { LawReader } from "./law_reader.ts";
import { nameOfUnit } from "./name_of_unit.ts";
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
    const id = (text: string) => {
      const { law, place } = findLaw(corpus, text);
      assert.equal(place, undefined, text);
      return law.lawId;
    };
    for (
      const text of [
        "金融商品取引法",
        "金商法",
        "昭和二十三年法律第二十五号",
        "昭和23年法律第25号",
        "金融商品取引法（昭和二十三年法律第二十五号）",
        "323AC0000000025",
        "323ac0000000025",
        "３２３ＡＣ００００００００２５",
        " 金商法 ",
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
    assert.throws(() => id("商品取引法第三条"), /Similar: 金融商品取引法\./);
    for (const empty of ["", "  ", "\u3000"]) {
      assert.throws(() => id(empty), /The law is empty\. Give its title/);
    }
  }));

Deno.test("a place may stand behind a law's name without a space", () =>
  withCorpus((corpus) => {
    const found = (text: string) => {
      const { law, place } = findLaw(corpus, text);
      return [law.title, place];
    };
    for (
      const [text, place] of [
        ["金商法21条の2", "21条の2"],
        ["金融商品取引法第二十一条の二第一項", "第二十一条の二第一項"],
        ["金商法 21の2", "21の2"],
        ["323ac0000000025附則第三十条", "附則第三十条"],
        ["昭和二十三年法律第二十五号第三条", "第三条"],
        ["金融商品取引法（昭和23年法律第25号）別表第一", "別表第一"],
      ] as const
    ) assert.deepEqual(found(text), ["金融商品取引法", place], text);
    assert.throws(() => found("同名法第一条"), /2 laws are named "同名法"/);
    // The number is of no law here, and what stands behind it must not be lost.
    assert.throws(() => found("昭和九年法律第九号第三条"), /No law of the corpus is named/);
    assert.throws(() => found("金商法施行令第三条"), /No law of the corpus is named/);
  }));

Deno.test("an article is found in every form of its number", () =>
  withCorpus((corpus) => {
    const { law } = findLaw(corpus, "金商法");
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
    assert.throws(
      () => titles("22"),
      /金融商品取引法 has no 22\. Its articles go from 第二十一条 to 第二十一条の二の三\.$/,
    );
    assert.throws(() => titles("30"), /has no 30\. It has 附則（令和百年法律第三号）第三十条\./);
    for (const empty of ["", " "]) {
      assert.throws(() => titles(empty), /The article is empty\. Give it as 21の2/);
    }
    for (const text of ["abc", "0", "前条", "第二項", "第三条及び第四条", "1_", "第一条x"]) {
      assert.throws(() => titles(text), /names no article\. Give it as 21の2/, text);
    }
  }));

Deno.test("appendices, 附則 and deleted runs are found", () =>
  withCorpus((corpus) => {
    const { law } = findLaw(corpus, "試験法");
    const titles = (text: string) => findUnits(corpus, law, text).units.map(({ title }) => title);
    for (const text of ["別表第一", "別表第1", "別表１", "別表 第一", "別表第一第一号"]) {
      assert.deepEqual(titles(text), ["別表第一"], text);
    }
    assert.deepEqual(titles("別表2"), ["別表第二\u3000削除"]);
    assert.deepEqual(titles("附則別表"), ["附則別表"]);
    assert.deepEqual(titles("様式第1号"), ["様式第一号"]);
    assert.deepEqual(titles("前文"), ["前文"]);
    assert.deepEqual(titles("書式第一"), ["書式第一"]);
    assert.deepEqual(titles("制定文"), ["制定文"]);
    assert.throws(
      () => titles("別表"),
      /試験法 has 2 of them: 別表第一, 別表第二\u3000削除\. Name one\.$/,
    );
    assert.throws(
      () => titles("別表第三"),
      /試験法 has no 別表第三\. Besides articles it has 制定文, 前文, 附則, .*別表第一, 別表第二/,
    );
    assert.deepEqual(titles("附則"), ["附則"]);
    assert.deepEqual(titles("附則第二項"), ["附則"]);
    assert.deepEqual(titles("第十一条"), ["第十条から第十二条まで"]);
    assert.deepEqual(titles("12"), ["第十条から第十二条まで"]);
    assert.deepEqual(titles("11の2"), ["第十条から第十二条まで"]);
    assert.throws(() => titles("12の2"), /試験法 has no 12の2\./);
    assert.deepEqual(titles("1の2"), ["第一条の二"]);
  }));

Deno.test("附則 are found by the law they are of, and what is ambiguous is told", () =>
  inFolder(async (folder) => {
    const supplement = (num: string, articles: number[]) =>
      `<SupplProvision${num && ` AmendLawNum="${num}" Extract="true"`}><SupplProvisionLabel>附　則${
        num && "　抄"
      }</SupplProvisionLabel>${
        articles.map((at) => articleXml(String(at), `第${at}条`, `${num}の${at}。`)).join("")
      }</SupplProvision>`;
    const main = `<MainProvision>${articleXml("1", "第一条", "甲。")}</MainProvision>`;
    const [older, newer] = ["平成十八年法律第六十五号", "平成二十年法律第六号"] as const;
    const amendments = supplement(older, [1, 2, 9]) + supplement(newer, [1, 2]);
    const path = join(folder, "index");
    await buildIndex([
      lawOf(lawXml(main + supplement("", [1]) + amendments, "甲法"), "1"),
      lawOf(lawXml(main + amendments, "乙法"), "2"),
      lawOf(lawXml(main, "丙法"), "3"),
    ], path);
    const index = await openIndex(path);
    try {
      const find = (id: string, text: string) =>
        findUnits(index.corpus, index.corpus.law(id)!, text);
      const names = (id: string, text: string) => find(id, text).units.map(nameOfUnit);
      assert.deepEqual(names("1", "附則"), ["附則第1条"]);
      assert.deepEqual(names("1", "附則1条"), ["附則第1条"]);
      assert.deepEqual(find("1", "附則第一条").elsewhere.map(nameOfUnit), [
        `附則（${older}）第1条`,
        `附則（${newer}）第1条`,
      ]);
      assert.deepEqual(names("1", "附則第九条"), [`附則（${older}）第9条`]);
      for (
        const text of [
          `附則（${newer}）抄`,
          "附則（平成20年法律第6号）",
          "附　則　（平成二〇年六月一三日法律第六号）　抄",
        ]
      ) {
        assert.deepEqual(
          names("2", text),
          [`附則（${newer}）第1条`, `附則（${newer}）第2条`],
          text,
        );
      }
      // What a message names can be typed as it is.
      for (const id of ["1", "2"]) {
        for (const unit of find(id, `附則（${older}）`).units) {
          assert.deepEqual(find(id, nameOfUnit(unit)).units, [unit]);
        }
      }
      assert.throws(
        () => names("2", "附則第二条"),
        (error) =>
          error instanceof UsageError && error.message ===
            `乙法 has 附則第二条 of 2 laws: 附則（${older}）第2条, 附則（${newer}）第2条. Name one.`,
      );
      assert.throws(() => names("2", "附則"), /乙法 has 附則 of 2 laws: .* Name one\./);
      assert.throws(
        () => names("1", "附則（令和一年法律第一号）"),
        /甲法 has no 附則（令和一年法律第一号）\. It has 附則第1条, 附則（平成十八年/,
      );
      assert.throws(
        () => names("1", `附則（${newer}）第九条`),
        new RegExp(`It has 附則（${newer}）第1条, 附則（${newer}）第2条\\.$`),
      );
      assert.throws(() => names("1", "附則第一項"), /甲法 has no 附則第一項\. It has 附則第1条/);
      assert.throws(() => names("3", "附則"), /丙法 has no 附則\. It has no 附則\./);
    } finally {
      index.close();
    }
  }));
