import type { StoredUnit } from "../index/corpus_store.ts";

/** How a unit is named within its law, in a form that {@linkcode parsePlace} reads: 附則（…）第三条. */
export function nameOfUnit(
  { provision, amendingLawNum, title }: Pick<StoredUnit, "provision" | "amendingLawNum" | "title">,
): string {
  if (provision !== "supplementary") return title;
  const ofWhich = amendingLawNum === undefined ? "" : `（${amendingLawNum}）`;
  return `附則${ofWhich}${title.startsWith("附則") ? "" : title}`;
}

/** Names for a message, each once and in their order, of so many only the first and the number. */
export function listNames(names: Iterable<string>, most = 12): string {
  const all = [...new Set(names)];
  return all.length <= most
    ? all.join(", ")
    : `${all.slice(0, most).join(", ")} … (${all.length} in all)`;
}
