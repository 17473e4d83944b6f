import { type ResultFile, resultFileSchema } from "./result_schema.ts";
import { writeAtomically } from "./write_atomically.ts";

/**
 * Checks a result against its schema and writes it as indented JSON, one question at a time so
 * that memory stays small.
 * @throws {CannotContinueError} when it can't be written.
 */
export async function writeResult(path: string, result: ResultFile): Promise<void> {
  const { results, ...head } = resultFileSchema.parse(result);
  await writeAtomically(path, formatResult(head, results));
}

function* formatResult(head: object, results: readonly unknown[]): Generator<string> {
  yield JSON.stringify(head, null, 2).replace(/\n}$/, ',\n  "results": [');
  for (const [index, result] of results.entries()) {
    const text = JSON.stringify(result, null, 2).replaceAll("\n", "\n    ");
    yield `${index === 0 ? "" : ","}\n    ${text}`;
  }
  yield results.length === 0 ? "]\n}\n" : "\n  ]\n}\n";
}
