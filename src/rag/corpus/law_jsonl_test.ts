import assert from "node:assert/strict";
import { join } from "node:path";
import type { CorpusCounts } from "./corpus.ts";
import { CORPUS_LIMITS } from "./corpus_limits.ts";
import type { Law } from "./law.ts";
import { inFolder } from "./law_corpus_double.ts";
import { lawLines } from "./law_jsonl.ts";
import { LawReader } from "./law_reader.ts";
import { openCorpus } from "./open_corpus.ts";
import { plainLawXml, WHOLE_LAW_XML } from "./law_xml_double.ts";

function fromXml(xml: string, lawId: string): Law {
  const reader = new LawReader();
  reader.push(new TextEncoder().encode(xml));
  return reader.finish(lawId).law;
}

async function readLines(content: string | Uint8Array, lineBytes = 100_000) {
  const laws: Law[] = [];
  const problems: string[] = [];
  let result: CorpusCounts | undefined;
  await inFolder(async (folder) => {
    const path = join(folder, "egov_laws.jsonl");
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    const corpus = await openCorpus(path, {
      today: "20240101",
      limits: { ...CORPUS_LIMITS, lineBytes },
      onProblem: (message) => problems.push(message.slice(folder.length + 1)),
    });
    for await (const law of corpus.laws()) laws.push(law);
    const { counts } = corpus;
    const left = [...counts.skippedLines.values()].reduce((sum, count) => sum + count, 0);
    assert.equal(counts.lines, counts.rows + left, "lines = rows + skipped");
    assert.equal(counts.found, laws.length);
    result = counts;
  });
  return { laws, problems, counts: result! };
}

Deno.test("laws that were written come back as they were", async () => {
  const laws = [
    fromXml(WHOLE_LAW_XML, "323AC0000000025"),
    fromXml(plainLawXml(30, "次の法"), "405AC0000000090"),
  ];
  const text = laws.flatMap((law) => [...lawLines(law)]).join("");
  const { laws: back, problems, counts } = await readLines(text);
  assert.deepEqual(back, laws);
  assert.deepEqual(problems, []);
  assert.equal(counts.lines, text.split("\n").length - 1);
  assert.deepEqual([...counts.skippedLines], []);
  assert.deepEqual((await readLines(text.trimEnd().replaceAll("\n", "\r\n"))).laws, laws);
});

Deno.test("the first keys are those of the group's own converter", () => {
  const [line] = lawLines(fromXml(plainLawXml(1), "x"));
  assert.deepEqual(Object.keys(JSON.parse(line!)).slice(0, 8), [
    "law_title",
    "law_num",
    "article",
    "article_caption",
    "article_title",
    "paragraph",
    "item",
    "text",
  ]);
});

/** Lines as the group's converter writes them. */
function groupLines(rows: readonly (readonly [string, string | null, string | null, string])[]) {
  return rows.map(([article, paragraph, item, text]) =>
    JSON.stringify({
      law_title: "金融商品取引法",
      law_num: "昭和二十三年法律第二十五号",
      article,
      article_caption: article === "1" ? "（目的）" : "",
      article_title: `第${article}条`,
      paragraph,
      item,
      text,
    }) + "\n"
  ).join("");
}

Deno.test("the group's file is read: articles apart, 附則 where the numbers begin anew", async () => {
  const { laws, problems } = await readLines(groupLines([
    ["1", "1", null, "目的の文"],
    ["2", "1", "1", "一 甲"],
    ["2", "1", "2", "二 乙"],
    ["2", "2", null, "二項"],
    ["2_2", "1", null, "枝の条"],
    ["3:5", "1", null, "削除"],
    ["1", "1", null, "附則の一"],
    ["1", "1", null, "次の附則の一"],
    ["2", null, null, "項のない条"],
  ]));
  assert.deepEqual(problems, []);
  const [law] = laws;
  assert.deepEqual([laws.length, law!.lawId, law!.title], [
    1,
    "昭和二十三年法律第二十五号",
    "金融商品取引法",
  ]);
  assert.deepEqual(
    law!.units.map(({ provision, num, title, caption, isDeleted, rows }) =>
      [provision, num, title, caption, isDeleted, rows.length].join(" ")
    ),
    [
      "main 1 第1条 目的 false 1",
      "main 2 第2条  false 3",
      "main 2_2 第2_2条  false 1",
      "main 3:5 第3:5条  true 1",
      "supplementary 1 第1条 目的 false 1",
      "supplementary 1 第1条 目的 false 1",
      "supplementary 2 第2条  false 1",
    ],
  );
  assert.deepEqual(law!.units[1]!.rows, [
    { kind: "item", paragraph: "1", item: "1", text: "一 甲" },
    { kind: "item", paragraph: "1", item: "2", text: "二 乙" },
    { kind: "paragraph", paragraph: "2", text: "二項" },
  ]);
});

