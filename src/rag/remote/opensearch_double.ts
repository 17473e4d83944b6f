/**
 * For tests: the calls of OpenSearch's REST API that houqa makes, with the answers of its
 * documentation (docs.opensearch.org, version 2).
 */
import { type DoubleAnswer, type DoubleRequest, HttpDouble } from "./http_double.ts";
import { histograms } from "./histogram_double.ts";
import { analyse, type AnalyserSettings, LuceneFieldDouble } from "./lucene_field_double.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** An index of the double. */
export interface IndexDouble {
  settings: Json;
  mappings: Json;
  /** By `_id`. */
  readonly documents: Map<string, Json>;
  /** What searches see: the documents of the last refresh. */
  visible: Map<string, Json>;
  field: LuceneFieldDouble;
}

/** A server double with its state. */
export interface OpenSearchDouble extends HttpDouble {
  readonly indexes: Map<string, IndexDouble>;
  /** Index by alias. */
  readonly aliases: Map<string, Set<string>>;
}

/** What a double is. */
export interface OpenSearchDoubleOptions {
  readonly version?: string;
  readonly distribution?: string;
  /** `Authorization` that is asked for. */
  readonly authorization?: string;
  /** Lengths of texts are not rounded: for comparing with other implementations of BM25. */
  readonly exactLengths?: boolean;
  /** Largest body, in bytes. */
  readonly maxContentLength?: number;
}

class Refused extends Error {
  constructor(readonly status: number, readonly type: string, reason: string) {
    super(reason);
  }
}

/** Starts without indexes. */
export function openSearchDouble(options: OpenSearchDoubleOptions = {}): OpenSearchDouble {
  const indexes = new Map<string, IndexDouble>();
  const aliases = new Map<string, Set<string>>();
  const { version = "2.19.1", distribution = "opensearch" } = options;

  const resolve = (name: string): [string, IndexDouble][] => {
    const names = aliases.get(name) ?? (indexes.has(name) ? [name] : []);
    const found = [...names].map((one) => [one, indexes.get(one)!] as [string, IndexDouble]);
    if (found.length > 0) return found;
    throw new Refused(404, "index_not_found_exception", `no such index [${name}]`);
  };
  const one = (name: string) => resolve(name)[0]![1];

  function route({ method, path, query, text }: DoubleRequest): DoubleAnswer {
    if (path === "/") return { body: { version: { number: version, distribution } } };
    if (path === "/_aliases" && method === "POST") return { body: changeAliases(JSON.parse(text)) };
    const [, name = "", call = ""] = /^\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    switch (`${method} ${call}`) {
      case "PUT ":
        return { body: create(name, JSON.parse(text)) };
      case "DELETE ":
        return { body: remove(name) };
      case "GET _mapping":
        return {
          body: Object.fromEntries(
            resolve(name).map(([index, { mappings }]) => [index, { mappings }]),
          ),
        };
      case "PUT _mapping": {
        const index = one(name);
        index.mappings = { ...index.mappings, ...JSON.parse(text) };
        return { body: { acknowledged: true } };
      }
      case "PUT _settings": {
        const index = one(name);
        index.settings.index = { ...index.settings.index, ...JSON.parse(text).index };
        return { body: { acknowledged: true } };
      }
      case "POST _refresh":
        refresh(one(name));
        return { body: { _shards: { total: 1, successful: 1, failed: 0 } } };
      case "GET _count":
        return { body: { count: one(name).visible.size } };
      case "POST _bulk":
        return { body: bulk(one(name), text) };
      case "POST _search":
        return { body: search(resolve(name), JSON.parse(text), query) };
    }
    throw new Refused(405, "method_not_allowed", `${method} ${path}`);
  }

  function create(name: string, { settings, mappings }: Json): unknown {
    if (indexes.has(name) || aliases.has(name)) {
      throw new Refused(400, "resource_already_exists_exception", `index [${name}] already exists`);
    }
    const similarity = settings.index.similarity[mappings.properties.terms.similarity];
    if (similarity.type !== "BM25") throw new Refused(400, "illegal_argument_exception", "BM25?");
    indexes.set(name, {
      settings,
      mappings,
      documents: new Map(),
      visible: new Map(),
      field: new LuceneFieldDouble(similarity.k1, similarity.b, options.exactLengths),
    });
    return { acknowledged: true, index: name };
  }

  function remove(name: string): unknown {
    if (!indexes.delete(name)) {
      throw new Refused(404, "index_not_found_exception", `no such index [${name}]`);
    }
    for (const [alias, names] of aliases) {
      names.delete(name);
      if (names.size === 0) aliases.delete(alias);
    }
    return { acknowledged: true };
  }

  /** All of the actions or none. */
  function changeAliases({ actions }: Json): unknown {
    for (const action of actions) {
      const { index, alias } = action.add ?? action.remove;
      if (!indexes.has(index)) throw new Refused(404, "index_not_found_exception", index);
      if (action.add && indexes.has(alias)) {
        throw new Refused(400, "invalid_alias_name_exception", `an index has the name ${alias}`);
      }
      if (action.remove && !aliases.get(alias)?.has(index)) {
        throw new Refused(404, "aliases_not_found_exception", alias);
      }
    }
    for (const { add, remove } of actions) {
      if (add) aliases.set(add.alias, (aliases.get(add.alias) ?? new Set()).add(add.index));
      else aliases.get(remove.alias)!.delete(remove.index);
    }
    return { acknowledged: true };
  }

  const double = new HttpDouble((request) => {
    try {
      const { authorization, maxContentLength = 100 << 20 } = options;
      if (authorization !== undefined && request.headers.get("authorization") !== authorization) {
        return { status: 401, body: "Unauthorized" };
      }
      if (new TextEncoder().encode(request.text).length > maxContentLength) return { status: 413 };
      return route(request);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, type, message } = error;
      return { status, body: { error: { type, reason: message }, status } };
    }
  });
  return Object.assign(double, { indexes, aliases });
}

