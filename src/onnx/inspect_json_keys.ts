/** What JSON.parse would not tell about a text. */
export interface JsonKeys {
  /** A key that occurs twice in one object: JSON.parse keeps the last value silently. */
  readonly repeated?: string;
  /** Objects and lists are nested deeper than was allowed. */
  readonly tooDeep: boolean;
}

const QUOTE = 34, BACKSLASH = 92, COLON = 58;
const OPEN_OBJECT = 123, CLOSE_OBJECT = 125, OPEN_LIST = 91, CLOSE_LIST = 93;

/**
 * Looks through a JSON text once, without building its value. Says nothing about the syntax: a
 * text that is not JSON gives some answer, and JSON.parse refuses it afterwards.
 */
export function inspectJsonKeys(text: string, maxDepth: number): JsonKeys {
  // One entry for every open bracket: the keys of an object, or null for a list.
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      open.push(code === OPEN_OBJECT ? new Set() : null);
      if (open.length > maxDepth) return { tooDeep: true };
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      open.pop();
    } else if (code === QUOTE) {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && followedByColon(text, end)) {
        const key = decodeString(text.slice(at, end));
        if (keys.has(key)) return { repeated: key, tooDeep: false };
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return { tooDeep: false };
}

/** Index behind the JSON string that begins at `start`; the text's length where it has no end. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

function followedByColon(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return text.charCodeAt(at) === COLON;
}

function decodeString(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted;
  }
}
