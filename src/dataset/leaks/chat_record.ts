import { z } from "zod";
import { UsageError } from "../../settings/usage_error.ts";
import type { ArticleKeys } from "./article_keys.ts";

const content = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
], { error: "must be text, or a list of parts with a text" });

const recordSchema = z.looseObject({
  messages: z.array(
    z.looseObject({ role: z.string({ error: "must be text" }), content }, {
      error: "must be an object with role and content",
    }),
    { error: "must be a list" },
  ),
  articles: z.array(
    z.looseObject({
      key: z.string({ error: "must be text" }),
      name: z.string({ error: "must be text" }),
    }, { error: "must be an object with key and name" }),
    { error: "must be a list of what houqa dataset finetune writes there, or left out" },
  ).optional(),
}, { error: 'must be an object with "messages"' });

/** One record of a chat JSONL file. */
export interface ChatRecord {
  /** From 1. */
  readonly line: number;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
  /** What the record says its question is about; absent where it says nothing. */
  readonly articles?: ArticleKeys;
}

/**
 * Reads a chat JSONL file: one `{"messages": [{"role": …, "content": …}, …]}` a line, each with a
 * turn of the user. Of other keys only `articles` is read, a list of `{"key": …, "name": …}`.
 * @param path only for messages.
 * @throws {UsageError} naming the file, the line and the field.
 */
export function parseChatRecords(text: string, path: string): ChatRecord[] {
  const records: ChatRecord[] = [];
  for (const [index, line] of text.replace(/^\ufeff/, "").split("\n").entries()) {
    if (line.trim() === "") continue;
    records.push(parseRecord(line, index + 1, path));
  }
  if (records.length === 0) throw new UsageError(`${path} holds no records.`);
  return records;
}

function parseRecord(text: string, line: number, path: string): ChatRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${path}: line ${line} is not valid JSON: ${shortened((error as Error).message)}`,
    );
  }
  const checked = recordSchema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    const field = issue.path.length === 0 ? "the record" : issue.path.join(".");
    throw new UsageError(`${path}: line ${line}: ${field}: ${issue.message}`);
  }
  const turns = checked.data.messages.map(({ role, content }) => ({
    role: role.toLowerCase(),
    text: typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("\n"),
  }));
  if (!turns.some(({ role }) => role === "user")) {
    throw new UsageError(`${path}: line ${line}: messages: has no turn with the role "user"`);
  }
  const { articles } = checked.data;
  return {
    line,
    turns,
    ...(articles === undefined
      ? {}
      : { articles: new Map(articles.map(({ key, name }) => [key, name])) }),
  };
}

/** The parser's message may quote a whole line. */
function shortened(message: string): string {
  return message.length > 200 ? `${message.slice(0, 200)}…` : message;
}
