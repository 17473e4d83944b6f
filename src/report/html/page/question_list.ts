/// <reference lib="dom" />
import { byId, type Child, element, say } from "./element.ts";
import type { GivenMark, RowData } from "./page_data.ts";
import { changeOf, compareRows, isShown, type RowFilter, type SortKey } from "./row_filter.ts";
import type { ReportData } from "./load_data.ts";

/** Height of every line in CSS pixels, as the style has it. */
const ROW_HEIGHT = 34;
/** Lines drawn above and below what is seen. */
const MARGIN_ROWS = 12;
/** Most lines on paper. */
const MOST_PRINTED = 1000;

const MARKS = { c: "✓", w: "✗", u: "?", t: "…", e: "!" } as const;
const OUTCOMES = {
  c: say("正答", "right"),
  w: say("不正解", "wrong"),
  u: say("読み取れない", "unparsed"),
  t: say("途中で切れた", "truncated"),
  e: say("エラー", "error"),
};

/** A mark, and for ears what it means. */
export function givenBadge(given: GivenMark | null | undefined): Child {
  if (given === null || given === undefined) return "–";
  const [outcome, letter] = given;
  return element(
    "span",
    { class: `given given-${outcome}` },
    element("span", { "aria-hidden": "true" }, MARKS[outcome]),
    letter,
    element("span", { class: "unseen" }, cloned(OUTCOMES[outcome])),
  );
}

/** The list of questions: of thousands only those in sight are in the page. */
export class QuestionList {
  readonly #data: ReportData;
  readonly #open: (row: number) => void;
  readonly #box = byId("list");
  readonly #body = element("tbody");
  readonly #table: HTMLTableElement;
  /** Places in the data, in the order shown. */
  #shown: number[] = [];
  #current: number | undefined;
  #sort: { key: SortKey; isDown: boolean } = { key: "n", isDown: false };
  #isPrinting = false;

