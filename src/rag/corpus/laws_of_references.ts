/**
 * The laws that references name by their e-Gov address, e.g.
 * `https://laws.e-gov.go.jp/law/323AC0000000025`.
 * @returns law ids, each once, in the order in which they come.
 */
export function lawsOfReferences(references: Iterable<string>): string[] {
  const ids = new Set<string>();
  for (const reference of references) {
    const id = /\be-gov\.go\.jp\/law\/(\d{3}[0-9A-Z]{12})(?![0-9A-Za-z])/.exec(reference)?.[1];
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}
