import type { Question } from "../question.ts";

/**
 * The law that a question counts for: what stands before the first `_` of its ファイル名, as lawqa_jp
 * names its files (金商法_第2章_…), else the first heading of its コンテキスト, else its first reference.
 */
export function lawOfQuestion({ fileName, context, references }: Question): string {
  const [name, ...rest] = fileName.split("_");
  if (rest.length > 0 && name!.trim() !== "") return name!.trim();
  return /^#+\s*(.*\S)/m.exec(context)?.[1] ?? references[0] ?? "(no law)";
}
