/**
 * Every value of nested settings by its JSON path: `llm.dtype` → `q8`. Null and empty values are left
 * out, as are the paths that `skip` names.
 */
export function flattenFacts(
  value: unknown,
  path: string,
  skip: ReadonlySet<string> = new Set(),
): Map<string, string> {
  const facts = new Map<string, string>();
  const visit = (one: unknown, at: string) => {
    if (one === null || one === undefined || skip.has(at)) return;
    if (typeof one === "object" && !Array.isArray(one)) {
      for (const [key, inner] of Object.entries(one)) {
        visit(inner, at === "" ? key : `${at}.${key}`);
      }
    } else {
      facts.set(at, typeof one === "string" ? one : JSON.stringify(one));
    }
  };
  visit(value, path);
  return facts;
}
