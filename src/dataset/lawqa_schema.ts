import { z } from "zod";
import { LETTERS } from "./question.ts";

const text = z.string({
  error: (issue) => issue.input === undefined ? "is missing" : "must be text",
});
const filledText = text.refine((value) => value.trim() !== "", "must not be empty");

/** One item of a lawqa_jp file as it is written there. */
export const lawqaItemSchema = z.object({
  ファイル名: filledText,
  コンテキスト: text.default(""),
  問題文: filledText,
  指示: text.default(""),
  選択肢: z.union([filledText, z.strictObject({ a: text, b: text, c: text, d: text })], {
    error: 'must be four lines "a …" to "d …", or an object {"a": …, "b": …, "c": …, "d": …}',
  }),
  output: text.transform((value) => value.trim()).pipe(
    z.enum(LETTERS, {
      error: (issue) => `must be a, b, c or d, not ${JSON.stringify(issue.input)}`,
    }),
  ),
  references: z.array(text, { error: "must be a list of texts" }).default([]),
  回答オーダーマップ番号: z.union([z.string(), z.number()], { error: 'must be "1" to "4"' })
    .transform(String)
    .refine((value) => /^[1-4]$/.test(value), 'must be "1" to "4"')
    .optional(),
}, { error: "must be an object" });

/** One item as written, after the check. */
export type LawqaItem = z.infer<typeof lawqaItemSchema>;
