import { LAW_ABBREVIATIONS } from "../../rag/cite/law_abbreviations.ts";
import { matchLawIds } from "../../rag/recall/match_law_ids.ts";
import { type ContextUnit, parseContext } from "../../rag/recall/parse_context.ts";
import type { Question } from "../question.ts";
import { foldText } from "./fold_text.ts";

/** What a question is about: a key that others about the same have too, and its name for people. */
export type ArticleKeys = ReadonlyMap<string, string>;

/**
 * The articles of a question, by the headings of its コンテキスト and by its references.
 * - A numbered article or a 別表 of a law, whatever paragraph of it is quoted.
 * - In a document without articles (guidelines, Q&A): the section of level `###`, however large;
 *   without one, the whole path of headings.
 * - A reference with the anchor of an article (`…/law/323AC0000000025#Mp-At_5`). Addresses of whole
 *   laws say nothing about the article and are no keys.
 * - The text of a コンテキスト without headings.
 *
 * On lawqa_jp's 140 questions the first rule alone leaves 93 groups, with the sections 82; it is 84
 * where sections count as different whose headings differ in punctuation (`IV．` and `IV. `).
 */
export function articleKeysOfQuestion(question: Question): ArticleKeys {
  const { context, references } = question;
  const keys = new Map(articleKeysOfContext(context));
  const lawIds = matchLawIds([question]);
  for (const { lawTitle, unit } of parseContext(context)) {
    const lawId = lawIds.get(lawTitle);
    if (lawId === undefined || unit.num === undefined || unit.provision !== "main") continue;
    keys.set(articleKey(lawId, unit.num), `${lawTitle} ${unit.title}`);
  }
  for (const reference of references) {
    const found = anchoredArticle(reference);
    if (found !== undefined && !keys.has(found.key)) keys.set(found.key, found.name);
  }
  const text = foldText(context);
  if (text !== "" && !/^#/m.test(context)) {
    keys.set(`text ${text}`, `コンテキスト "${context.trim().slice(0, 30)}…"`);
  }
  return keys;
}

/** The articles whose headings stand in a text, without looking at the text itself. */
export function articleKeysOfContext(context: string): ArticleKeys {
  const keys = new Map<string, string>();
  const start = context.search(/^#/m);
  if (start < 0) return keys;
  const units = parseContext(context.slice(start));
  const withArticles = new Set(units.filter(isArticle).map(({ lawTitle }) => lawTitle));
  const sections = sectionsOf(context);
  for (const found of units) {
    const { lawTitle, unit } = found;
    const law = lawKey(lawTitle);
    if (isArticle(found)) {
      const key = unit.provision === "main" && unit.num !== undefined
        ? articleKey(law, unit.num)
        : `${unit.provision} ${law} ${unit.num ?? foldText(unit.title)}`;
      keys.set(key, `${lawTitle} ${unit.title}`);
    } else if (!withArticles.has(lawTitle)) {
      for (const section of sections.get(lawTitle) ?? [unit.title]) {
        keys.set(`section ${law} ${foldText(section)}`, `${lawTitle} ${section}`);
      }
    }
  }
  return keys;
}

function isArticle({ unit }: ContextUnit): boolean {
  return unit.num !== undefined || unit.provision !== "main";
}

function articleKey(law: string, num: string): string {
  return `article ${law} ${num}`;
}

/** One spelling of a law's name: an abbreviation's title, without what stands in brackets behind. */
function lawKey(title: string): string {
  const bare = title.normalize("NFKC").replace(/\([^()]*\)\s*$/, "").trim() || title;
  const full = Object.hasOwn(LAW_ABBREVIATIONS, bare) ? LAW_ABBREVIATIONS[bare]![0]! : bare;
  return foldText(full);
}

/** The headings of level three below each heading of a law or document. */
function sectionsOf(context: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let title = "";
  for (const line of context.split("\n")) {
    const heading = /^(#+)\s*(.*\S)\s*$/.exec(line);
    if (heading === null) continue;
    const [, level, text] = heading;
    if (level!.length <= 2) title = text!;
    else if (level!.length === 3) sections.set(title, [...sections.get(title) ?? [], text!]);
  }
  return sections;
}

/** e-Gov's anchors end with the article: `#Mp-Ch_2-At_5`, `#Mp-At_21_2-Pr_1`. */
function anchoredArticle(reference: string): { key: string; name: string } | undefined {
  const match = /^([^#]*)#(?:Mp-)?(?:[A-Z][a-z]_[0-9_]+-)*At_(\d+(?:_\d+)*)(?:-|$)/.exec(reference);
  if (match === null) return undefined;
  const [, page, num] = match;
  const law = /(?<![0-9A-Za-z])\d{3}[0-9A-Z]{12}(?![0-9A-Za-z])/.exec(page!)?.[0] ?? page!;
  return { key: articleKey(law, num!), name: `${law} 第${num!.replaceAll("_", "の")}条` };
}
