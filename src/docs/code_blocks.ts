/** A fenced block of a Markdown text. */
export interface CodeBlock {
  /** What stands behind the opening fence: `sh`, `text`, or nothing. */
  readonly language: string;
  readonly text: string;
  /** Where the text begins in the file, counted from 1. */
  readonly line: number;
}

/**
 * The fenced blocks of a Markdown text, in order.
 * @throws {Error} for a block that is never closed.
 */
export function readCodeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { language: string; fence: string; start: number } | undefined;
  const lines = markdown.split("\n");
  for (const [index, line] of lines.entries()) {
    const [, fence, language] = /^\s*(`{3,})\s*(\S*)/.exec(line) ?? [];
    if (fence === undefined) continue;
    if (open === undefined) {
      open = { language: language!, fence, start: index + 1 };
    } else if (fence.length >= open.fence.length && language === "") {
      blocks.push({
        language: open.language,
        text: lines.slice(open.start, index).join("\n"),
        line: open.start + 1,
      });
      open = undefined;
    }
  }
  if (open !== undefined) {
    throw new Error(`The block that begins in line ${open.start} has no end.`);
  }
  return blocks;
}
