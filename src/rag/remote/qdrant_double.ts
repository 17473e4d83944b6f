/**
 * For tests: the calls of Qdrant's REST API that houqa makes, with the answers of its documentation
 * (api.qdrant.tech). Every vector is compared; nothing is approximated.
 */
import { type DoubleAnswer, type DoubleRequest, HttpDouble } from "./http_double.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** A collection of the double. */
export interface CollectionDouble {
  readonly config: Json;
  readonly points: Map<number, { readonly vector: number[]; readonly payload: Json }>;
  /** States that are given before `green`, in order. */
  readonly states: string[];
}

/** A server double with its state. */
export interface QdrantDouble extends HttpDouble {
  readonly collections: Map<string, CollectionDouble>;
  /** Collection by alias. */
  readonly aliases: Map<string, string>;
}

/** What a double is. */
export interface QdrantDoubleOptions {
  readonly version?: string;
  readonly apiKey?: string;
}

class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Starts without collections. */
export function qdrantDouble(options: QdrantDoubleOptions = {}): QdrantDouble {
  const collections = new Map<string, CollectionDouble>();
  const aliases = new Map<string, string>();
  const resolve = (name: string): CollectionDouble => {
    const found = collections.get(aliases.get(name) ?? name);
    if (found !== undefined) return found;
    throw new Refused(404, `Not found: Collection \`${name}\` doesn't exist!`);
  };

  function route({ method, path, query, text }: DoubleRequest): unknown {
    if (path === "/aliases") {
      const list = [...aliases].map(([alias_name, collection_name]) => ({
        alias_name,
        collection_name,
      }));
      return { aliases: list };
    }
    if (path === "/collections/aliases") return changeAliases(JSON.parse(text));
    const [, name = "", rest = ""] = /^\/collections\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    switch (`${method} ${rest}`) {
      case "GET ": {
        const { config, points, states } = resolve(name);
        return { status: states.shift() ?? "green", points_count: points.size, config };
      }
      case "PUT ":
        return create(name, JSON.parse(text));
      case "PATCH ":
        resolve(name);
        return true;
      case "DELETE ":
        if (aliases.has(name)) throw new Refused(400, "an alias can't be deleted like this");
        return collections.delete(name);
      case "PUT /points":
        if (query.get("wait") !== "true") throw new Error("the double does not write later");
        return upsert(resolve(name), JSON.parse(text));
      case "POST /points":
        return JSON.parse(text).ids.flatMap((id: number) => {
          const point = resolve(name).points.get(id);
          return point === undefined ? [] : [{ id, payload: point.payload }];
        });
      case "POST /points/count":
        return { count: resolve(name).points.size };
      case "POST /points/query":
        return find(resolve(name), JSON.parse(text));
    }
    throw new Refused(404, `no route for ${method} ${path}`);
  }

  function create(name: string, config: Json): unknown {
    if (collections.has(name) || aliases.has(name)) {
      throw new Refused(409, `Wrong input: Collection \`${name}\` already exists!`);
    }
    if (config.vectors.distance !== "Cosine") throw new Refused(400, "the double knows cosines");
    collections.set(name, { config, points: new Map(), states: [] });
    return true;
  }

  function changeAliases({ actions }: Json): unknown {
    for (const { create_alias, delete_alias } of actions) {
      if (delete_alias) aliases.delete(delete_alias.alias_name);
      else if (collections.has(create_alias.alias_name)) {
        throw new Refused(409, `Collection \`${create_alias.alias_name}\` already exists!`);
      } else {
        resolve(create_alias.collection_name);
        aliases.set(create_alias.alias_name, create_alias.collection_name);
      }
    }
    return true;
  }

  const double = new HttpDouble((request): DoubleAnswer => {
    if (request.path === "/" && request.method === "GET") {
      const { version = "1.16.0" } = options;
      return { body: { title: "qdrant - vector search engine", version } };
    }
    if (options.apiKey !== undefined && request.headers.get("api-key") !== options.apiKey) {
      return { status: 401, body: "Must provide an API key or an Authorization bearer token" };
    }
    try {
      return { body: { result: route(request), status: "ok", time: 0.001 } };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { status: error.status, body: { status: { error: error.message }, time: 0.001 } };
    }
  });
  return Object.assign(double, { collections, aliases });
}

function upsert({ config, points }: CollectionDouble, body: Json): unknown {
  const { size } = config.vectors;
  for (const { id, vector } of body.points) {
    if (!Number.isSafeInteger(id) || id < 0) throw new Refused(400, `${id} is no point id`);
    if (vector.length !== size) {
      throw new Refused(
        400,
        `Wrong input: Vector dimension error: expected dim: ${size}, got ${vector.length}`,
      );
    }
  }
  for (const { id, vector, payload } of body.points) points.set(id, { vector, payload });
  return { operation_id: 1, status: "completed" };
}

function find({ config, points }: CollectionDouble, { query, limit }: Json): unknown {
  if (query.length !== config.vectors.size) throw new Refused(400, "Vector dimension error");
  const found = [...points].map(([id, { vector }]) => ({ id, score: cosine(query, vector) }));
  found.sort((a, b) => b.score - a.score);
  return { points: found.slice(0, limit).map((point) => ({ ...point, version: 1 })) };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
}
