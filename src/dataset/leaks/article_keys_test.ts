import assert from "node:assert/strict";
import { distinctQuestion } from "../distinct_question_double.ts";
import { loadDataset } from "../load_dataset.ts";
import { articleKeysOfContext, articleKeysOfQuestion } from "./article_keys.ts";
import { itemOfQuestion } from "./exam_item.ts";
import { groupItems } from "../split/group_items.ts";

const question = (context: string, references: string[] = []) => ({
  ...distinctQuestion(0),
  context,
  references,
});

/** True where two questions have a key in common. */
function share(one: ReturnType<typeof question>, other: ReturnType<typeof question>): boolean {
  const keys = articleKeysOfQuestion(other);
  return [...articleKeysOfQuestion(one).keys()].some((key) => keys.has(key));
}

Deno.test("an article is the same whatever its paragraph, width, or the law's short name", () => {
  const article = question("## 金融商品取引法\n### 第5条\n#### 第6項\n六項");
  const same = [
    "## 金融商品取引法\n### 第５条\n#### 第1項\n一項",
    "## 金商法\n### 第五条\n一項",
    "## 金融商品取引法（昭和二十三年法律第二十五号）\n#### 第5条\n##### 第2号\n二号",
    "## 借地借家法\n### 第1条\n一\n## 金融商品取引法\n### 第5条\n五",
  ];
  for (const context of same) assert.ok(share(article, question(context)), context);
  const others = [
    "## 金融商品取引法\n### 第5条の2\n枝番号",
    "## 金融商品取引法施行令\n### 第5条\n政令",
    "## 金融商品取引法\n### 附則第5条\n附則",
    "## 金融商品取引法\n### 別表第五\n表",
    "金融商品取引法第5条",
  ];
  for (const context of others) assert.ok(!share(article, question(context)), context);
});

Deno.test("without articles a document's sections count, without headings the text", () => {
  const section = question("## 指針\n### Ⅳ－１　監督\n#### Ⅳ－１－１\n説明");
  assert.ok(share(section, question("## 指針\n### IV-1 監督\n#### IV-1-2\n別の説明")));
  assert.ok(!share(section, question("## 指針\n### IV-2 監督\n#### IV-1-1\n説明")));
  const chapters = ["5", "6"].map((num) => question(`## 甲法\n### 第2章\n#### 第${num}条\n文`));
  assert.ok(!share(chapters[0]!, chapters[1]!), "a chapter of a law is no section");
  assert.ok(share(question("条文、その一。"), question("条文 その一")));
  assert.ok(!share(question("条文、その一。"), question("条文、その二。")));
  assert.equal(articleKeysOfQuestion(question("")).size, 0);
});

Deno.test("references count where they name an article, by address or id, not as whole laws", () => {
  const law = "https://laws.e-gov.go.jp/law/323AC0000000025";
  const anchored = question("", [`${law}#Mp-Ch_2-At_21_2-Pr_1`]);
  assert.ok(share(anchored, question("", [`${law}#Mp-At_21_2`])));
  assert.ok(share(anchored, question("## 金融商品取引法\n### 第21条の2\n文", [law])));
  assert.ok(!share(anchored, question("", [`${law}#Mp-At_21`])));
  assert.ok(!share(question("", [law]), question("", [law])));
  const own = "https://example.com/laws/1#At_3";
  assert.ok(share(question("", [own]), question("", [own])));
  assert.ok(!share(question("", [own]), question("", ["https://example.com/laws/2#At_3"])));
});

Deno.test("an instruction in front of a record's headings is no article", () => {
  const keys = articleKeysOfContext("【参照条文】\n## 甲法\n### 第5条\n五\n\n選んでください。");
  assert.deepEqual([...keys.values()], ["甲法 第5条"]);
  assert.equal(articleKeysOfContext("選んでください。").size, 0);
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real questions are 82 groups, all of whose articles are shared (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const groups = groupItems(questions.map(itemOfQuestion));
    assert.equal(groups.length, 82);
    assert.deepEqual(groups.map(({ length }) => length).sort((x, y) => y - x).slice(0, 5), [
      ...[9, 6, 4, 4, 3],
    ]);
    // Law and heading of level three after NFKC, compared as they are: two pairs of sections fewer.
    const groupOf = new Map(groups.flatMap((group, at) => group.map((index) => [index, at])));
    const first = new Map<string, number>();
    for (const { index, context } of questions) {
      let law = "";
      for (const line of context.normalize("NFKC").split("\n")) {
        if (line.startsWith("## ")) law = line;
        if (!line.startsWith("### ")) continue;
        const known = first.get(law + line) ?? index;
        first.set(law + line, known);
        assert.equal(groupOf.get(index), groupOf.get(known), law + line);
      }
    }
  },
});
