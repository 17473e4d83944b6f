import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { CORPUS_LIMITS, type CorpusLimits } from "./corpus_limits.ts";
import type { Law, LawUnit } from "./law.ts";
import { LawFileError } from "./law_file_error.ts";
import { LawReader, type ReadLaw } from "./law_reader.ts";
import { articleXml, lawXml, plainLawXml, WHOLE_LAW_XML } from "./law_xml_double.ts";

function read(text: string | Uint8Array, pieceBytes = 7, limits: Partial<CorpusLimits> = {}) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const reader = new LawReader({ ...CORPUS_LIMITS, ...limits });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.push(bytes.subarray(at, at + pieceBytes));
  }
  return reader.finish("fallback");
}

function refusal(text: string | Uint8Array, limits?: Partial<CorpusLimits>): LawFileError {
  try {
    read(text, 1000, limits);
  } catch (error) {
    assert.ok(error instanceof LawFileError, String(error));
    return error;
  }
  assert.fail("it was read");
}

/** Rows as `paragraph/item/subitems: text`, so that a whole law can be compared at one glance. */
function outline({ units }: Law): string[] {
  return units.flatMap(({ provision, amendingLawNum, num, title, caption, headings, ...unit }) => [
    [provision, amendingLawNum ?? "-", num ?? "-", title, caption || "-", headings.join(">") || "-"]
      .join(" ") + (unit.isDeleted ? " deleted" : ""),
    ...unit.rows.map(({ kind, paragraph, item, subitems, text }) =>
      `  ${kind} ${[paragraph ?? "", item ?? "", ...subitems ?? []].join("/")}: ${text}`
    ),
  ]);
}

function assertWhole({ law, account }: ReadLaw): void {
  assert.deepEqual(account.unaccounted, { pieces: 0, characters: 0 });
  for (const { rows } of law.units) {
    assert.ok(rows.length > 0);
    for (const { text } of rows) assert.equal(text, text.trim());
    for (const { text } of rows) assert.notEqual(text, "");
  }
}

const S = "\u3000";

Deno.test("every kind of element of the law standard XML has its place", () => {
  const result = read(WHOLE_LAW_XML);
  assertWhole(result);
  const { law } = result;
  assert.deepEqual(
    { ...law, units: [] },
    {
      lawId: "fallback",
      lawNum: "令和九十九年法律第一号",
      title: "試験法",
      abbreviations: ["試法", "試"],
      units: [],
    },
  );
  const chapter = `第一編${S}総則>第一章${S}通則>第一節${S}款項>第一款${S}細目>第一目${S}目`;
  const eighth = "イ/（１）/（ｉ）/ａ/五/六/七/八";
  assert.deepEqual(outline(law), [
    "main - - 制定文 - -",
    "  paragraph /: ここに朕は公布する。",
    "main - - 前文 - -",
    "  paragraph 1/: 我らは誓う。",
    `main - 1 第一条 目的 第一編${S}総則`,
    "  paragraph 1/: この法律は、瑕疵を<正す>。ただし、傍線は除く。",
    "  paragraph 2/: 次に掲げるもの",
    `  item 2/1: 甲${S}甲の意義`,
    "  item 2/1/イ: いの一",
    "  item 2/1/イ/（１）: 深さ二",
    "  item 2/1/イ/（１）/（ｉ）: 深さ三",
    "  item 2/1/イ/（１）/（ｉ）/ａ: 深さ四",
    "  item 2/1/イ/（１）/（ｉ）/ａ/五: 深さ五",
    "  item 2/1/イ/（１）/（ｉ）/ａ/五/六: 深さ六",
    "  item 2/1/イ/（１）/（ｉ）/ａ/五/六/七: 深さ七",
    `  item 2/1/${eighth}: 深さ八`,
    `  item 2/1/${eighth}/九: 深さ九`,
    `  item 2/1/${eighth}/九/十: 深さ十`,
    "  item 2/1_2: 枝の号",
    "  item 2/2: 丸の号",
    "  item 2/3: 削除",
    "  paragraph /: （補記）",
    `main - 1_2 第一条の二 表と図 ${chapter}`,
    `  paragraph 1/: （項の見出し）\n次の表のとおり引用文とする${S}終わり`,
    `  table 1/: 表の題\n見出し甲${S}見出し乙\n升一${S}升二${S}１${S}升の項${S}一${S}升の号\n` +
    `備考${S}備考の文。`,
    `  paragraph 1/: 図の題\n列記一\n列記二の甲${S}列記二の乙\n列記三\n列記四\n様式の題\n様式の中身`,
    `  paragraph 1/: 第一類${S}類の文`,
    "  item 1/1: 類の号",
    "  paragraph 1/: 第三条を次のように改める。\n第三条\n新しい文。\n未知の文",
    "main - 10:12 第十条から第十二条まで - - deleted",
    "  paragraph 1/: 削除",
    `main - 13 第十三条${S}削除 - - deleted`,
    `  paragraph /: 第十三条${S}削除`,
    "main - 14 第十四条 - -",
    "  paragraph 1/: 面積はｍ２＋ＣＯとする。",
    "supplementary - - 附則 - -",
    "  paragraph 1/: （施行期日）\n公布の日から施行する。",
    "  paragraph 2/: 経過措置。",
    "appendix - 1 附則別表 附則第二項関係 -",
    "  table /: 附則の升",
    "appendix - - 附則様式第一 - -",
    "  paragraph /: 附則様式第一",
    "appendix - - 附則付録第一 - -",
    "  paragraph /: Ａ÷Ｂ",
    `supplementary 令和百年法律第三号 1 第一条 施行 第一章${S}経過`,
    "  paragraph 1/: 改正の施行。",
    "appendix - 1 別表第一 第一条関係 -",
    "  table /: 別表の升",
    "  item /1: 別表の号",
    `  paragraph /: 備考\n一${S}別表の備考`,
    `appendix - 2 別表第二${S}削除 - - deleted`,
    `  paragraph /: 別表第二${S}削除`,
    "appendix - - 別記 - -",
    `  paragraph /: 記の題\n記の文\n注${S}記の備考`,
    "appendix - - 様式第一号 第二条関係 -",
    "  paragraph /: 記載例",
    "appendix - - 書式第一 - -",
    "  paragraph /: 書の題\n書の文",
    "appendix - - 付録第一 第十四条関係 -",
    "  paragraph /: Ｘ＝Ｙ",
    `  paragraph /: 備考${S}式の備考`,
    "appendix - - 別図第一 - -",
    "  paragraph /: 別図第一",
  ]);
});

