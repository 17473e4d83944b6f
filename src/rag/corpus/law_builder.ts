import { buildUnit, isAppendix, type UnitContext } from "./build_unit.ts";
import type { CorpusLimits } from "./corpus_limits.ts";
import { type Envelope, envelopeField } from "./envelope.ts";
import type { Law, LawUnit } from "./law.ts";
import {
  type Container,
  contextOf,
  isHeaded,
  isKept,
  markUsed,
  openContainer,
  takeTitle,
  titleOfParagraphs,
} from "./law_container.ts";
import { countElement, type LawElement, type MarkupSink } from "./law_element.ts";
import { LawFileError } from "./law_file_error.ts";
import { accountForTitle, plainText, RowWriter } from "./row_writer.ts";
import { countText, TextAccount } from "./text_account.ts";

interface Element extends LawElement {
  readonly children: (LawElement | string)[];
}

/** An element that is open. */
type Frame =
  | { readonly kind: "outside"; readonly field?: keyof Envelope }
  | { readonly kind: "law" | "body" }
  | { readonly kind: "skip"; readonly name: string }
  | { readonly kind: "element"; readonly element: Element }
  | Container;

/**
 * Puts a law together from its parts (法令標準XML, XMLSchemaForJapaneseLaw_v3), one article at a time.
 * It takes any nesting, so that only what is no XML fails: what it does not know inside a provision
 * becomes rows, what it does not know outside is skipped by name.
 */
export class LawBuilder implements MarkupSink {
  readonly account = new TextAccount();
  readonly envelope: Envelope = {};
  readonly #limits: CorpusLimits;
  readonly #frames: Frame[] = [];
  readonly #units: LawUnit[] = [];
  #elements = 0;
  #hasLaw = false;
  #lawNum = "";
  #title = "";
  #abbreviations = "";
  #bare?: { readonly container: Container | undefined; title: string; rows: RowWriter };

  constructor(limits: CorpusLimits) {
    this.#limits = limits;
  }

  /** True once a `Law` was there. */
  get hasLaw(): boolean {
    return this.#hasLaw;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const { depth, elements } = this.#limits;
    if (this.#frames.length >= depth) {
      throw new LawFileError("too deep", `more than ${depth} elements are nested in each other`);
    }
    if (++this.#elements > elements) {
      throw new LawFileError("too large", `it has more than ${elements} elements`);
    }
    this.#frames.push(this.#frameFor(name, attributes, this.#frames.at(-1)));
  }

