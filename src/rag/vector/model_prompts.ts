import type { Pooling } from "./embedder.ts";

/** How a family of embedding models is used, by its authors' descriptions. */
export interface ModelFamily {
  readonly name: string;
  readonly pooling: Exclude<Pooling, "graph" | "server">;
  readonly query: string;
  readonly passage: string;
}

const WEB_SEARCH =
  "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:";
const ENGLISH_SEARCH = "Represent this sentence for searching relevant passages: ";

/** The first that fits counts. */
const FAMILIES: readonly (ModelFamily & { readonly pattern: RegExp })[] = [
  family("ruri-v3", /ruri[-_]?v3/, "mean", "検索クエリ: ", "検索文書: "),
  family("ruri", /(^|[^a-z])ruri/, "mean", "クエリ: ", "文章: "),
  family("e5-mistral", /e5[-_]mistral/, "last_token", `${WEB_SEARCH} `, ""),
  family("e5-instruct", /e5.*instruct/, "mean", `${WEB_SEARCH} `, ""),
  family("e5", /(^|[^a-z0-9])e5([^a-z0-9]|$)/, "mean", "query: ", "passage: "),
  family("qwen3-embedding", /qwen3[-_]embedding/, "last_token", WEB_SEARCH, ""),
  family("bge-en", /bge[-_](small|base|large)[-_]en/, "cls", ENGLISH_SEARCH, ""),
  family("bge", /(^|[^a-z])bge[-_]/, "cls", "", ""),
  family("mxbai", /mxbai[-_]embed/, "cls", ENGLISH_SEARCH, ""),
  family("snowflake-arctic-embed 2", /arctic[-_]embed(2|.*v2)/, "cls", "query: ", ""),
  family("snowflake-arctic-embed", /arctic[-_]embed/, "cls", ENGLISH_SEARCH, ""),
  family("nomic-embed-text", /nomic[-_]embed/, "mean", "search_query: ", "search_document: "),
  family(
    "embeddinggemma",
    /embedding[-_]?gemma/,
    "mean",
    "task: search result | query: ",
    "title: none | text: ",
  ),
];

/** The family that a model belongs to by one of its names; undefined: none that is known. */
export function modelFamily(names: readonly string[]): ModelFamily | undefined {
  const lower = names.map((name) => name.toLowerCase());
  return FAMILIES.find(({ pattern }) => lower.some((name) => pattern.test(name)));
}

function family(
  name: string,
  pattern: RegExp,
  pooling: ModelFamily["pooling"],
  query: string,
  passage: string,
) {
  return { name, pattern, pooling, query, passage };
}
