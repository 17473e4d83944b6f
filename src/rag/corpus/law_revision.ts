import type { LawFile } from "./law_files.ts";

/** What e-Gov's names of files and folders say: `323AC0000000025_20240401_504AC0000000068`. */
export interface LawFileName {
  /** 15 digits and capital letters. */
  readonly lawId: string;
  /** Day from which the revision is in force, as `20240401`; absent in a name without one. */
  readonly inForceFrom?: string;
}

/**
 * Reads the name of a file or, where that says nothing, of the folder it is in.
 * @returns undefined for any other name.
 */
export function parseLawFileName(path: string): LawFileName | undefined {
  const parts = path.split(/[/\\!]/);
  for (const part of [parts.at(-1), parts.at(-2)]) {
    const match = /^(\d{3}[0-9A-Z]{12})(?:_(\d{8})_[0-9A-Z]{15})?(?![0-9A-Za-z])/.exec(part ?? "");
    if (match === null) continue;
    const [, lawId, inForceFrom] = match;
    return { lawId: lawId!, ...(inForceFrom === undefined ? {} : { inForceFrom }) };
  }
  return undefined;
}

/** Why a file is not read although it holds a law. */
export type RevisionReason = "older revision" | "not yet in force" | "revision of the same day";

/** Which files of a corpus are read. */
export interface ChosenFiles {
  /**
   * One a law, in the order of law ids; files whose names say no law id come behind them, by name.
   * The order is the same wherever the files lie, in folders or archives: the numbers of units and
   * the digest of an index depend on it.
   */
  readonly files: readonly { readonly file: LawFile; readonly lawId?: string }[];
  readonly skipped: readonly { readonly file: LawFile; readonly reason: RevisionReason }[];
}

/**
 * Keeps one revision of each law: the newest of those in force.
 * @param today as `20240401`; what is in force from a later day on is left out.
 */
export function chooseRevisions(files: readonly LawFile[], today: string): ChosenFiles {
  const laws = new Map<string, { file: LawFile; inForceFrom: string }[]>();
  const unnamed: LawFile[] = [];
  const skipped: { file: LawFile; reason: RevisionReason }[] = [];
  for (const file of [...files].sort(compareNames)) {
    const name = parseLawFileName(file.name);
    if (name === undefined) unnamed.push(file);
    else if ((name.inForceFrom ?? "") > today) skipped.push({ file, reason: "not yet in force" });
    else {
      const revisions = laws.get(name.lawId) ?? [];
      laws.set(name.lawId, revisions);
      revisions.push({ file, inForceFrom: name.inForceFrom ?? "" });
    }
  }
  const chosen: { file: LawFile; lawId?: string }[] = [];
  for (const [lawId, revisions] of [...laws].sort(([a], [b]) => compare(a, b))) {
    // A stable sort: of two with the same day the later name wins.
    const [newest, ...older] = revisions.toSorted((a, b) => compare(a.inForceFrom, b.inForceFrom))
      .reverse();
    chosen.push({ file: newest!.file, lawId });
    for (const { file, inForceFrom } of older) {
      const isSameDay = inForceFrom === newest!.inForceFrom;
      skipped.push({ file, reason: isSameDay ? "revision of the same day" : "older revision" });
    }
  }
  return { files: [...chosen, ...unnamed.map((file) => ({ file }))], skipped };
}

/** By the last part of their names first, which stays the same in a folder and in an archive. */
function compareNames({ name: a }: LawFile, { name: b }: LawFile): number {
  return compare(lastPart(a), lastPart(b)) || compare(a, b);
}

function lastPart(name: string): string {
  return name.split(/[/\\!]/).at(-1)!;
}

/** The day in Japan at a moment, as `20240401`. */
export function dayInJapan(moment: Date): string {
  return new Date(moment.getTime() + 9 * 3_600_000).toISOString().slice(0, 10).replaceAll("-", "");
}

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
