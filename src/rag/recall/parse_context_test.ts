import assert from "node:assert/strict";
import { loadDataset } from "../../dataset/load_dataset.ts";
import { parseContext } from "./parse_context.ts";

/** One line for each row: law, number or title, paragraph/item/subitems, text. */
function rowsOf(context: string): string[] {
  return parseContext(context).flatMap(({ lawTitle, unit: { provision, num, title, rows } }) =>
    rows.map(({ kind, paragraph = "-", item = "-", text }) =>
      `${lawTitle} ${provision} ${num ?? `"${title}"`} ${kind} ${paragraph}/${item} ${text}`
    )
  );
}

Deno.test("articles are read with their paragraphs and items", () => {
  const context = "## 甲法\n### 第5条\n#### 第6項\n六項\n##### 第2号\n二号\n- イ い\n" +
    "### 第２条の８\n柱書\n#### 第1号\n一号\n#### 第２項\n二項\n### 第９条\n## 甲法施行令\n### 第1条\n令";
  assert.deepEqual(rowsOf(context), [
    "甲法 main 5 paragraph 6/- 六項",
    "甲法 main 5 item 6/2 二号\n- イ い",
    "甲法 main 2_8 paragraph 1/- 柱書",
    "甲法 main 2_8 item 1/1 一号",
    "甲法 main 2_8 paragraph 2/- 二項",
    "甲法 main 9 paragraph -/- 第９条",
    "甲法施行令 main 1 paragraph 1/- 令",
  ]);
});

Deno.test("headings of other levels, subitems and 別表 are read by what they say", () => {
  const context = "## 甲法\n#### 第1条の３\n本文\n##### 第3号\n三号\n###### イ\nいの文\n" +
    "### 乙に関する内閣府令\n### 第30条の2\n府令\n## 丙告示\n##### 第1号\n一号\n##### 別表第一\n###### 81\n黄熱";
  assert.deepEqual(rowsOf(context), [
    "甲法 main 1_3 paragraph 1/- 本文",
    "甲法 main 1_3 item 1/3 三号\nイ\nいの文",
    "乙に関する内閣府令 main 30_2 paragraph 1/- 府令",
    '丙告示 main "丙告示" item -/1 一号',
    "丙告示 appendix 1 table -/- 81\n黄熱",
  ]);
});

Deno.test("what stands under other headings is one part of its guideline", () => {
  const context =
    "## 甲法\n### 第4条\n本文\n## 甲ガイドライン\n### 法第4条（届出）関係\n#### 4-1\n説明\n続き";
  assert.deepEqual(rowsOf(context), [
    "甲法 main 4 paragraph 1/- 本文",
    '甲ガイドライン main "法第4条（届出）関係 4-1" paragraph -/- 説明\n続き',
  ]);
  assert.deepEqual(rowsOf("見出しのない文"), [
    '見出しのない文 main "見出しのない文" paragraph -/- 見出しのない文',
  ]);
  assert.deepEqual(rowsOf(""), []);
  assert.deepEqual(rowsOf("## 甲法\n"), []);
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name:
    "every real context gives what can be found, nearly all of them articles (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const parsed = questions.map(({ context }) => parseContext(context));
    assert.ok(parsed.every((units) => units.length > 0));
    const withoutArticle = parsed.flatMap((units, index) =>
      units.some(({ unit }) => unit.num !== undefined) ? [] : [index]
    );
    assert.deepEqual(withoutArticle, [31, 35, 42, 43, 57, 75, 130, 131, 132, 133]);
  },
});
