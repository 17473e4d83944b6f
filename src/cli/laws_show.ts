import type { CorpusStore, StoredLaw, StoredUnit } from "../rag/index/corpus_store.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

/** The options of `houqa laws show`. */
export interface LawsShowFlags {
  readonly index: string;
  readonly json?: boolean;
}

/** Runs `houqa laws show`. */
export async function runLawsShow(
  lawText: string,
  placeText: string | undefined,
  flags: LawsShowFlags,
  context: CliContext,
): Promise<number> {
  await requirePermissions([{ name: "read", path: flags.index }], "laws", context.words.slice(1));
  const { openIndex } = await import("../rag/index/open_index.ts");
  const { findLaw } = await import("../rag/corpus/find_law.ts");
  const index = await openIndex(flags.index);
  try {
    const { corpus } = index;
    const law = findLaw(corpus, lawText);
    const text = placeText === undefined
      ? await contents(corpus, law, flags)
      : await articles(corpus, law, placeText, flags);
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
  if (json) return JSON.stringify({ ...lawJson(law), units: units.map(unitJson) }, null, 2);
  return [renderLawTitle(law), renderContents(units), ...addressOf(law)].join("\n");
}

async function articles(
  corpus: CorpusStore,
  law: StoredLaw,
  placeText: string,
  { json }: LawsShowFlags,
): Promise<string> {
  const { findUnits } = await import("../rag/corpus/find_units.ts");
  const { renderLawTitle, renderUnit } = await import("../report/law_report.ts");
  const { units, elsewhere } = findUnits(corpus, law, placeText);
  const shown = units.map((unit) => ({ unit, rows: corpus.rowsOf(unit.unit) }));
  if (json) {
    const all = shown.map(({ unit, rows }) => ({
      ...unitJson(unit),
      rows: rows.map(({ kind, paragraph, item, subitems, text }) => ({
        ...{ kind, paragraph: paragraph ?? null, item: item ?? null, subitems: subitems ?? [] },
        text,
      })),
    }));
    return JSON.stringify({ ...lawJson(law), units: all }, null, 2);
  }
  const hint = elsewhere.length === 0 ? [] : [
    `(${elsewhere.length} more of that number in the 附則: houqa laws show ${law.title} 附則${
      elsewhere[0]!.title
    })`,
  ];
  return [
    renderLawTitle(law),
    ...shown.flatMap((one) => [renderUnit(one), ""]).slice(0, -1),
    ...hint,
    ...addressOf(law),
  ].join("\n");
}

function addressOf({ lawId }: StoredLaw): string[] {
  return /^\d{3}[0-9A-Z]{12}$/.test(lawId) ? [`https://laws.e-gov.go.jp/law/${lawId}`] : [];
}

function lawJson({ lawId, lawNum, title, abbreviations }: StoredLaw) {
  return { law_id: lawId, law_num: lawNum, law_title: title, abbreviations };
}

function unitJson(unit: StoredUnit) {
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
