import type { LetterTakeover } from "../stats/letter_takeover.ts";

/** A takeover as files have it. */
export function takeoverJson(
  { letter, count, answered, expectedShare, pValue }: LetterTakeover,
) {
  return { letter, count, answered, expected_share: expectedShare, p_value: pValue };
}
