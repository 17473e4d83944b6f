import assert from "node:assert/strict";
import { loadDataset } from "../../dataset/load_dataset.ts";
import { Bm25Index } from "../bm25_index.ts";
import { DOUBTFUL_OVERLAP, wordOverlap } from "./word_overlap.ts";

Deno.test("the share of a question's words in a text, hiragana left out", () => {
  assert.equal(wordOverlap("届出の期限", "届出をする。期限は十日。"), 2 / 4);
  assert.equal(wordOverlap("５条", "第5条"), 1);
  assert.equal(wordOverlap("第二十一条の二", "第21条の2"), 1);
  assert.equal(wordOverlap("第5条", "第15条"), 0);
  assert.equal(wordOverlap("これはなにですか", "これはなにですか"), 0);
  assert.equal(wordOverlap("", "届出"), 0);
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the limit tells right contexts from those of another law (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    const lawOf = ({ fileName }: { fileName: string }) => fileName.split("_")[0];
    const searches = new Map(
      [...new Set(questions.map(lawOf))].map((law) => {
        const texts = [
          ...new Set(questions.filter((one) => lawOf(one) !== law).map(({ context }) => context)),
        ];
        return [law, { texts, index: new Bm25Index(texts) }];
      }),
    );
    let right = 0;
    let wrong = 0;
    for (const question of questions) {
      if (wordOverlap(question.question, question.context) < DOUBTFUL_OVERLAP) right++;
      const { texts, index } = searches.get(lawOf(question))!;
      const [hit] = index.search(question.question, 1);
      const overlap = hit === undefined ? 0 : wordOverlap(question.question, texts[hit.document]!);
      if (overlap < DOUBTFUL_OVERLAP) wrong++;
    }
    assert.deepEqual([right, wrong], [20, 120]);
  },
});
