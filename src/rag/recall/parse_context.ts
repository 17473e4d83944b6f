import { findPlaces } from "../cite/find_places.ts";
import { foldWidth } from "../cite/fold_width.ts";
import type { Place } from "../cite/place.ts";
import type { LawRow, LawUnit } from "../corpus/law.ts";

/** An article, a 別表 or a section of a guideline in a コンテキスト. */
export interface ContextUnit {
  /** The law or guideline as its heading names it. */
  readonly lawTitle: string;
  /** Without a number and not a 別表: no part of a statute that can be cited by article. */
  readonly unit: LawUnit;
}

/** A heading below the first two levels that is a law's title all the same. */
const LAW_TITLE = /^[^第0-9A-Z(].*(?:法|法律|令|規則)$/;

/**
 * The articles of a コンテキスト by its headings: `## 法令`, `### 第5条`, `#### 第6項`, `##### 第2号`,
 * `別表第一`. Levels are read loosely, because the files are written so: what a heading says counts.
 * What stands under any other heading is one unit for each law or guideline, without a number.
 */
export function parseContext(context: string): ContextUnit[] {
  const reader = new ContextReader();
  for (const line of context.split("\n")) {
    const heading = /^(#+)\s*(.*\S)\s*$/.exec(line);
    if (heading !== null) reader.heading(heading[1]!.length, heading[2]!);
    else if (line.trim() !== "") reader.text(line.trim());
  }
  return reader.units();
}

interface OpenRow extends Omit<LawRow, "text"> {
  readonly lines: string[];
}

interface OpenUnit extends Omit<LawUnit, "rows"> {
  readonly lawTitle: string;
  readonly rows: OpenRow[];
}

class ContextReader {
  readonly #units: OpenUnit[] = [];
  #lawTitle = "";
  #unit: OpenUnit | undefined;
  #row: OpenRow | undefined;
  #sectionPath: string[] = [];

  heading(level: number, text: string): void {
    const place = wholePlace(text);
    if (place === undefined && (level <= 2 || (level === 3 && LAW_TITLE.test(text)))) {
      this.#lawTitle = text;
      this.#unit = this.#row = undefined;
      this.#sectionPath = [];
    } else if (place?.num !== undefined || (place?.provision ?? "main") !== "main") {
      this.#open(place!, text);
    } else if (place !== undefined) {
      this.#row = undefined;
      this.#openRow(place);
    } else if (this.#unit?.num !== undefined || this.#unit?.provision === "appendix") {
      // イ below an item, or an entry of a 別表.
      this.text(text);
    } else {
      this.#sectionPath.push(text);
      this.#row = undefined;
    }
  }

  text(line: string): void {
    if (this.#lawTitle === "") this.#lawTitle = line.slice(0, 40);
    this.#row ??= this.#openRow({ provision: "main" });
    this.#row.lines.push(line);
  }

  units(): ContextUnit[] {
    return this.#units.map(({ lawTitle, ...unit }) => {
      const rows = unit.rows.filter((row) => row.lines.length > 0)
        .map(({ lines, ...row }) => ({ ...row, text: lines.join("\n") }));
      // A row is never empty; an article may be all heading.
      if (rows.length === 0) rows.push({ kind: "paragraph", text: unit.title });
      return { lawTitle, unit: { ...unit, rows } };
    });
  }

  #open({ provision, num }: Place, title: string): OpenUnit {
    this.#unit = {
      lawTitle: this.#lawTitle,
      provision,
      ...(num === undefined ? {} : { num }),
      title,
      caption: "",
      headings: [],
      isDeleted: false,
      rows: [],
    };
    this.#row = undefined;
    this.#units.push(this.#unit);
    return this.#unit;
  }

  #openRow({ paragraph, item, subitems }: Place): OpenRow {
    const unit = this.#unit ??= this.#open(
      { provision: "main" },
      this.#sectionPath.join(" ") || this.#lawTitle,
    );
    const isArticle = unit.num !== undefined && unit.provision !== "appendix";
    const inParagraph = paragraph ??
      unit.rows.at(-1)?.paragraph ?? (isArticle ? "1" : undefined);
    this.#row = {
      kind: unit.provision === "appendix" ? "table" : item === undefined ? "paragraph" : "item",
      ...(inParagraph === undefined ? {} : { paragraph: inParagraph }),
      ...(item === undefined ? {} : { item }),
      ...(subitems === undefined ? {} : { subitems }),
      lines: [],
    };
    unit.rows.push(this.#row);
    return this.#row;
  }
}

/** The place that a heading is, if it is nothing else: not 第4条（募集又は売出の届出）関係. */
function wholePlace(heading: string): Place | undefined {
  const folded = foldWidth(heading);
  const [mention] = findPlaces(folded);
  const isWhole = mention?.start === 0 && mention.end === folded.length;
  return isWhole && (mention.anchor === "number" || mention.anchor === "none")
    ? mention.place
    : undefined;
}
