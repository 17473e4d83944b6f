import type { LawUnit, Provision } from "./law.ts";
import type { LawElement } from "./law_element.ts";
import { accountForTitle, plainText, RowWriter } from "./row_writer.ts";
import type { TextAccount } from "./text_account.ts";

/** What surrounds a unit. */
export interface UnitContext {
  readonly provision: Provision;
  readonly amendingLawNum?: string;
  readonly headings: readonly string[];
}

/** What stands at the end of a law or of a 附則, and how it is called where it has no title. */
const APPENDICES: Readonly<Record<string, string>> = {
  AppdxTable: "別表",
  AppdxNote: "別記",
  AppdxStyle: "別記様式",
  AppdxFormat: "別記書式",
  AppdxFig: "別図",
  Appdx: "付録",
  SupplProvisionAppdxTable: "附則別表",
  SupplProvisionAppdxStyle: "附則様式",
  SupplProvisionAppdx: "附則付録",
};

/** True for a 別表 and everything like it. */
export function isAppendix(name: string): boolean {
  return Object.hasOwn(APPENDICES, name);
}

/**
 * An article or an appendix as a unit. One that has a title and no text below it (a picture, or
 * a 別表 that is only 削除) gives its title as its only row; one without any text gives undefined.
 */
export function buildUnit(
  element: LawElement,
  context: UnitContext,
  account: TextAccount,
): LawUnit | undefined {
  const isArticle = element.name === "Article";
  const titleName = isArticle
    ? "ArticleTitle"
    : /Appdx$/.test(element.name)
    ? "ArithFormulaNum"
    : `${element.name}Title`;
  const captionName = isArticle ? "ArticleCaption" : "RelatedArticleNum";
  const titles = named(element, titleName);
  const captions = named(element, captionName);
  const rows = new RowWriter(account);
  for (const child of element.children) {
    if (typeof child === "string") rows.stray(child);
    else if (child.name !== titleName && child.name !== captionName) rows.part(child);
  }
  const title = joined(titles);
  const caption = joined(captions);
  const printed = [title, caption].filter((text) => text !== "").join("　");
  const isTitleOnly = rows.rows.length === 0;
  if (isTitleOnly && printed !== "") rows.elements([...titles, ...captions]);
  else for (const label of [...titles, ...captions]) accountForTitle(label, account);
  if (rows.rows.length === 0) return undefined;
  const num = element.attributes.Num?.trim();
  return {
    provision: context.provision,
    ...(context.amendingLawNum === undefined ? {} : { amendingLawNum: context.amendingLawNum }),
    ...(num === undefined || num === "" ? {} : { num }),
    title: title || APPENDICES[element.name] || (num ? `第${num}条` : "条"),
    caption: withoutBrackets(caption),
    headings: context.headings,
    isDeleted: isDeleted(element, rows, title),
    rows: rows.rows,
  };
}

function named({ children }: LawElement, name: string): LawElement[] {
  return children.filter((child): child is LawElement =>
    typeof child !== "string" && child.name === name
  );
}

function joined(elements: readonly LawElement[]): string {
  return elements.map(plainText).filter((text) => text !== "").join("　");
}

/** `（目的）` → `目的`; other text stays as it is. */
export function withoutBrackets(caption: string): string {
  return /^[（(]([^（()）]*)[）)]$/.exec(caption)?.[1]?.trim() ?? caption;
}

function isDeleted(element: LawElement, { rows }: RowWriter, title: string): boolean {
  if (element.attributes.Delete === "true") return true;
  if (/[\s　]削除$/.test(title)) return true;
  return rows.every(({ text }) => text.replace(/[\s　]/g, "") === "削除");
}
