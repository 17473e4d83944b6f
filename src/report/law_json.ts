import type { StoredLaw, StoredRow, StoredUnit } from "../rag/index/corpus_store.ts";

/** A law for scripts, in the keys of `egov_laws.jsonl`. */
export function lawJson({ lawId, lawNum, title }: Pick<StoredLaw, "lawId" | "lawNum" | "title">) {
  return { law_id: lawId, law_num: lawNum, law_title: title };
}

/** An article, 別表 or 附則 for scripts, in the same keys; null where it has no such thing. */
export function unitJson(unit: StoredUnit) {
  return {
    provision: unit.provision,
    amending_law_num: unit.amendingLawNum ?? null,
    article: unit.num ?? null,
    article_title: unit.title,
    article_caption: unit.caption,
    headings: unit.headings,
    is_deleted: unit.isDeleted,
  };
}

/** A row of one for scripts, in the same keys; null where it has no such number. */
export function rowJson({ kind, paragraph, item, subitems, text }: StoredRow) {
  return {
    kind,
    paragraph: paragraph ?? null,
    item: item ?? null,
    subitems: subitems ?? [],
    text,
  };
}
