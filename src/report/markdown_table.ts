/**
 * A Markdown table. Signs that would end a cell or a line are made harmless.
 * @param rows cells, as many a row as there are titles.
 */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [titles, titles.map(() => "---"), ...rows].map(tableRow).join("\n");
}

function tableRow(cells: readonly string[]): string {
  const escaped = cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " "));
  return `| ${escaped.join(" | ")} |`;
}
