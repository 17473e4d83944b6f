import type { StoredUnit } from "../index/corpus_store.ts";

/** `5`, 条 → `第5条`; `21_2` → `第21条の2`; `10:12` → `第10条から第12条まで`; else undefined. */
export function numberedPlace(num: string, kind: "条" | "項" | "号"): string | undefined {
  const ends = num.split(":");
  if (ends.length > 2 || !ends.every((end) => /^\d+(?:_\d+)*$/.test(end))) return undefined;
  const [from, to] = ends.map((end) => {
    const [first, ...branches] = end.split("_");
    return `第${first}${kind}${branches.map((branch) => `の${branch}`).join("")}`;
  });
  return to === undefined ? from : `${from}から${to}まで`;
}

/**
 * The place of a unit in its law as lawqa_jp writes it, with digits: `第21条の2`, `附則第3条`,
 * `附則（令和五年法律第七十九号）第3条`, `別表第一（第二条関係）`.
 */
export function unitHeading(
  unit: Pick<StoredUnit, "provision" | "amendingLawNum" | "num" | "title" | "caption">,
): string {
  const { provision, amendingLawNum, num } = unit;
  const title = unit.title.replace(/[\s　]+/g, " ").trim();
  if (provision === "appendix") {
    return unit.caption === "" || title.includes(unit.caption)
      ? title
      : `${title}（${unit.caption}）`;
  }
  const article = (num === undefined ? undefined : numberedPlace(num, "条")) ?? title;
  if (provision === "main") return article;
  const amending = amendingLawNum === undefined ? "" : `（${amendingLawNum}）`;
  const isWhole = article.replaceAll(" ", "") === "附則";
  return `附則${amending}${isWhole ? "" : article.replace(/^附則/, "")}`;
}
