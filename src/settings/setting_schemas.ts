import { z } from "zod";

/** Words that a schema takes, for those that take words. */
const WORDS = z.registry<{ readonly words: readonly string[] }>();

/** The words that a schema takes; none where it takes other text. */
export function wordsOf(schema: z.ZodType): readonly string[] {
  return WORDS.get(schema)?.words ?? [];
}

/** Text of a whole number within bounds -> number. Bounds are inclusive. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): z.ZodType<number, string> {
  const expected = max === Number.MAX_SAFE_INTEGER
    ? `a whole number of at least ${min}`
    : `a whole number from ${min} to ${max}`;
  return z.string().regex(/^[+-]?\d+$/, expected).transform(Number).pipe(
    z.number().int(expected).min(min, expected).max(max, expected),
  );
}

/** Text of a decimal number within bounds -> number. Bounds are inclusive. */
export function decimalNumber(min: number, max: number): z.ZodType<number, string> {
  const expected = `a number from ${min} to ${max}`;
  return z.string().regex(/^[+-]?(\d+(\.\d*)?|\.\d+)$/, expected).transform(Number).pipe(
    z.number().min(min, expected).max(max, expected),
  );
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
};

/** Text of a truth value, any case -> boolean. */
export const truthValue: z.ZodType<boolean, string> = z.string()
  .transform((text) => text.toLowerCase())
  .refine((text) => Object.hasOwn(TRUTHS, text), "true or false (also 1/0, yes/no, on/off)")
  .transform((text) => TRUTHS[text]!);

/** One of some words, upper or lower case; the message lists them. */
export function oneOf<const T extends readonly string[]>(words: T): z.ZodType<T[number], string> {
  return z.string()
    .transform((text) => text.toLowerCase())
    .refine((text): text is T[number] => words.includes(text), `one of ${words.join(", ")}`)
    .register(WORDS, { words });
}

/** Some of some words, with commas between them -> those words, each once. */
export function listOf<const T extends readonly string[]>(
  words: T,
): z.ZodType<readonly T[number][], string> {
  return z.string()
    .transform((text) => [...new Set(text.toLowerCase().split(",").map((word) => word.trim()))])
    .refine(
      (list): list is T[number][] => list.every((word) => words.includes(word)),
      `${words.join(" or ")}, or several with commas between them`,
    )
    .register(WORDS, { words });
}

/** "auto", or a number of questions that are read together. */
export const batchSize: z.ZodType<number | "auto", string> = z.string()
  .refine(
    (text) => text.toLowerCase() === "auto" || /^[1-9]\d?$/.test(text),
    "auto or a whole number from 1 to 99",
  )
  .transform((text) => text.toLowerCase() === "auto" ? "auto" as const : Number(text))
  .register(WORDS, { words: ["auto"] });

/** How many orders of the choices a question is asked in. */
export const orderCount: z.ZodType<1 | 4, string> = z.string()
  .refine((text) => text === "1" || text === "4", "1 (as in the file) or 4 (lawqa_jp's orders)")
  .transform((text) => text === "1" ? 1 : 4);

/** Any text but the empty one. */
export const someText: z.ZodType<string, string> = z.string().min(1, "some text");
