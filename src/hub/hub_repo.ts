import { listFiles, modelInfo } from "@huggingface/hub";
import { z } from "zod";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { HubConnection } from "./hub_connection.ts";
import type { HubRequestSubject } from "./hub_refusal.ts";

/** One file of a repository at one commit. */
export interface RemoteFile {
  /** With `/` between the parts. */
  readonly path: string;
  readonly sizeBytes: number;
  /** What the file's bytes must hash to, in hex; also its name among the cache's blobs. */
  readonly etag: string;
  /** Large files (LFS) go by their SHA-256, small ones by git's own SHA-1. */
  readonly digest: "sha256" | "git-sha1";
}

const commitSchema = z.string().regex(/^[0-9a-f]{40}$/);
const entriesSchema = z.array(z.discriminatedUnion("type", [
  z.object({
    type: z.literal("file"),
    path: z.string().min(1),
    size: z.number().int().nonnegative(),
    oid: z.string().regex(/^[0-9a-f]{40}$/),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  }),
  z.object({ type: z.enum(["directory", "unknown"]) }),
]));

/**
 * The commit that a branch, tag or commit stands for now.
 * @throws {UsageError} when the hub knows no such model or revision, or may not tell.
 * @throws {CannotContinueError} when the hub can't be asked.
 */
export async function commitOf(
  hub: HubConnection,
  repo: string,
  revision: string,
): Promise<string> {
  const { sha } = await asking(hub, { repo, revision }, (fetch) =>
    modelInfo({
      name: repo,
      revision,
      additionalFields: ["sha"],
      hubUrl: hub.environment.endpoint,
      fetch,
    }));
  return parsed(hub, commitSchema, sha);
}

/**
 * Every file of a repository at a commit, by path.
 * @throws as {@linkcode commitOf}.
 */
export async function filesOf(
  hub: HubConnection,
  repo: string,
  commit: string,
): Promise<Map<string, RemoteFile>> {
  const entries = await asking(hub, { repo, revision: commit }, (fetch) =>
    Array.fromAsync(
      listFiles({
        repo,
        revision: commit,
        recursive: true,
        hubUrl: hub.environment.endpoint,
        fetch,
      }),
    ));
  const files = new Map<string, RemoteFile>();
  for (const entry of parsed(hub, entriesSchema, entries)) {
    if (entry.type !== "file") continue;
    const { path, size, oid, lfs } = entry;
    files.set(path, {
      path,
      sizeBytes: size,
      etag: lfs?.oid ?? oid,
      digest: lfs === undefined ? "git-sha1" : "sha256",
    });
  }
  return files;
}

/** Where a file's bytes are; large ones are redirected from there. */
export function addressOf(
  hub: HubConnection,
  repo: string,
  commit: string,
  path: string,
): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `${hub.environment.endpoint}/${repo}/resolve/${commit}/${encoded}`;
}

/** Calls the hub's library over our connection: it keeps the token, and asks again where it helps. */
async function asking<T>(
  hub: HubConnection,
  subject: HubRequestSubject,
  call: (fetch: typeof globalThis.fetch) => Promise<T>,
): Promise<T> {
  const fetch: typeof globalThis.fetch = (input, init) =>
    hub.request(input instanceof Request ? input.url : input, init ?? {}, subject);
  try {
    return await hub.persistently(() => call(fetch));
  } catch (error) {
    if (error instanceof SyntaxError) throw notAHub(hub, error);
    throw error;
  }
}

function parsed<T>(hub: HubConnection, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw notAHub(hub, result.error);
}

function notAHub(hub: HubConnection, cause: Error): CannotContinueError {
  return new CannotContinueError(
    `${hub.host} does not answer like a Hugging Face hub. ` +
      "Check HF_ENDPOINT, and whether a login page of the network stands in between.",
    { cause },
  );
}
