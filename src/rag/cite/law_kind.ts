import type { LawNames } from "./law_names.ts";

/** 法律, 政令, or whatever else stands below them: 府省令, 規則, 告示, guidelines. */
export type LawKind = "act" | "order" | "rule";

/** The kind of a law by its title. */
export function lawKind(title: string): LawKind {
  if (/(?:法|法律|典範)$/.test(title)) return "act";
  return /(?<!府|省)令$/.test(title) ? "order" : "rule";
}

/** The 施行令 or 施行規則 of an act, by its title; none where the corpus has none. */
export function implementingLaws(
  names: LawNames,
  lawIds: readonly string[],
  suffix: string,
): readonly string[] {
  return lawIds.flatMap((lawId) => names.named((names.law(lawId)?.title ?? "") + suffix));
}

/**
 * The act that an order or rule carries out, by its title: 金融商品取引法 for 金融商品取引法施行令 and for
 * 金融商品取引法第二条に規定する定義に関する内閣府令. None where its title names none; an act is its own.
 */
export function parentAct(names: LawNames, lawId: string): readonly string[] {
  const title = names.law(lawId)?.title ?? "";
  if (lawKind(title) === "act") return [lawId];
  // Without the last character the title can't be found as a name itself.
  const [first] = names.find(title.slice(0, -1));
  return first?.start === 0 ? first.lawIds : [];
}

/** The only rule whose title begins with that of an act; none where there are several. */
export function onlyRuleOf(names: LawNames, lawIds: readonly string[]): readonly string[] {
  const rules = lawIds.flatMap((lawId) => names.beginningWith(names.law(lawId)?.title ?? ""))
    .filter((lawId) => lawKind(names.law(lawId)!.title) === "rule");
  return rules.length === 1 ? rules : [];
}
