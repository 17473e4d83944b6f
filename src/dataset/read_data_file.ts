import { formCommand } from "../build/form_command.ts";
import { DEFAULT_DATA } from "../settings/setting_table.ts";
import { UsageError } from "../settings/usage_error.ts";
import { sha256Hex } from "./sha256.ts";

/** What a data file holds: questions, chat records to train on, or the results of an evaluation. */
export type DataForm = "questions" | "chat" | "results";

/** A data file as text. */
export interface DataFile {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly form: DataForm;
  readonly text: string;
}

/** The largest file that is read at one go. */
const MOST_BYTES = 256 << 20;

/**
 * Reads a data file and tells what it is: by its name (`.jsonl`), else by its content. The content
 * itself is not checked.
 * @throws {UsageError} when it can't be read or is no UTF-8 text.
 */
export async function readDataFile(path: string): Promise<DataFile> {
  const bytes = await readBytes(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is not UTF-8 text.`);
  }
  return { path, sha256: await sha256Hex(bytes), form: formOf(path, text), text };
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) {
      throw new UsageError(
        `${path} has ${size} bytes; the most that is read is ${MOST_BYTES}. Give a smaller file.`,
      );
    }
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UsageError || error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Deno.errors.NotFound) {
      const advice = path === DEFAULT_DATA
        ? `Get it with \`${formCommand("dataset:fetch")}\`, or name another file.`
        : "Check the path.";
      throw new UsageError(`The file ${path} does not exist. ${advice}`);
    }
    throw new UsageError(`Can't read the file ${path}: ${(error as Error).message}`);
  }
}

function formOf(path: string, text: string): DataForm {
  if (/\.jsonl$/i.test(path)) return "chat";
  const value = parsed(text);
  if (has(value, "messages")) return "chat";
  if (has(value, "results") && !has(value, "samples")) return "results";
  const isJsonl = value === undefined &&
    has(parsed(text.slice(0, text.search(/\n|$/))), "messages");
  return isJsonl ? "chat" : "questions";
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
