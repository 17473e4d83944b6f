/// <reference lib="dom" />
import { diffArrays } from "diff";
import { type Child, element } from "./element.ts";

/** Longer texts are not compared word by word. */
const MOST_CHARACTERS = 60_000;
/** Beyond so many changed words marks help nobody, and finding them takes long. */
const MOST_CHANGES = 4_000;
const MOST_MS = 400;

/**
 * Two texts with the words marked that the other lacks; undefined where they are too long or too
 * different. Words as the browser's Japanese segmenter cuts them.
 */
export function markDifferences(first: string, second: string): [Child, Child] | undefined {
  if (first === second || first.length + second.length > MOST_CHARACTERS) return undefined;
  const changes = diffArrays(words(first), words(second), {
    maxEditLength: MOST_CHANGES,
    timeout: MOST_MS,
  });
  if (changes === undefined) return undefined;
  return [
    changes.filter(({ added }) => !added).map(({ value, removed }) =>
      removed ? element("del", {}, value.join("")) : value.join("")
    ),
    changes.filter(({ removed }) => !removed).map(({ value, added }) =>
      added ? element("ins", {}, value.join("")) : value.join("")
    ),
  ];
}

function words(text: string): string[] {
  if (!("Segmenter" in Intl)) return text.split(/(\s+|[、。，．])/).filter((word) => word !== "");
  const segmenter = new Intl.Segmenter("ja", { granularity: "word" });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
