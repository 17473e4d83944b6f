import { UsageError } from "../settings/usage_error.ts";
import { endOfString } from "./inspect_json_keys.ts";

/**
 * Reads a JSON file that came with a model.
 * @param maxBytes a larger file is refused before it is read.
 * @param missing what to say where there is no such file.
 * @throws {UsageError} naming the file, and the line and column of a syntax error.
 */
export async function readJsonFile(
  path: string,
  { maxBytes, missing }: { maxBytes: number; missing: string },
): Promise<unknown> {
  const bytes = await readBounded(path, maxBytes, missing);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is not UTF-8 text.`);
  }
  return parseJsonText(text, path);
}

/**
 * Parses JSON. Python writes NaN and Infinity, which JSON does not have: they are named as such.
 * @param path only for messages.
 * @throws {UsageError}
 */
export function parseJsonText(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const literal = notInJson(text);
    if (literal !== undefined) {
      throw new UsageError(
        `${path} holds ${literal.word} at ${placeOf(text, literal.index)}, which is no JSON ` +
          "value and no setting a model can have. Put the right number there.",
      );
    }
    const message = (error as Error).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    const place = position === undefined ? "" : ` at ${placeOf(text, Number(position))}`;
    throw new UsageError(`${path} is not valid JSON${place}: ${message.slice(0, 200)}`);
  }
}

async function readBounded(path: string, maxBytes: number, missing: string): Promise<Uint8Array> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new UsageError(`${path} is not a file.`);
    if (size > maxBytes) {
      throw new UsageError(`${path} has ${size} bytes; at most ${maxBytes} are expected there.`);
    }
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof UsageError || error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Deno.errors.NotFound) throw new UsageError(missing);
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
}

/** The first number word of Python's that JSON does not have, outside of strings. */
function notInJson(text: string): { word: string; index: number } | undefined {
  const word = /-?Infinity\b|NaN\b/y;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (letter === '"') {
      index = endOfString(text, index) - 1;
    } else if (letter === "-" || letter === "I" || letter === "N") {
      word.lastIndex = index;
      const found = word.exec(text);
      if (found !== null) return { word: found[0], index };
    }
  }
}

function placeOf(text: string, index: number): string {
  const before = text.slice(0, index).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
