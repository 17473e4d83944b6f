/** Columns two spaces apart: the first from the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => width(row[column]!))));
  return rows.map((row) =>
    row.map((cell, column) => {
      const gap = " ".repeat(widths[column]! - width(cell));
      return column === 0 ? cell + gap : gap + cell;
    }).join("  ").trimEnd()
  );
}

/** Places that a text takes on a terminal: a Japanese character takes two. */
function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (character > "\u{2e7f}" ? 2 : 1), 0);
}

/** `12 (30.0 %)`; the count alone of nothing. */
export function countWithShare(count: number, total: number): string {
  return total === 0 ? String(count) : `${count} (${(100 * count / total).toFixed(1)} %)`;
}
