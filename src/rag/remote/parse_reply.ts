import type { z } from "zod";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import type { RemoteConnection } from "./remote_connection.ts";

/**
 * Checks the form of an answer.
 * @throws {CannotContinueError} naming the first place that is not as documented.
 */
export function parseReply<T>(
  schema: z.ZodType<T>,
  answer: unknown,
  { server }: RemoteConnection,
): T {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  throw new CannotContinueError(
    `${server} sent an answer of an unknown form (${
      path.join(".") || "as a whole"
    }: ${message}). ` +
      "This version of it is not supported.",
  );
}