Deno.test("missing keys and numbers as numbers are taken", async () => {
  const { laws } = await readLines(
    '{"law_title":"甲法","text":" 文 "}\n{"law_title":"甲法","article":2,"paragraph":1,"text":"次"}\n',
  );
  assert.deepEqual(laws, [{
    lawId: "甲法",
    lawNum: "",
    title: "甲法",
    abbreviations: [],
    units: [
      {
        provision: "main",
        title: "本則",
        caption: "",
        headings: [],
        isDeleted: false,
        rows: [{ kind: "paragraph", text: "文" }],
      },
      {
        provision: "main",
        num: "2",
        title: "第2条",
        caption: "",
        headings: [],
        isDeleted: false,
        rows: [{ kind: "paragraph", paragraph: "1", text: "次" }],
      },
    ],
  }]);
});

Deno.test("bad lines are named by file and line, counted, and left out", async () => {
  const good = groupLines([["1", "1", null, "文"]]);
  const other = good.replaceAll("昭和", "平成");
  const encoder = new TextEncoder();
  const content = [
    good,
    "{broken\n",
    "\n",
    '{"text":"無名"}\n',
    '{"law_title":"甲法","text":"  "}\n',
    '{"law_title":5,"text":"x"}\n',
    "[1]\n",
    '{"law_title":"甲法","text":"x","article":{}}\n',
    '{"law_title":"甲法","text":"x","headings":["a",1]}\n',
    '{"law_title":"甲法","text":"x","kind":"poem"}\n',
    '{"law_title":"甲法","text":"x","unit":-1}\n',
    '{"law_title":"甲法","text":"x","unit":1.5}\n',
    '{"law_title":"甲法","text":"x","is_deleted":0}\n',
    '{"law_title":"甲法","text":"x","headings":"a"}\n',
    '{"law_title":"甲法"}\n',
    `{"law_title":"${"長".repeat(1000)}","text":"x"}\n`,
    other,
    good,
  ];
  const parts = content.map((line) => encoder.encode(line));
  parts.push(Uint8Array.of(0xff, 0xfe, 0x0a));
  const { laws, problems, counts } = await readLines(
    Uint8Array.from(parts.flatMap((part) => [...part])),
    2000,
  );
  assert.equal(laws.length, 2);
  assert.deepEqual(Object.fromEntries(counts.skippedLines), {
    "broken JSON": 1,
    "blank": 1,
    "wrong fields": 12,
    "too long": 1,
    "law not in one piece": 1,
    "not UTF-8": 1,
  });
  const places = problems.map((problem) =>
    /^egov_laws\.jsonl:(\d+): .+[^.]\. The line is left out\.$/.exec(problem)?.[1]
  );
  assert.deepEqual(places, [
    ...["2", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"],
    ...["16", "18", "19"],
  ]);
  const told = problems.slice(1, 13).map((problem) => /: (.+)\. The line/.exec(problem)?.[1]);
  assert.deepEqual(told, [
    "it has no law_id, no law_num and no law_title",
    "text is empty",
    "law_title must be text",
    "it is not a JSON object",
    "article must be text or a number",
    "headings, entry 2, must be text",
    "kind must be one of paragraph, item, table",
    "unit must be a whole number from 0",
    "unit must be a whole number from 0",
    "is_deleted must be true or false",
    "headings must be a list of texts",
    "text is missing or is not text",
  ]);
});
