import type { ReportBlock } from "./report_block.ts";

/** Blocks as GitHub-flavoured Markdown. Text from files can't break out of its cell or line. */
export function renderMarkdown(blocks: readonly ReportBlock[]): string {
  return blocks.map((block) => {
    if (block.kind === "heading") return `${"#".repeat(block.level)} ${escape(block.text)}\n`;
    if (block.kind === "text") {
      const text = escapeLine(block.text);
      return block.tone === "strong" ? `**${text}**\n` : `${text}\n`;
    }
    if (block.kind === "list") {
      return `${block.items.map((item) => `- ${escapeLine(item)}`).join("\n")}\n`;
    }
    const row = (cells: readonly string[]) => `| ${cells.map(escape).join(" | ")} |`;
    const rule = block.columns.map(({ align }) => align === "right" ? "---:" : "---");
    return `${
      [
        row(block.columns.map(({ title }) => title)),
        `| ${rule.join(" | ")} |`,
        ...block.rows.map(row),
      ]
        .join("\n")
    }\n`;
  }).join("\n");
}

/**
 * Text that Markdown shows as it is: nothing in it is a mark, a link, a mention or HTML, also where a
 * viewer links addresses and names by itself.
 */
function escape(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ")
    // Marks of direction would show other characters in another order.
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
    .replace(/[\\`*_{}[\]<>|~#&$]/g, (mark) => `\\${mark}`)
    .replace(/:(?=\/\/)|(?<=\b(?:mailto|xmpp)):|(?<=\bwww)\./gi, (mark) => `\\${mark}`)
    // A word joiner, which has no width: no backslash keeps viewers from linking these.
    .replace(/@|#(?=\d)/g, "$&\u2060");
}

/** Text that stands at the beginning of a line, where more signs are marks. */
function escapeLine(text: string): string {
  return escape(text).trim()
    .replace(/^(?=[-+](?:\s|$)|[-=]+$)/, "\\")
    .replace(/^(\d+)(?=[.)](?:\s|$))/, "$1\\");
}