Deno.test("what is left out of a law is counted by name; found is rows, titles and that", () => {
  const { account } = read(WHOLE_LAW_XML);
  assert.deepEqual([...account.skipped], [
    ["Rt", { pieces: 3, characters: 6 }],
    ["TOC", { pieces: 4, characters: 18 }],
    ["ChapterTitle without articles", { pieces: 1, characters: 5 }],
    ["SupplProvisionLabel", { pieces: 1, characters: 3 }],
    ["UnknownInBody", { pieces: 1, characters: 4 }],
  ]);
  // Counted again, without the parser: text between tags from LawNum to the end.
  const text = WHOLE_LAW_XML.slice(WHOLE_LAW_XML.indexOf("<LawNum>")).split(/<[^>]*>/)
    .map((piece) => piece.replace(/\s/g, "").replace(/&\w+;/g, "x")).filter((piece) =>
      piece !== ""
    );
  assert.equal(account.found.characters, text.join("").length);
  assert.equal(account.found.pieces, text.length);
  assert.ok(account.inRows.characters > 300 && account.inTitles.characters > 100);
});

Deno.test("a law is the same in whatever pieces its bytes come", () => {
  const whole = read(WHOLE_LAW_XML, 1 << 20).law;
  for (const pieceBytes of [1, 2, 3, 1000]) {
    assert.deepEqual(read(WHOLE_LAW_XML, pieceBytes).law, whole);
  }
  assert.deepEqual(read(`\ufeff${WHOLE_LAW_XML}`, 1000).law, whole);
});

const first = ({ units }: Law): LawUnit => units[0]!;
const envelope = (law: string) =>
  `<law_data_response><law_info><law_id>323AC0000000025</law_id><law_num>昭和九十九年法律第一号</law_num>
  </law_info><revision_info><law_revision_id>323AC0000000025_20240401_504AC0000000068</law_revision_id>
  <law_title>試験法</law_title><abbrev>試験略,試法</abbrev></revision_info>
  <law_full_text>${law}</law_full_text></law_data_response>`;
const bare = plainLawXml(2).replace(/^<\?.*\n/, "");

Deno.test("answers of the API, versions 1 and 2, give the same law with its id", () => {
  const { units } = read(bare).law;
  const v1 = read(
    `<DataRoot><Result><Code>0</Code><Message/></Result><ApplData><LawId>323AC0000000025</LawId>` +
      `<LawNum>x</LawNum><LawFullText>${bare}</LawFullText></ApplData></DataRoot>`,
  );
  assert.deepEqual([v1.law.lawId, v1.law.units], ["323AC0000000025", units]);
  const v2 = read(envelope(bare));
  assert.equal(v2.revisionId, "323AC0000000025_20240401_504AC0000000068");
  assert.deepEqual([v2.law.lawId, v2.law.units], ["323AC0000000025", units]);
  assert.deepEqual(v2.law.abbreviations, ["試法", "試", "試験略"]);
  assert.deepEqual(v2.account.found, read(bare).account.found);
});

