import { UsageError } from "../../settings/usage_error.ts";

const LONGEST_SERVER_MESSAGE = 300;

/**
 * The JSON of an answer; undefined for an empty one.
 * @throws {UsageError} for anything else: a proxy's page, another program.
 */
export function parseAnswer(text: string, server: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      `${server} answered with something else than JSON ("${shorten(text).slice(0, 60)}"). ` +
        "Check the address: something else listens there.",
    );
  }
}

/** OpenSearch's `error.reason` (with its first cause), Qdrant's `status.error`, or the start. */
export function serverMessage(text: string): string {
  try {
    const { error, status } = JSON.parse(text);
    if (typeof status?.error === "string") return shorten(status.error);
    if (typeof error === "string") return shorten(error);
    const { type, reason, caused_by } = error;
    const cause = caused_by?.reason === undefined ? "" : ` (${caused_by.reason})`;
    return shorten(`${type}: ${reason}${cause}`);
  } catch {
    return shorten(text) || "without a word";
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_SERVER_MESSAGE ? `${line.slice(0, LONGEST_SERVER_MESSAGE)}…` : line;
}
