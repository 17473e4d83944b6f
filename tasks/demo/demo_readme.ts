import type { Demo, DemoOptions } from "./make_demo.ts";
import { trickAccuracy, TRICKS } from "./tricks.ts";

/** The dataset's README.md, with its numbers measured on the dataset itself. */
export function demoReadme(demo: Demo, { seed, statutes, questions }: DemoOptions): string {
  const correct = demo.questions.filter(({ kind }) => kind === "correct");
  const wrong = demo.questions.filter(({ kind }) => kind === "wrong");
  const grids = demo.questions.filter(({ form }) => form === "grid");
  const articles = new Set(demo.questions.map(({ article }) => article)).size;
  const letters = [...Map.groupBy(demo.questions, ({ answer }) => answer)]
    .sort(([x], [y]) => x < y ? -1 : 1)
    .map(([letter, list]) => `${letter} ${list.length}`).join(", ");
  const laws = demo.statutes.map(({ id, profile }) => `| \`laws/${id}.xml\` | ${profile.title} |`);
  const tricks = Object.entries(TRICKS).map(([name, trick]) => {
    const shares = [demo.questions, correct, wrong]
      .map((list) => list.length > 0 ? (100 * trickAccuracy(trick, list)).toFixed(1) : "–");
    return `| ${name} | ${shares.join(" | ")} |`;
  });
  const options = `--seed ${seed} --statutes ${statutes} --questions ${questions}`;
  return `# 架空法令のデモデータ / Demo dataset of fictional statutes

## 日本語

ここにある法令と設問は、すべて架空のものです。実在の法令、官庁、団体、事業とは関係がありません。法律の勉強や助言には使えません。乱数の種を固定したスクリプトが作っており、人手による修正はありません。設問の形式は lawqa_jp の選択式データと同じですが、その文章は使っていません。

- \`laws/*.xml\`：e-Gov 法令 XML の形の法令 ${demo.statutes.length} 本
- \`questions.json\`：四択の設問 ${demo.questions.length} 問（正しいものを選ぶ ${correct.length} 問、誤っているものを選ぶ ${wrong.length} 問、対象の条 ${articles} 条）
- ライセンス：このプロジェクトと同じ
- 配布：このリポジトリの一部として配布します（ダウンロードは不要です）

作り直すときは、リポジトリの最上位で次を実行します。

\`\`\`sh
deno run --allow-write=datasets/demo --allow-read=datasets/demo tasks/make_demo_dataset.ts ${options}
\`\`\`

\`--check\` を付けると、書き込まずに、ファイルが生成結果と同じかどうかを確かめます。

## English

Every statute and question here is fictional; none has to do with a real law, office, body or trade, and none is of any use as legal advice. A seeded script (\`tasks/make_demo_dataset.ts\`, command above) writes all files, this one included; nothing is edited by hand. The questions have the format of lawqa_jp's multiple-choice data and none of its text. Licence: the same as the project. Distributed as part of this repository; nothing is downloaded.

| file | statute |
|---|---|
${laws.join("\n")}

${demo.questions.length} questions on ${articles} articles: ${correct.length} ask for the correct statement and ${wrong.length} for the wrong one. Answers: ${letters}. ${grids.length} are grids (one rule, two slots, each right or wrong, so that every value stands in two choices); the others are made of four rules of the article. Each question's context is its one article and suffices to answer it. Split by (statute, article), not by question: questions on the same article share its text.

What a reader gets who does not understand the article (percent right; a tie counts as a guess among the tied; 25 is chance):

| trick | all | "correct" | "wrong" |
|---|---|---|---|
${tricks.join("\n")}

The last two tricks look at the article: they take the choice that shares most (for "wrong": least) of its two-character sequences with it, first as it stands, then with the choices' Arabic digits turned into the statute's kanji numerals. They lie above chance because the right statement is, after all, the one nearest to the article.
`;
}
