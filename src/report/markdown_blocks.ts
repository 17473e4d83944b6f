import type { ReportBlock } from "./report_block.ts";

/** Blocks as GitHub-flavoured Markdown. Text from files can't break out of its cell or line. */
export function renderMarkdown(blocks: readonly ReportBlock[]): string {
  return blocks.map((block) => {
    if (block.kind === "heading") return `${"#".repeat(block.level)} ${escape(block.text)}\n`;
    if (block.kind === "text") {
      const text = escape(block.text);
      return block.tone === "strong" ? `**${text}**\n` : `${text}\n`;
    }
    if (block.kind === "list") {
      return `${block.items.map((item) => `- ${escape(item)}`).join("\n")}\n`;
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

function escape(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\`*_{}[\]<>|~#]/g, (mark) => `\\${mark}`);
}