Deno.test("a law in base64 or as a JSON tree is the same law", () => {
  const text = "<LawBody><LawTitle>木の法</LawTitle><MainProvision>" +
    articleXml("1", "第一条", "文。", "題").replace(/\n\s*/g, "") + "</MainProvision></LawBody>";
  const xml = `<Law><LawNum>一号</LawNum>${text}</Law>`;
  const tree = {
    tag: "Law",
    attr: { Era: "Reiwa" },
    children: [{ tag: "LawNum", attr: "", children: ["一号"] }, {
      tag: "LawBody",
      children: [{ tag: "LawTitle", children: "木の法" }, {
        tag: "MainProvision",
        attr: {},
        children: [{
          tag: "Article",
          attr: { Num: 1 },
          children: [
            { tag: "ArticleCaption", children: ["（題）"] },
            { tag: "ArticleTitle", children: ["第一条"] },
            {
              tag: "Paragraph",
              attr: { Num: "1" },
              children: [{ tag: "ParagraphNum" }, {
                tag: "ParagraphSentence",
                children: [{ tag: "Sentence", children: ["文。"] }],
              }],
            },
          ],
        }],
      }],
    }],
  };
  const whole = read(xml).law;
  assert.deepEqual([whole.title, first(whole).caption], ["木の法", "題"]);
  const info = { law_info: { law_id: "fallback", law_num: null }, revision_info: null };
  const inJson = (law_full_text: unknown) => JSON.stringify({ ...info, law_full_text });
  const base64 = (value: string) => Buffer.from(value).toString("base64");
  const forms = [
    JSON.stringify(tree),
    inJson(tree),
    inJson(base64(xml)),
    envelope(base64(JSON.stringify(tree))).replace("323AC0000000025<", "fallback<")
      .replace(/<(law_title|abbrev)>[^<]*<\/\1>/g, ""),
  ];
  for (const form of forms) assert.deepEqual(read(form).law, whole);
});

Deno.test("paragraphs without articles, nested parts in any order and stray text are kept", () => {
  const result = read(lawXml(`<MainProvision>
    <Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>甲。</Sentence></ParagraphSentence></Paragraph>
    <Paragraph Num="2"><ParagraphNum>二</ParagraphNum><ParagraphSentence><Sentence>乙。</Sentence></ParagraphSentence></Paragraph>
    <Section Num="1"><SectionTitle>節</SectionTitle><Part Num="1"><PartTitle>編</PartTitle>
      <Item Num="1"><ItemTitle>（い）</ItemTitle><ItemSentence><Sentence>号。</Sentence></ItemSentence></Item>
    </Part>${articleXml("5_2_3", "第五条の二の三", "丙。")}迷子</Section></MainProvision>`));
  assertWhole(result);
  assert.deepEqual(outline(result.law), [
    "main - - 本則 - -",
    "  paragraph 1/: 甲。",
    "  paragraph 2/: 乙。",
    "main - - 本則 - 節>編",
    `  item /1: （い）${S}号。`,
    "main - 5_2_3 第五条の二の三 - 節",
    "  paragraph 1/: 丙。",
  ]);
  assert.deepEqual(result.account.skipped.get("text between elements"), {
    pieces: 1,
    characters: 2,
  });
});

Deno.test("numbers of items without text are counted as left out", () => {
  const result = read(lawXml(`<MainProvision><Article Num="1"><ArticleTitle>第一条</ArticleTitle>
    <Paragraph Num="1"><ParagraphNum/><ParagraphSentence><Sentence>文。</Sentence></ParagraphSentence>
      <Item Num="1"><ItemTitle>一</ItemTitle><ItemSentence><Sentence/></ItemSentence></Item>
      <Item Num="2"><ItemTitle>二</ItemTitle><ItemSentence/>
        <Subitem1 Num="1"><Subitem1Title>イ</Subitem1Title></Subitem1></Item></Paragraph>
    <Paragraph Num="2"><ParagraphNum>２</ParagraphNum></Paragraph></Article></MainProvision>`));
  assertWhole(result);
  assert.equal(result.law.units[0]!.rows.length, 1);
  const skipped = [...result.account.skipped].map(([name, { pieces }]) => `${pieces} ${name}`);
  assert.deepEqual(skipped.sort(), [
    "1 ParagraphNum without text",
    "1 Subitem1Title without text",
    "2 ItemTitle without text",
  ]);
});

