/** A line of a file: its bytes without the line break, or only its number where it is too long. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Absent for a line of more than the allowed bytes. */
  readonly bytes?: Uint8Array;
  /** Offset of the first byte behind it. */
  readonly endOffset: number;
}

/** The lines of a file, one in memory at a time, however long a line is. */
export async function* readLines(file: Deno.FsFile, maxBytes: number): AsyncGenerator<FileLine> {
  const piece = new Uint8Array(256 << 10);
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  let offset = 0;
  const finish = (): FileLine => {
    const bytes = length > maxBytes ? undefined : concat(parts, length);
    parts = [];
    length = 0;
    return { number: number++, endOffset: offset, ...(bytes === undefined ? {} : { bytes }) };
  };
  for (;;) {
    const count = await file.read(piece);
    if (count === null) break;
    for (let start = 0; start < count;) {
      const at = piece.subarray(0, count).indexOf(0x0a, start);
      const end = at < 0 ? count : at;
      length += end - start;
      if (length <= maxBytes) parts.push(piece.slice(start, end));
      else parts = [];
      offset += (at < 0 ? end : at + 1) - start;
      start = at < 0 ? count : at + 1;
      if (at >= 0) yield finish();
    }
  }
  if (length > 0) yield finish();
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
