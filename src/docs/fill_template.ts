/** Stands where a person has to write something. */
export const BLANK = "【記入】";

/**
 * Puts values into a template: `${name}` is replaced, a name without a value becomes {@linkcode BLANK}.
 * The signs are those of Python's `string.Template`, so that Python can fill the same file.
 * @throws {Error} for a value that the template has no place for.
 */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, string>>,
): string {
  const used = new Set<string>();
  const text = template.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    used.add(name);
    return Object.hasOwn(values, name) ? values[name]! : BLANK;
  });
  const lost = Object.keys(values).filter((name) => !used.has(name));
  if (lost.length > 0) throw new Error(`The template has no place for ${lost.join(", ")}.`);
  return text;
}
