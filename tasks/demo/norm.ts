import { type Slot, type SlotKind, word } from "./slot.ts";

/** A verb in the three forms that the norms need. */
export interface Verb {
  /** 提出する */
  readonly plain: string;
  /** 提出し (before なければならない) */
  readonly negative: string;
  /** 提出して (before はならない) */
  readonly te: string;
}

/** The verb made from a noun with する. */
export function suru(noun: string): Verb {
  return { plain: `${noun}する`, negative: `${noun}し`, te: `${noun}して` };
}

/** The verb with an object or adverb before it. */
export function withObject(object: string, verb: Verb): Verb {
  return {
    plain: object + verb.plain,
    negative: object + verb.negative,
    te: object + verb.te,
  };
}

/** The two values of each kind of norm; either may be the law, so no prior tells which. */
export const NORMS = {
  duty: ["must", "need-not"],
  power: ["may", "may-not"],
  ban: ["must-not", "may"],
  discretion: ["may", "must"],
} as const satisfies Partial<Record<SlotKind, readonly [string, string]>>;

/** Kinds of slot that hold a norm. */
export type NormKind = keyof typeof NORMS;

/** Whether a slot of this kind holds a norm and not a word or number. */
export function isNormKind(kind: SlotKind): kind is NormKind {
  return kind in NORMS;
}

/** A norm slot; its law form is its key because {@link lawNorm} writes it with a verb. */
export function norm(kind: NormKind, value: string): Slot {
  return word(kind, value);
}

/** How the statute words a norm on a verb. */
export function lawNorm(slot: Slot, verb: Verb): string {
  return sayNorm(slot.value, verb, 0);
}

/**
 * A norm on a verb in one of three manners: 0 the statute's own, 1 and 2 those of somebody who
 * explains it.
 * @throws Error for a value that is no norm
 */
export function sayNorm(value: string, verb: Verb, manner: 0 | 1 | 2): string {
  const { plain, negative, te } = verb;
  const ways: Record<string, readonly [string, string, string]> = {
    "must": [`${negative}なければならない`, `${plain}義務がある`, `${plain}必要がある`],
    "need-not": [`${plain}ことを要しない`, `${plain}義務はない`, `${plain}必要はない`],
    "may": [`${plain}ことができる`, `${plain}ことが認められている`, `${plain}ことが許されている`],
    "may-not": [
      `${plain}ことができない`,
      `${plain}ことは認められていない`,
      `${plain}ことは許されていない`,
    ],
    "must-not": [
      `${te}はならない`,
      `${plain}ことは禁止されている`,
      `${plain}ことは禁じられている`,
    ],
  };
  const way = ways[value];
  if (way === undefined) throw new Error(`"${value}" is no norm`);
  return way[manner];
}
