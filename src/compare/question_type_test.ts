import assert from "node:assert/strict";
import { loadDataset } from "../dataset/load_dataset.ts";
import { questionType } from "./question_type.ts";

Deno.test("what a question asks for is told by its last clause", () => {
  const asksWrong = [
    "次のうち、誤っているものを教えてください。",
    "記載事項として正しくないものを教えてください。",
    "「有価証券」に該当しないものを教えてください。",
    "撤回事由に該当しないものを教えてください。ただし、条件が付されていることを前提とします。",
    "その責務が記載されていない者を教えて下さい。",
    "根拠とは無関係の条文を教えてください。",
    "次の記述のうち、誤っているものはどれか。",
    "内容として誤っているものを一つ選べ。",
    "最も不適切なものはどれですか？",
  ];
  for (const question of asksWrong) assert.equal(questionType(question), "asks_wrong", question);
  const asksRight = [
    "次のうち、正しいものを教えてください。",
    "届出を要しない有価証券の募集又は売出しに該当するものを教えてください。",
    "公開買付けによらなければならないものとして、正しいものを教えてください。",
    "買付け等は公開買付けによる必要がないことの根拠となる条文を教えてください。",
    "秩序を害すると認められるものを行ってはならないことの根拠条文を教えてください。",
    "誤解を生じさせる表示をした場合に、控除すべき価額を定めている条文を教えてください。",
    "",
  ];
  for (const question of asksRight) assert.equal(questionType(question), "asks_right", question);
});

const LAWQA = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "lawqa_jp asks 45 times for what is wrong or does not apply",
  ignore: LAWQA === undefined,
  async fn() {
    const { questions } = await loadDataset(LAWQA!);
    const wrong = questions.filter(({ question }) => questionType(question) === "asks_wrong");
    assert.equal(wrong.length, 45);
  },
});