  text(text: string): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (frame.kind === "outside") {
      const { field } = frame;
      if (field !== undefined) this.envelope[field] = (this.envelope[field] ?? "") + text;
      return;
    }
    this.account.find(text);
    if (frame.kind === "element") frame.element.children.push(text);
    else if (frame.kind === "skip") this.account.skip(frame.name, countText(text));
    else this.account.skip("text between elements", countText(text));
  }

  close(): void {
    const frame = this.#frames.pop()!;
    const above = this.#frames.at(-1);
    if (frame.kind === "container") this.#closeContainer(frame);
    else if (frame.kind === "element" && above?.kind !== "element") {
      this.#take(frame.element, above as Exclude<Frame, { kind: "element" }>);
    }
    if (frame.kind === "body") this.#endBareUnit();
  }

  /**
   * The law, when everything is closed.
   * @param fallbackId where the file itself names no law id.
   * @throws {LawFileError} when there is no law, no name, or no text in it.
   */
  finish(fallbackId?: string): Law {
    if (!this.#hasLaw) {
      throw new LawFileError("no law", "it holds no Law element");
    }
    const { lawId, lawNum = "", title = "", abbreviations = "" } = this.envelope;
    const num = this.#lawNum || lawNum.trim();
    const name = this.#title || title.trim() || num;
    if (name === "") {
      throw new LawFileError("no law", "the law in it has no LawTitle and no LawNum");
    }
    if (this.#units.length === 0) {
      throw new LawFileError("law without text", `${name} has no article and no other text`);
    }
    return {
      lawId: lawId?.trim() || fallbackId || num || name,
      lawNum: num,
      title: name,
      abbreviations: splitAbbreviations([this.#abbreviations, abbreviations], name),
      units: this.#units,
    };
  }

  #frameFor(
    name: string,
    attributes: Readonly<Record<string, string>>,
    above: Frame | undefined,
  ): Frame {
    switch (above?.kind) {
      case "skip":
        return above;
      case "element": {
        const element = { name, attributes, children: [] };
        above.element.children.push(element);
        return { kind: "element", element };
      }
      case "law":
        if (name === "LawBody") return { kind: "body" };
        return name === "LawNum" ? this.#start(name, attributes) : { kind: "skip", name };
      case "body":
        return this.#frameInBody(name, attributes);
      case "container":
        if (isHeaded(name)) {
          this.#endBareUnit();
          return openContainer(name, above.provision, above.amendingLawNum, above);
        }
        return this.#start(name, attributes);
      default:
        if (name !== "Law") return { kind: "outside", field: envelopeField(name) };
        if (this.#hasLaw) throw new LawFileError("several laws", "it holds more than one Law");
        this.#hasLaw = true;
        return { kind: "law" };
    }
  }

  #frameInBody(name: string, attributes: Readonly<Record<string, string>>): Frame {
    if (name !== "EnactStatement") this.#endBareUnit();
    if (name === "MainProvision" || name === "Preamble") return openContainer(name, "main");
    if (name === "SupplProvision") {
      return openContainer(name, "supplementary", attributes.AmendLawNum?.trim() || undefined);
    }
    const isKnown = name === "LawTitle" || name === "EnactStatement" || isAppendix(name);
    return isKnown ? this.#start(name, attributes) : { kind: "skip", name };
  }

  #start(name: string, attributes: Readonly<Record<string, string>>): Frame {
    return { kind: "element", element: { name, attributes, children: [] } };
  }

  /** A whole element below the law, its body or a container. */
  #take(element: LawElement, above: Exclude<Frame, { kind: "element" }>): void {
    if (above.kind === "container") return this.#takeInContainer(element, above);
    if (element.name === "LawNum") {
      this.#lawNum += plainText(element);
      accountForTitle(element, this.account);
    } else if (element.name === "LawTitle") {
      this.#title += plainText(element);
      this.#abbreviations += `,${element.attributes.Abbrev ?? ""}`;
      accountForTitle(element, this.account);
    } else if (element.name === "EnactStatement") {
      this.#bareRows(undefined, "制定文").part(element);
    } else {
      this.#emit(buildUnit(element, { provision: "appendix", headings: [] }, this.account));
    }
  }

  #takeInContainer(element: LawElement, container: Container): void {
    const { name } = element;
    if (takeTitle(container, element)) return;
    if (name === "Article" || isAppendix(name)) {
      this.#endBareUnit();
      const context = contextOf(container);
      // The number of a 附則別表 is no article's number, so that it must not look like one.
      const provision = name === "Article" ? context.provision : "appendix";
      const unit = buildUnit(element, { ...context, provision }, this.account);
      if (unit !== undefined) markUsed(container);
      this.#emit(unit);
      return;
    }
    this.#bareRows(container, titleOfParagraphs(container)).part(element);
  }

  /** Rows of paragraphs that belong to no article; those that follow each other are one unit. */
  #bareRows(container: Container | undefined, title: string): RowWriter {
    if (this.#bare?.container !== container || this.#bare?.title !== title) {
      this.#endBareUnit();
      this.#bare = { container, title, rows: new RowWriter(this.account) };
    }
    return this.#bare!.rows;
  }

  #endBareUnit(): void {
    if (this.#bare === undefined) return;
    const { container, title, rows: { rows } } = this.#bare;
    this.#bare = undefined;
    if (rows.length === 0) return;
    if (container !== undefined) markUsed(container);
    const { provision, amendingLawNum, headings }: UnitContext = container === undefined
      ? { provision: "main", headings: [] }
      : contextOf(container);
    this.#emit({
      provision,
      ...(amendingLawNum === undefined ? {} : { amendingLawNum }),
      title,
      caption: "",
      headings,
      isDeleted: rows.every(({ text }) => text.replace(/\s/g, "") === "削除"),
      rows,
    });
  }

  #closeContainer(container: Container): void {
    if (this.#bare?.container === container) this.#endBareUnit();
    for (const title of container.titles) {
      if (isKept(container, title)) accountForTitle(title, this.account);
      else if (container.hasUnits) this.account.skip(title.name, countElement(title));
      else this.account.skip(`${title.name} without articles`, countElement(title));
    }
  }

  #emit(unit: LawUnit | undefined): void {
    if (unit !== undefined) this.#units.push(unit);
  }
}

function splitAbbreviations(lists: readonly string[], title: string): string[] {
  const names = lists.flatMap((list) => list.split(/[,，、]/)).map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== "" && name !== title);
}
