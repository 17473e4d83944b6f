import type { CorpusStore, StoredLaw } from "../rag/index/corpus_store.ts";
import { lawJson, rowJson, unitJson } from "../report/law_json.ts";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

/** The options of `houqa laws show`. */
export interface LawsShowFlags {
  readonly index: string;
  readonly json?: boolean;
}

/**
 * Runs `houqa laws show`.
 * @param placeWords words of the place, which a shell has taken apart where it holds spaces.
 */
export async function runLawsShow(
  lawText: string,
  placeWords: readonly string[],
  flags: LawsShowFlags,
  context: CliContext,
): Promise<number> {
  await requirePermissions([{ name: "read", path: flags.index }], "laws", context.words.slice(1));
  const { openIndex } = await import("../rag/index/open_index.ts");
  const { findLaw } = await import("../rag/corpus/find_law.ts");
  const index = await openIndex(flags.index);
  try {
    const { corpus } = index;
    const { law, place } = findLaw(corpus, lawText);
    const words = place === undefined ? placeWords : [place, ...placeWords];
    const text = words.length === 0
      ? await contents(corpus, law, flags)
      : await articles(corpus, law, words.join(" "), flags);
    print(text);
    return EXIT.done;
  } finally {
    index.close();
  }
}

async function contents(
  corpus: CorpusStore,
  law: StoredLaw,
  { json }: LawsShowFlags,
): Promise<string> {
  const { renderContents, renderLawTitle } = await import("../report/law_report.ts");
  const units = Array.from({ length: law.unitCount }, (_, i) => corpus.unit(law.firstUnit + i));
  if (json) return formatJson(law, units.map(unitJson));
  return [renderLawTitle(law), renderContents(units), ...addressOf(law)].join("\n");
}

async function articles(
  corpus: CorpusStore,
  law: StoredLaw,
  placeText: string,
  { json }: LawsShowFlags,
): Promise<string> {
  const { findUnits } = await import("../rag/corpus/find_units.ts");
  const { selectFromUnits } = await import("../rag/corpus/select_rows.ts");
  const { renderLawTitle, renderUnit } = await import("../report/law_report.ts");
  const { place, units, elsewhere } = findUnits(corpus, law, placeText);
  const all = units.map((unit) => ({ unit, rows: corpus.rowsOf(unit.unit) }));
  const shown = selectFromUnits(all, place);
  if (json) {
    const found = shown.map(({ unit, selected }) => ({
      ...unitJson(unit),
      rows: selected.map(({ row, isParent }) => ({ ...rowJson(row), is_parent_text: isParent })),
    }));
    return formatJson(law, found);
  }
  const { nameOfUnit } = await import("../rag/corpus/name_of_unit.ts");
  const isPart = place.paragraph !== undefined || place.item !== undefined;
  const [other] = isPart ? [] : elsewhere;
  const hint = other === undefined ? [] : [
    `(${elsewhere.length} more ${
      place.num === undefined ? "in 附則 of laws that amend it" : "of that number in 附則"
    }: houqa laws show ${quoteForShell(law.lawId)} ${
      // Of a 附則 that was asked for as a whole, the next one as a whole.
      quoteForShell(nameOfUnit(place.num === undefined ? { ...other, title: "附則" } : other))})`,
  ];
  return [
    renderLawTitle(law),
    ...shown.flatMap(({ unit, selected }) => [
      renderUnit({ unit, rows: selected.map(({ row }) => row) }),
      "",
    ]).slice(0, -1),
    ...hint,
    ...addressOf(law),
  ].join("\n");
}

function formatJson(law: StoredLaw, units: readonly unknown[]): string {
  return JSON.stringify({ ...lawJson(law), abbreviations: law.abbreviations, units }, null, 2);
}

function addressOf({ lawId }: StoredLaw): string[] {
  return /^\d{3}[0-9A-Z]{12}$/.test(lawId) ? [`https://laws.e-gov.go.jp/law/${lawId}`] : [];
}