  /** @param open called with a question's place in the data. */
  constructor(data: ReportData, open: (row: number) => void) {
    this.#data = data;
    this.#open = open;
    this.#table = element(
      "table",
      {
        role: "grid",
        tabindex: "0",
        "data-label-ja": "設問の一覧",
        "data-label-en": "List of questions",
        "aria-label": "設問の一覧",
      },
      element("thead", {}, element("tr", {}, this.#headings())),
      this.#body,
    );
    this.#box.replaceChildren(this.#table);
    this.#box.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.#table.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => {
      const line = (event.target as Element).closest("tr");
      if (line?.dataset["row"] === undefined) return;
      this.select(Number(line.dataset["row"]));
      this.#open(Number(line.dataset["row"]));
    });
    addEventListener("resize", () => this.#draw());
    addEventListener("beforeprint", () => this.#print(true));
    addEventListener("afterprint", () => this.#print(false));
  }

  /** Shows what a filter leaves. */
  filter(filter: RowFilter): number {
    const { rows } = this.#data.page;
    this.#shown = rows.flatMap((row, place) =>
      isShown(row, filter, () => this.#data.searchText(place)) ? [place] : []
    );
    this.#order();
    return this.#shown.length;
  }

  /** Marks a question and scrolls to it, if it is shown. */
  select(row: number): void {
    this.#current = row;
    const place = this.#shown.indexOf(row);
    if (place >= 0) {
      const head = this.#table.tHead!.offsetHeight;
      const [top, height] = [place * ROW_HEIGHT, this.#box.clientHeight - head];
      if (top < this.#box.scrollTop) this.#box.scrollTop = top;
      else if (top + ROW_HEIGHT > this.#box.scrollTop + height) {
        this.#box.scrollTop = top + ROW_HEIGHT - height;
      }
    }
    this.#draw();
  }

  /** Gives the list the keys: arrows and the like move within it, Enter reads on. */
  focus(): void {
    this.#box.scrollIntoView({ block: "nearest" });
    // The table is as high as all its lines: only its box is to come into sight.
    this.#table.focus({ preventScroll: true });
  }

  /** Goes on by some questions, opens the one there and gives the list the keys. */
  move(by: number): void {
    this.focus();
    if (this.#shown.length === 0) return;
    const at = this.#current === undefined ? -1 : this.#shown.indexOf(this.#current);
    const place = Math.min(this.#shown.length - 1, Math.max(0, at < 0 ? 0 : at + by));
    this.select(this.#shown[place]!);
    this.#open(this.#shown[place]!);
  }

  #headings(): HTMLElement[] {
    const { runs } = this.#data.page;
    const columns: [SortKey, Child, string][] = [
      ["n", "#", "n"],
      ["law", say("法令", "Law"), "law"],
      ["text", say("設問", "Question"), "text"],
      ["gold", say("正解", "Gold"), "gold"],
      ...runs.map((name, run): [SortKey, Child, string] => [run, name, "run"]),
      ...(runs.length > 1
        ? [["change", say("変化", "Change"), "change"] as [SortKey, Child, string]]
        : []),
    ];
    return columns.map(([key, title, kind]) => {
      const button = element("button", { type: "button" }, title);
      const heading = element("th", { scope: "col", class: `col-${kind}` }, button);
      button.addEventListener("click", () => {
        this.#sort = { key, isDown: this.#sort.key === key && !this.#sort.isDown };
        for (const other of this.#table.tHead!.querySelectorAll("th")) {
          other.removeAttribute("aria-sort");
        }
        heading.setAttribute("aria-sort", this.#sort.isDown ? "descending" : "ascending");
        this.#order();
      });
      return heading;
    });
  }

  #order(): void {
    const { rows } = this.#data.page;
    const { key, isDown } = this.#sort;
    this.#shown.sort((x, y) => (isDown ? -1 : 1) * compareRows(rows[x]!, rows[y]!, key) || x - y);
    this.#table.setAttribute("aria-rowcount", String(this.#shown.length + 1));
    this.#box.scrollTop = 0;
    this.#draw();
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#box;
    const most = this.#isPrinting ? MOST_PRINTED : Infinity;
    const start = this.#isPrinting
      ? 0
      : Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN_ROWS);
    const end = Math.min(
      this.#shown.length,
      this.#isPrinting ? most : start + Math.ceil(clientHeight / ROW_HEIGHT) + 2 * MARGIN_ROWS,
    );
    const rest = this.#isPrinting ? 0 : this.#shown.length - end;
    this.#body.replaceChildren(
      ...this.#space(start),
      ...this.#shown.slice(start, end).map((row, place) => this.#line(row, start + place)),
      ...this.#space(rest),
    );
    const isThere = this.#current !== undefined &&
      this.#shown.slice(start, end).includes(this.#current);
    if (isThere) this.#table.setAttribute("aria-activedescendant", `row-${this.#current}`);
    else this.#table.removeAttribute("aria-activedescendant");
  }

  #line(row: number, place: number): HTMLElement {
    const data = this.#data.page.rows[row]!;
    return element(
      "tr",
      {
        id: `row-${row}`,
        "data-row": String(row),
        "aria-rowindex": String(place + 2),
        "aria-selected": String(row === this.#current),
      },
      element("td", { class: "figure" }, String(data.n)),
      element("td", { class: "cut", title: data.law }, data.law),
      element("td", { class: "cut" }, data.text.slice(0, 160)),
      element("td", { class: "letter" }, data.gold),
      data.given.map((given) => element("td", { class: "letter" }, givenBadge(given))),
      data.given.length > 1 && element("td", { class: "letter" }, changeBadge(data)),
    );
  }

  /** Stands for lines that are not drawn. */
  #space(rows: number): HTMLElement[] {
    if (rows <= 0) return [];
    const columns = this.#table.tHead!.rows[0]!.cells.length;
    const cell = element("td", { colspan: String(columns) });
    cell.style.height = `${rows * ROW_HEIGHT}px`;
    return [element("tr", { "aria-hidden": "true", class: "space" }, cell)];
  }

  #onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#box.clientHeight / ROW_HEIGHT) - 2);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const by = steps[event.key];
    if (event.target !== this.#table || event.ctrlKey || event.altKey || event.metaKey) return;
    if (by !== undefined) {
      event.preventDefault();
      this.move(by);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.#current === undefined) this.move(0);
      byId("detail").focus();
    }
  }

  #print(isPrinting: boolean): void {
    this.#isPrinting = isPrinting;
    this.#draw();
  }
}

function changeBadge(row: RowData): Child {
  const change = changeOf(row);
  if (change === "") return "";
  const [mark, meaning] = {
    up: ["▲", say("新しく正答", "gained")],
    down: ["▼", say("失った", "lost")],
    mixed: ["▲▼", say("ランによる", "both")],
  }[change] as [string, Child];
  return element(
    "span",
    { class: `change change-${change}` },
    element("span", { "aria-hidden": "true" }, mark),
    element("span", { class: "unseen" }, meaning),
  );
}

function cloned(child: Child): Child {
  return Array.isArray(child)
    ? child.map(cloned)
    : child instanceof Node
    ? child.cloneNode(true)
    : child;
}
