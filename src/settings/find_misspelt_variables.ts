import { suggestWord } from "./suggest_word.ts";
import { VARIABLES } from "./variable_table.ts";

/** Names that are like one of houqa's and are known to belong to others. */
const FOREIGN = new Set(["HF_HUB_TOKEN", "OLLAMA_PORT"]);

/**
 * Sentences about variables of a `.env` that houqa does not know and that look like one it does. Other
 * programs' variables may stand there too and are no business of houqa's.
 */
export function findMisspeltVariables(
  dotenv: Readonly<Record<string, string | undefined>>,
): string[] {
  const known = VARIABLES.map(({ name }) => name);
  return Object.keys(dotenv).flatMap((name) => {
    if (known.includes(name) || FOREIGN.has(name)) return [];
    const meant = known.find((one) => one === name.toUpperCase()) ?? near(name, known);
    return meant === undefined
      ? []
      : [`.env sets ${name}, which houqa does not know. (Did you mean ${meant}?)`];
  });
}

/** Only what is clear: several candidates are none, and short names are all alike. */
function near(name: string, known: readonly string[]): string | undefined {
  if (name.length < 6) return undefined;
  const lower = known.map((one) => one.toLowerCase());
  const [, meant] = /\(Did you mean (\S+)\?\)$/.exec(suggestWord(name.toLowerCase(), lower)) ?? [];
  return meant?.toUpperCase();
}