function refresh(index: IndexDouble): void {
  index.visible = new Map(index.documents);
}

function bulk(index: IndexDouble, text: string): unknown {
  if (!text.endsWith("\n")) {
    throw new Refused(400, "illegal_argument_exception", "The bulk request must be terminated");
  }
  const lines = text.split("\n").slice(0, -1);
  const items = [];
  for (let at = 0; at < lines.length; at += 2) {
    const { _id } = JSON.parse(lines[at]!).index;
    items.push({ index: { _id, ...put(index, _id, JSON.parse(lines[at + 1]!)) } });
  }
  return { took: 1, errors: items.some(({ index: { status } }) => status >= 300), items };
}

function put(index: IndexDouble, id: string, document: Json): { status: number; error?: unknown } {
  const { properties, dynamic } = index.mappings;
  const fail = (type: string, reason: string) => ({ status: 400, error: { type, reason } });
  const unknown = Object.keys(document).find((field) => properties[field] === undefined);
  if (unknown !== undefined && dynamic === "strict") {
    return fail("strict_dynamic_mapping_exception", `introduction of [${unknown}] is not allowed`);
  }
  for (const field of ["unit", "row"]) {
    if (properties[field]?.type !== "integer" || !Number.isInteger(document[field])) {
      return fail("mapper_parsing_exception", `failed to parse field [${field}]`);
    }
  }
  const status = index.documents.has(id) ? 200 : 201;
  index.documents.set(id, document);
  const { analyzer, filter } = index.settings.analysis;
  const { tokenizer, filter: [name] } = analyzer[properties.terms.analyzer];
  const analyser: AnalyserSettings = { tokenizer, filter: filter[name] };
  // Each value of a field goes through the analyser by itself.
  index.field.add(id, document.terms.flatMap((value: string) => analyse(value, analyser)));
  return { status };
}

function search(found: [string, IndexDouble][], body: Json, query: URLSearchParams): unknown {
  if (found.length !== 1) throw new Error("the double searches one index at a time");
  const [[name, index]] = found as [[string, IndexDouble]];
  if (body.aggs !== undefined) return histograms(index.visible.values(), body.aggs);
  if (body.size > 10_000) {
    throw new Refused(400, "illegal_argument_exception", "Result window is too large");
  }
  if (query.get("search_type") !== "dfs_query_then_fetch") {
    throw new Error("the double has one shard and would hide that scores depend on the shards");
  }
  const { should } = body.query.bool;
  if (should.length > 1024) throw new Refused(400, "too_many_clauses", "maxClauseCount is 1024");
  const clauses = should.map(({ term: { terms: { value, boost } } }: Json) => ({
    term: value,
    boost,
  }));
  let hits = [...index.field.score(clauses)]
    .filter(([id]) => index.visible.has(id))
    .map(([id, score]) => ({ id, score: Math.fround(score), document: index.visible.get(id)! }))
    .sort((a, b) => b.score - a.score || a.document.row - b.document.row);
  if (body.collapse !== undefined) {
    const seen = new Set<number>();
    hits = hits.filter(({ document }) => {
      const value = document[body.collapse.field];
      return !seen.has(value) && seen.add(value);
    });
  }
  return {
    took: 1,
    timed_out: false,
    hits: {
      max_score: null,
      hits: hits.slice(0, body.size).map(({ id, score, document }) => ({
        _index: name,
        _id: id,
        _score: score,
        fields: Object.fromEntries(
          body.docvalue_fields.map((field: string) => [field, [document[field]]]),
        ),
        sort: [score, document.row],
      })),
    },
  };
}
