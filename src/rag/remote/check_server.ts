import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";
import type { RemoteConnection } from "./remote_connection.ts";

const openSearchSchema = z.object({
  version: z.object({ number: z.string(), distribution: z.string().optional() }),
});
const qdrantSchema = z.object({ title: z.string(), version: z.string() });

/** The oldest versions that have every call and option used here. */
const OLDEST = { opensearch: [2, 0], qdrant: [1, 10] } as const;

/**
 * Asks a server what it is.
 * @returns its version, e.g. `2.19.1`.
 * @throws {UsageError} for another product or a version that is too old.
 */
export async function checkServer(
  connection: RemoteConnection,
  signal?: AbortSignal,
): Promise<string> {
  const { product } = connection.address;
  const answer = await connection.call({ method: "GET", path: "/", signal });
  const version = product === "opensearch"
    ? openSearchVersion(answer, connection)
    : qdrantVersion(answer, connection);
  const [major, minor] = OLDEST[product];
  const [, foundMajor, foundMinor] = /^(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (foundMajor === undefined || foundMinor === undefined) {
    throw new UsageError(`${connection.server} has the version "${version}", which says nothing.`);
  }
  if (foundMajor < major || foundMajor === major && foundMinor < minor) {
    throw new UsageError(
      `${connection.server} has version ${version}; ${major}.${minor} or newer is needed.`,
    );
  }
  return version;
}

function openSearchVersion(answer: unknown, { server, address }: RemoteConnection): string {
  const { version } = openSearchSchema.safeParse(answer).data ?? {};
  if (version?.distribution === "opensearch") return version.number;
  const found = version === undefined
    ? "something else"
    : `Elasticsearch ${version.number} or a relative of it, which was not tried`;
  throw new UsageError(`${server} is ${found}. Give ${address.display} an OpenSearch server.`);
}

function qdrantVersion(answer: unknown, { server, address }: RemoteConnection): string {
  const found = qdrantSchema.safeParse(answer).data;
  if (found !== undefined && /qdrant/i.test(found.title)) return found.version;
  throw new UsageError(`${server} is something else. Give ${address.display} a Qdrant server.`);
}
