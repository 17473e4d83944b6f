import { z } from "zod";
import type { Law } from "./law.ts";

const number = z.union([z.string(), z.number().transform(String)]).nullish();

/**
 * A line of `egov_laws.jsonl`. The first eight keys are those of the group's own converter; the
 * others are houqa's, so that a law comes back as it was. Only `text` and one of law_id, law_num and
 * law_title must be there.
 */
export const lawLineSchema = z.object({
  law_title: z.string().nullish(),
  law_num: z.string().nullish(),
  article: number,
  /** With its brackets. */
  article_caption: z.string().nullish(),
  article_title: z.string().nullish(),
  paragraph: number,
  item: number,
  text: z.string().trim().min(1),
  law_id: z.string().nullish(),
  /** On the first line of a law. */
  abbreviations: z.array(z.string()).nullish(),
  /** The unit's place in its law, from 0. */
  unit: z.int().min(0).nullish(),
  provision: z.enum(["main", "supplementary", "appendix"]).nullish(),
  amending_law_num: z.string().nullish(),
  headings: z.array(z.string()).nullish(),
  is_deleted: z.boolean().nullish(),
  kind: z.enum(["paragraph", "item", "table"]).nullish(),
  subitems: z.array(z.string()).nullish(),
});

/** One line after its check. */
export type LawLine = z.infer<typeof lawLineSchema>;

/** The lines of a law, each with its line break. */
export function* lawLines(law: Law): Generator<string> {
  const { lawId, lawNum, title, abbreviations, units } = law;
  let isFirst = true;
  for (const [index, unit] of units.entries()) {
    for (const row of unit.rows) {
      const line: LawLine = {
        law_title: title,
        law_num: lawNum,
        article: unit.num ?? null,
        article_caption: unit.caption === "" ? "" : `（${unit.caption}）`,
        article_title: unit.title,
        paragraph: row.paragraph ?? null,
        item: row.item ?? null,
        text: row.text,
        law_id: lawId,
        ...(isFirst && abbreviations.length > 0 ? { abbreviations: [...abbreviations] } : {}),
        unit: index,
        provision: unit.provision,
        ...(unit.amendingLawNum === undefined ? {} : { amending_law_num: unit.amendingLawNum }),
        headings: [...unit.headings],
        ...(unit.isDeleted ? { is_deleted: true } : {}),
        kind: row.kind,
        ...(row.subitems === undefined ? {} : { subitems: [...row.subitems] }),
      };
      yield `${JSON.stringify(line)}\n`;
      isFirst = false;
    }
  }
}
