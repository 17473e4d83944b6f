import { createHash } from "node:crypto";
import { z } from "zod";
import { DEFAULT_BM25 } from "../index/bm25_parameters.ts";
import { ANALYSER_VERSION } from "../index/normalise_law_text.ts";

/** Raised with every change to the settings or fields that older indexes don't have. */
export const OPENSEARCH_FORMAT_VERSION = 1;

const count = z.int().nonnegative();

const aboutSchema = z.object({
  format: z.literal("houqa law rows"),
  format_version: z.literal(OPENSEARCH_FORMAT_VERSION),
  /** Which normalisation and terms: a query must be taken apart as the laws were. */
  analyser: z.string(),
  /** k1 and b are settings of the index; the heading's weight is in its terms. */
  bm25: z.object({ k1: z.number(), b: z.number(), heading_weight: z.number() }),
  corpus: z.object({ sha256: z.string(), units: count, rows: count }),
});

/** What an index says of what it was made from; kept in the mapping's `_meta`. */
export type OpenSearchAbout = Readonly<z.infer<typeof aboutSchema>>;

/** The corpus that an index is of: the manifest of the local index has it. */
export type RemoteCorpus = Readonly<OpenSearchAbout["corpus"]>;

/** What an index must say to be the one that is wanted. */
export function wantedAbout({ sha256, units, rows }: RemoteCorpus): OpenSearchAbout {
  const { k1, b, headingWeight } = DEFAULT_BM25;
  return {
    format: "houqa law rows",
    format_version: OPENSEARCH_FORMAT_VERSION,
    analyser: ANALYSER_VERSION,
    bm25: { k1, b, heading_weight: headingWeight },
    corpus: { sha256, units, rows },
  };
}

/** The name of the index behind an alias: each corpus and format has its own. */
export function indexNameFor(alias: string, about: OpenSearchAbout): string {
  const digest = createHash("sha256").update(JSON.stringify(about)).digest("hex");
  return `${alias}-${digest.slice(0, 12)}`;
}

/** True for the names that {@linkcode indexNameFor} gives. */
export function isIndexOf(alias: string, name: string): boolean {
  return name.startsWith(`${alias}-`) && /^[0-9a-f]{12}$/.test(name.slice(alias.length + 1));
}

/** How an index lies on the servers. */
export interface OpenSearchLayout {
  readonly shards: number;
  readonly replicas: number;
}

/**
 * The body that creates an index. The `shingle` filter makes the bigrams, so that the server needs no
 * plugin. While rows come in there are no copies and nothing is made visible: both cost more than
 * doing it once at the end.
 */
export function createIndexBody(about: OpenSearchAbout, { shards }: OpenSearchLayout): unknown {
  return {
    settings: {
      index: {
        number_of_shards: shards,
        number_of_replicas: 0,
        refresh_interval: "-1",
        similarity: { law_bm25: { type: "BM25", k1: about.bm25.k1, b: about.bm25.b } },
      },
      analysis: {
        filter: {
          law_bigrams: {
            type: "shingle",
            min_shingle_size: 2,
            max_shingle_size: 2,
            output_unigrams: false,
            output_unigrams_if_no_shingles: true,
          },
        },
        analyzer: {
          law_bigrams: { type: "custom", tokenizer: "whitespace", filter: ["law_bigrams"] },
        },
      },
    },
    mappings: {
      dynamic: "strict",
      _meta: { ...about, is_complete: false },
      // Texts come from the local corpus; the terms would be a third copy of them.
      _source: { excludes: ["terms"] },
      properties: {
        terms: {
          type: "text",
          analyzer: "law_bigrams",
          similarity: "law_bm25",
          // No positions: half the size, and nothing asks for phrases.
          index_options: "freqs",
        },
        unit: { type: "integer" },
        row: { type: "integer" },
      },
    },
  };
}

/** What `GET /<name>/_mapping` says, by the real name of each index. */
export const mappingsSchema = z.record(
  z.string(),
  z.object({ mappings: z.object({ _meta: z.unknown().optional() }) }),
);

/**
 * Why an index is not the one that is wanted; undefined: it is, though perhaps not complete.
 * @param meta of its mapping.
 */
export function foreignReason(meta: unknown, wanted: OpenSearchAbout): string | undefined {
  const outline = z.object({ format: z.string(), format_version: z.number(), analyser: z.string() })
    .safeParse(meta).data;
  if (outline?.format !== wanted.format) return "was not made by houqa";
  if (outline.format_version !== wanted.format_version) {
    return "was made by another version of houqa: its format is " +
      `${outline.format_version}, this houqa's ${wanted.format_version}`;
  }
  if (outline.analyser !== wanted.analyser) {
    return `was made by another version of houqa: its terms are of ${outline.analyser}, this ` +
      `houqa's of ${wanted.analyser}`;
  }
  const about = aboutSchema.safeParse(meta).data;
  if (about === undefined) return "says of itself what this houqa can't read";
  if (JSON.stringify(about.bm25) !== JSON.stringify(wanted.bm25)) {
    return `weighs by ${JSON.stringify(about.bm25)}, not by ${JSON.stringify(wanted.bm25)}`;
  }
  const { sha256, units, rows } = about.corpus;
  if (sha256 !== wanted.corpus.sha256 || units !== wanted.corpus.units) {
    return `was made of another corpus (${units} articles, ${rows} rows, ${
      sha256.slice(0, 12)
    }…; ` +
      `now ${wanted.corpus.units}, ${wanted.corpus.rows}, ${wanted.corpus.sha256.slice(0, 12)}…)`;
  }
  return undefined;
}

/** True once every row is there. */
export function isComplete(meta: unknown): boolean {
  return z.object({ is_complete: z.literal(true) }).safeParse(meta).success;
}
