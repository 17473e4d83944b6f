import { z } from "zod";
import { PassingError } from "../../hub/passing_error.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { parseReply } from "./parse_reply.ts";
import { type RemoteConnection, RemoteRefusal } from "./remote_connection.ts";
import type { RowBatch } from "./row_documents.ts";

const bulkSchema = z.object({
  errors: z.boolean(),
  items: z.array(z.object({
    index: z.object({
      _id: z.string(),
      status: z.int(),
      error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
    }),
  })),
});

/** Rows that the server was only too busy for. */
const PASSING_STATUSES = [429, 503];

/**
 * Puts the rows of a batch into an index. Rows that the server had no time for are sent again by
 * themselves; a batch that is too large for it is halved.
 * @returns when all of them are there.
 * @throws {CannotContinueError} naming the first row that the server does not take.
 */
export async function sendBulk(
  connection: RemoteConnection,
  index: string,
  batch: RowBatch,
  signal?: AbortSignal,
): Promise<void> {
  let waiting = batch.rows;
  try {
    await connection.persistently(
      async () => {
        const body = waiting.map(({ lines }) => lines).join("");
        const path = `/${index}/_bulk?filter_path=errors,items.*._id,items.*.status,items.*.error`;
        const answer = await connection.request({ method: "POST", path, body, signal });
        const { items } = parseReply(bulkSchema, answer, connection);
        if (items.length !== waiting.length) {
          throw new CannotContinueError(
            `${connection.server} answered for ${items.length} of ${waiting.length} rows.`,
          );
        }
        const before = waiting;
        waiting = before.filter((_, at) => items[at]!.index.status >= 300);
        const refused = items.filter(({ index: { status } }) => status >= 300);
        const [first] = refused;
        if (first === undefined) return;
        const fatal = refused.find(({ index: { status } }) => !PASSING_STATUSES.includes(status));
        if (fatal !== undefined) throw rowRefused(connection, index, fatal.index);
        const { status, error } = first.index;
        throw new PassingError(
          `${connection.server} took ${before.length - waiting.length} of ${before.length} rows ` +
            `(${status}: ${error?.type ?? "busy"})`,
        );
      },
      signal,
      () => batch.rows.length - waiting.length,
    );
  } catch (error) {
    const isTooLarge = error instanceof RemoteRefusal && error.status === 413;
    if (isTooLarge && waiting.length > 1) {
      const middle = waiting.length >> 1;
      for (const rows of [waiting.slice(0, middle), waiting.slice(middle)]) {
        await sendBulk(connection, index, { ...batch, rows }, signal);
      }
      return;
    }
    if (isTooLarge) {
      throw new CannotContinueError(
        `${connection.server} takes no request as large as row ${waiting[0]!.row} of the corpus ` +
          `(${waiting[0]!.lines.length} characters). Raise http.max_content_length there.`,
        { cause: error },
      );
    }
    throw error;
  }
}

function rowRefused(
  { server }: RemoteConnection,
  index: string,
  { _id, status, error }: z.infer<typeof bulkSchema>["items"][number]["index"],
): CannotContinueError {
  return new CannotContinueError(
    `${server} does not take row ${_id} into ${index} (${status} ${error?.type}: ` +
      `${error?.reason ?? "no reason given"}). If somebody changed that index, delete it and run ` +
      "the command again.",
  );
}
