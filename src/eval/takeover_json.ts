import type { LetterTakeover } from "../stats/letter_takeover.ts";

/** Digits of a p-value: JavaScript engines differ in the last bits of exp and log. */
const P_VALUE_DIGITS = 9;

/** A takeover as files have it. */
export function takeoverJson(
  { letter, count, answered, expectedShare, pValue }: LetterTakeover,
) {
  return {
    letter,
    count,
    answered,
    expected_share: expectedShare,
    p_value: Number(pValue.toPrecision(P_VALUE_DIGITS)),
  };
}
