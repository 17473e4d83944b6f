/** A line of the final block: what it is about, and what there is to say. */
export function row(label: string, value: string): string {
  return `${`${label}:`.padEnd(16)}${value}`;
}