Deno.test("a long table becomes several rows, none cut inside a line", () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) =>
      `<TableRow><TableColumn><Sentence>品目${i}</Sentence></TableColumn><TableColumn><Sentence>${
        "税".repeat(30)
      }</Sentence></TableColumn></TableRow>`,
  );
  const result = read(lawXml(`<MainProvision/><AppdxTable><AppdxTableTitle>別表</AppdxTableTitle>
    <TableStruct><Table>${rows.join("\n")}</Table></TableStruct></AppdxTable>`));
  assertWhole(result);
  const texts = first(result.law).rows.map(({ text }) => text);
  assert.ok(texts.length > 3 && texts.every((text) => text.length < 600), String(texts.length));
  assert.deepEqual(
    texts.join("\n").split("\n"),
    Array.from({ length: 60 }, (_, i) => `品目${i}${S}${"税".repeat(30)}`),
  );
});

Deno.test("line breaks of the XML's layout are no text, spaces of the law are", () => {
  const text = "法人　の\n        税　率 of the\n   law は\n１ ２";
  const { law } = read(lawXml(`<MainProvision>${articleXml("1", "第一条", text)}</MainProvision>`));
  assert.equal(first(law).rows[0]!.text, "法人　の税　率 of the law は１ ２");
});

Deno.test("broken XML is refused with its line", () => {
  const lines = plainLawXml(3).split("\n");
  const cut = refusal(lines.slice(0, 9).join("\n"));
  assert.deepEqual([cut.reason, cut.line], ["broken XML", 9]);
  lines[7] = lines[7]!.replace(">", ">&nbsp;");
  const entity = refusal(lines.join("\n"));
  assert.deepEqual([entity.reason, entity.line], ["broken XML", 8]);
  assert.match(entity.message, /undefined entity/);
  assert.match(refusal("").message, /root element|well-formed/);
  assert.match(refusal("Not found").message, /outside of root/);
  // What the parser says may end with a full stop; the sentence goes on behind it.
  for (const text of ["", "Not found", "<Law>", "<Law a=1>", "<Law></Law"]) {
    assert.doesNotMatch(refusal(text).message, /[.\s]$/, text);
  }
});

Deno.test("no entity is ever declared, fetched or expanded", () => {
  const bomb = `<?xml version="1.0"?>\n<!DOCTYPE Law [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n` +
    "<Law><LawNum>&b;</LawNum></Law>";
  const outside = `<!DOCTYPE Law SYSTEM "http://127.0.0.1:1/x.dtd">${bare}`;
  const secret = `<!DOCTYPE Law [<!ENTITY x SYSTEM "file:///etc/passwd">]><Law>&x;</Law>`;
  for (const text of [bomb, outside, secret]) {
    const { reason, message, line } = refusal(text);
    assert.deepEqual([reason, line], ["broken XML", text === bomb ? 2 : 1]);
    assert.match(message, /document type declaration is refused/);
  }
  assert.match(refusal(bare.replace("これは", "&x;")).message, /undefined entity/);
});

Deno.test("other encodings, other documents and laws without text are refused", () => {
  const shiftJis = Uint8Array.of(...new TextEncoder().encode("<Law>\n<LawNum>"), 0x8f, 0xba);
  assert.equal(refusal(shiftJis).reason, "not UTF-8");
  assert.equal(refusal(shiftJis).line, 2);
  const declared = plainLawXml(1).replace("UTF-8", "Shift_JIS");
  assert.match(refusal(declared).message, /its encoding is Shift_JIS/);
  assert.equal(refusal("<html><body>error</body></html>").reason, "no law");
  assert.equal(refusal('{"code":"404001","message":"none"}').reason, "no law");
  assert.equal(refusal(envelope("何か")).reason, "no law");
  assert.equal(refusal("{").reason, "broken JSON");
  assert.equal(refusal('{"law_full_text":{"tag":5}}').reason, "broken JSON");
  assert.equal(refusal('{"law_full_text":[[]]}').reason, "broken JSON");
  assert.equal(refusal(lawXml("<MainProvision/>")).reason, "law without text");
  assert.equal(refusal(`<Laws>${bare}${bare}</Laws>`).reason, "several laws");
  assert.equal(refusal("<Law><LawBody><MainProvision/></LawBody></Law>").reason, "no law");
});

Deno.test("depth, elements and bytes are bounded", () => {
  const nested = `<Law><LawBody>${"<X>".repeat(200)}`;
  assert.deepEqual([refusal(nested).reason, refusal(nested).line], ["too deep", 1]);
  const wide = lawXml(`<MainProvision>${"<Article/>".repeat(50)}`);
  assert.equal(refusal(wide, { elements: 40 }).reason, "too large");
  assert.equal(refusal(plainLawXml(50), { fileBytes: 2000 }).reason, "too large");
  let node: unknown = "x";
  for (let i = 0; i < 300; i++) node = { tag: "Law", children: [node] };
  assert.match(refusal(JSON.stringify({ law_full_text: node })).reason, /too deep|several laws/);
});
