import { z } from "zod";
import { parseReply } from "./parse_reply.ts";
import {
  ABOUT_POINT,
  aboutVector,
  type QdrantAbout,
  type QdrantProgress,
  readAbout,
} from "./qdrant_schema.ts";
import { type RemoteConnection, RemoteRefusal, type RemoteRequest } from "./remote_connection.ts";

/** A vector with its number and what belongs to it. */
export interface QdrantPoint {
  readonly id: number;
  readonly vector: readonly number[];
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How a collection lies on the servers. */
export interface QdrantLayout {
  readonly shards: number;
  readonly replicas: number;
}

const aliasesSchema = z.object({
  aliases: z.array(z.object({ alias_name: z.string(), collection_name: z.string() })),
});
const collectionSchema = z.object({ status: z.enum(["green", "yellow", "red", "grey"]) });
const retrievedSchema = z.array(z.object({ payload: z.unknown() }));
const foundSchema = z.object({
  points: z.array(z.object({ id: z.int().nonnegative(), score: z.number() })),
});

/** The calls of Qdrant's API that houqa makes. */
export class QdrantClient {
  constructor(readonly connection: RemoteConnection) {}

  async #result<T>(schema: z.ZodType<T>, request: RemoteRequest): Promise<T> {
    const answer = await this.connection.call(request);
    return parseReply(z.object({ result: schema }), answer, this.connection).result;
  }

  /** The collection behind an alias; undefined where there is no such alias. */
  async collectionOf(alias: string, signal?: AbortSignal): Promise<string | undefined> {
    const request = { method: "GET", path: "/aliases", signal } as const;
    const { aliases } = await this.#result(aliasesSchema, request);
    return aliases.find(({ alias_name }) => alias_name === alias)?.collection_name;
  }

  /** The state of a collection (or of the one behind an alias); undefined where there is none. */
  async status(name: string, signal?: AbortSignal): Promise<string | undefined> {
    try {
      const request = { method: "GET", path: `/collections/${name}`, signal } as const;
      return (await this.#result(collectionSchema, request)).status;
    } catch (error) {
      if (error instanceof RemoteRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Creates a collection for cosines: whole vectors on disk, and one byte a number in memory.
   * Does nothing where it exists.
   */
  async create(
    name: string,
    dimensions: number,
    { shards, replicas }: QdrantLayout,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      await this.connection.call({
        method: "PUT",
        path: `/collections/${name}`,
        body: {
          vectors: { size: dimensions, distance: "Cosine", on_disk: true },
          quantization_config: { scalar: { type: "int8", quantile: 0.99, always_ram: true } },
          on_disk_payload: true,
          shard_number: shards,
          replication_factor: replicas,
        },
        signal,
      });
    } catch (error) {
      // The first try came through and its answer did not, or another build was faster.
      const exists = error instanceof RemoteRefusal && /already exists/i.test(error.serverMessage);
      if (!exists) throw error;
    }
  }

  /** Puts points in, in the place of those with their numbers; they are durable afterwards. */
  async upsert(name: string, points: readonly QdrantPoint[], signal?: AbortSignal): Promise<void> {
    await this.connection.call({
      method: "PUT",
      path: `/collections/${name}/points?wait=true`,
      body: { points },
      signal,
    });
  }

  /** Notes what a collection is and how far. */
  async writeAbout(
    name: string,
    about: QdrantAbout,
    progress: QdrantProgress,
    signal?: AbortSignal,
  ): Promise<void> {
    const vector = aboutVector(about.embedder.dimensions);
    await this.upsert(
      name,
      [{ id: ABOUT_POINT, vector, payload: { ...about, ...progress } }],
      signal,
    );
  }

  /** What a collection says of itself; undefined where it says nothing that houqa understands. */
  async readAbout(name: string, signal?: AbortSignal): Promise<ReturnType<typeof readAbout>> {
    const [point] = await this.#result(retrievedSchema, {
      method: "POST",
      path: `/collections/${name}/points`,
      body: { ids: [ABOUT_POINT], with_payload: true, with_vector: false },
      signal,
    });
    return readAbout(point?.payload);
  }

  /** The exact number of points. */
  async count(name: string, signal?: AbortSignal): Promise<number> {
    const { count } = await this.#result(z.object({ count: z.int() }), {
      method: "POST",
      path: `/collections/${name}/points/count`,
      body: { exact: true },
      signal,
    });
    return count;
  }

  /**
   * The points that are closest to a vector, best first: twice as many are found by their bytes in
   * memory and compared again by their whole vectors.
   */
  async search(name: string, vector: Float32Array, limit: number, signal?: AbortSignal) {
    const { points } = await this.#result(foundSchema, {
      method: "POST",
      path: `/collections/${name}/points/query`,
      body: {
        query: [...vector],
        limit,
        with_payload: false,
        params: { quantization: { rescore: true, oversampling: 2 } },
      },
      signal,
    });
    return points;
  }

  /** Points an alias to a collection at once, wherever it pointed before. */
  async switchAlias(alias: string, name: string, old: string | undefined, signal?: AbortSignal) {
    await this.connection.call({
      method: "POST",
      path: "/collections/aliases",
      body: {
        actions: [
          ...(old === undefined ? [] : [{ delete_alias: { alias_name: alias } }]),
          { create_alias: { collection_name: name, alias_name: alias } },
        ],
      },
      signal,
    });
  }

  /** Lets the optimiser of a collection go on after a restart of the server. */
  async wake(name: string, signal?: AbortSignal): Promise<void> {
    await this.connection.call({
      method: "PATCH",
      path: `/collections/${name}`,
      body: { optimizers_config: {} },
      signal,
    });
  }

  async delete(name: string, signal?: AbortSignal): Promise<void> {
    await this.connection.call({ method: "DELETE", path: `/collections/${name}`, signal });
  }
}
