import type { UnitContext } from "./build_unit.ts";
import type { Provision } from "./law.ts";
import type { LawElement } from "./law_element.ts";
import { plainText } from "./row_writer.ts";

/** Elements that give headings to the units below them. */
const HEADED = new Set(["Part", "Chapter", "Section", "Subsection", "Division"]);

/** True for 編, 章, 節, 款 and 目. */
export function isHeaded(name: string): boolean {
  return HEADED.has(name);
}

/** An open element that holds units: 本則, 附則, 前文, and what {@linkcode isHeaded}. */
export interface Container {
  readonly kind: "container";
  readonly name: string;
  readonly provision: Provision;
  readonly amendingLawNum?: string;
  readonly parent?: Container;
  headings: readonly string[];
  /** Its title; accounted for when it is known whether a unit stands below it. */
  readonly titles: LawElement[];
  hasUnits: boolean;
  /** True where a unit is called by its label. */
  isLabelUsed: boolean;
}

/** A container whose start was read. */
export function openContainer(
  name: string,
  provision: Provision,
  amendingLawNum?: string,
  parent?: Container,
): Container {
  return {
    kind: "container",
    name,
    provision,
    ...(amendingLawNum === undefined ? {} : { amendingLawNum }),
    ...(parent === undefined ? {} : { parent }),
    headings: parent?.headings ?? [],
    titles: [],
    hasUnits: false,
    isLabelUsed: false,
  };
}

/** Takes its title or 附則's label; gives false for any other element. */
export function takeTitle(container: Container, element: LawElement): boolean {
  if (element.name === "SupplProvisionLabel") {
    container.titles.push(element);
    return true;
  }
  if (element.name !== `${container.name}Title`) return false;
  container.titles.push(element);
  const heading = plainText(element);
  if (heading !== "") container.headings = [...container.headings, heading];
  return true;
}

/** What surrounds the units in it. */
export function contextOf({ provision, amendingLawNum, headings }: Container): UnitContext {
  return {
    provision,
    ...(amendingLawNum === undefined ? {} : { amendingLawNum }),
    headings,
  };
}

/** What paragraphs in it are called that belong to no article. */
export function titleOfParagraphs(container: Container): string {
  let top = container;
  while (top.parent !== undefined) top = top.parent;
  if (top.name === "Preamble") return "前文";
  if (top.provision === "main") return "本則";
  top.isLabelUsed = true;
  const labels = top.titles.filter(({ name }) => name === "SupplProvisionLabel");
  return labels.map(withoutSpaces).join("") || "附則";
}

/** True where a container's units keep what a title of it says. */
export function isKept(container: Container, title: LawElement): boolean {
  if (!container.hasUnits) return false;
  if (title.name !== "SupplProvisionLabel") return true;
  return container.isLabelUsed || withoutSpaces(title) === "附則";
}

function withoutSpaces(element: LawElement): string {
  return plainText(element).replace(/\s/g, "");
}

/** Notes that a unit stands in it. */
export function markUsed(container: Container): void {
  for (let one: Container | undefined = container; one !== undefined; one = one.parent) {
    one.hasUnits = true;
  }
}
