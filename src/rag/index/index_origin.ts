import { z } from "zod";
import { quoteForShell } from "../../settings/quote_for_shell.ts";

/** From what an index was built, as far as it is known. */
export interface IndexOrigin {
  readonly source?: string;
  /** Day as `2024-04-01`. */
  readonly asOf?: string;
}

/** Longer paths, or such with signs that a terminal acts on, are of a damaged manifest. */
const PATH = /^[^\p{Cc}\p{Cf}\u2028\u2029]{1,300}$/u;

/** What a manifest says of its origin, whatever else is wrong with it. */
export function originOf(manifest: unknown): IndexOrigin {
  const corpus = z.object({
    corpus: z.object({
      source: z.string().regex(PATH).optional().catch(undefined),
      as_of: z.iso.date().optional().catch(undefined),
    }),
  }).safeParse(manifest).data?.corpus;
  return {
    ...(corpus?.source === undefined ? {} : { source: corpus.source }),
    ...(corpus?.as_of === undefined ? {} : { asOf: corpus.as_of }),
  };
}

/** The command that builds an index, to be copied. */
export function buildCommand(folder: string, { source, asOf }: IndexOrigin = {}): string {
  return [
    `houqa laws build --out ${quoteForShell(folder)}`,
    ...(source === undefined ? [] : [`--in ${quoteForShell(source)}`]),
    ...(asOf === undefined ? [] : [`--as-of ${asOf}`]),
  ].join(" ");
}
