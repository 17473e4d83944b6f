import type { Paragraph } from "./article.ts";
import { kanjiNumber } from "./kanji_number.ts";
import { type Article, lawArticleTitle, type Statute } from "./statute.ts";

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const FULL_WIDTH_ZERO = "０".charCodeAt(0);

function fullWidthNumber(n: number): string {
  return String(n).replace(/\d/g, (d) => String.fromCharCode(FULL_WIDTH_ZERO + Number(d)));
}

/** The lines of an element that holds other elements. */
function block(open: string, lines: readonly string[]): string[] {
  const name = open.split(" ")[0];
  return [`<${open}>`, ...lines.map((line) => `  ${line}`), `</${name}>`];
}

function paragraphXml({ text, items = [] }: Paragraph, index: number): string[] {
  const num = index + 1;
  return block(`Paragraph Num="${num}"`, [
    // The first paragraph of an article has no number in Japanese statutes.
    num === 1 ? "<ParagraphNum/>" : `<ParagraphNum>${fullWidthNumber(num)}</ParagraphNum>`,
    ...block("ParagraphSentence", sentencesXml(text)),
    ...items.flatMap((item, i) =>
      block(`Item Num="${i + 1}"`, [
        `<ItemTitle>${kanjiNumber(i + 1)}</ItemTitle>`,
        ...block("ItemSentence", itemXml(item)),
      ])
    ),
  ]);
}

function sentencesXml(text: string): string[] {
  const sentences = text.match(/[^。]+。?/g) ?? [];
  return sentences.map((sentence, i) => {
    const proviso = sentences.length > 1
      ? ` Function="${sentence.startsWith("ただし") ? "proviso" : "main"}"`
      : "";
    return `<Sentence Num="${i + 1}"${proviso}>${escapeXml(sentence)}</Sentence>`;
  });
}

/** An item of a table, split by an ideographic space, has a Column for each side of it. */
function itemXml(item: string): string[] {
  const columns = item.split("　");
  if (columns.length === 1) return [`<Sentence Num="1">${escapeXml(item)}</Sentence>`];
  return columns.flatMap((column, i) =>
    block(`Column Num="${i + 1}"`, [`<Sentence Num="1">${escapeXml(column)}</Sentence>`])
  );
}

function articleXml(article: Article): string[] {
  return block(`Article Num="${article.num}"`, [
    `<ArticleCaption>（${escapeXml(article.caption)}）</ArticleCaption>`,
    `<ArticleTitle>${lawArticleTitle(article.num)}</ArticleTitle>`,
    ...article.paragraphs.flatMap(paragraphXml),
  ]);
}

/** A statute as e-Gov law XML (the "XML schema for Japanese law data", version 3). */
export function lawXml(statute: Statute): string {
  const chapters = statute.chapters.flatMap((chapter) =>
    block(`Chapter Num="${chapter.num}"`, [
      `<ChapterTitle>第${kanjiNumber(chapter.num)}章　${escapeXml(chapter.title)}</ChapterTitle>`,
      ...chapter.articles.flatMap(articleXml),
    ])
  );
  const law = block(
    `Law Era="Reiwa" Year="99" Num="${statute.lawNumber}" LawType="Act" Lang="ja"`,
    [
      `<LawNum>令和九十九年法律第${kanjiNumber(statute.lawNumber)}号</LawNum>`,
      ...block("LawBody", [
        `<LawTitle Kana="" Abbrev="">${escapeXml(statute.profile.title)}</LawTitle>`,
        ...block("MainProvision", chapters),
        ...block("SupplProvision", [
          "<SupplProvisionLabel>附　則</SupplProvisionLabel>",
          ...paragraphXml({ text: statute.supplementary }, 0),
        ]),
      ]),
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${law.join("\n")}\n`;
}
