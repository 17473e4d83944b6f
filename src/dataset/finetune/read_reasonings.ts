import { z } from "zod";
import { readResult } from "../../eval/read_result.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { formatChoices } from "../parse_choices.ts";
import type { Question } from "../question.ts";
import { readDataFile } from "../read_data_file.ts";
import type { Dataset } from "../load_dataset.ts";

/** A reasoning for a question, from one of the files. */
export interface Reasoning {
  /** As the model or a person wrote it; may end with its own answer. */
  readonly text: string;
  /** Place of its file among those given. */
  readonly file: number;
  /** The last user message it was an answer to; absent where the file does not say. */
  readonly prompt?: string;
}

/** A file of reasonings that was read. */
export interface ReasoningFile {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly form: "result" | "jsonl";
  /** Reasonings in it; of a result file, the right responses that no limit cut. */
  readonly count: number;
}

/** Reasonings by question, those of earlier files first. */
export interface Reasonings {
  readonly files: readonly ReasoningFile[];
  /** By the questions' indexes. */
  readonly byIndex: ReadonlyMap<number, readonly Reasoning[]>;
  /** Ids of JSONL files that no question has. */
  readonly unknownIds: number;
}

const lineSchema = z.looseObject({
  id: z.string({ error: "must be text: the id of a question" }),
  reasoning: z.string({ error: "must be text" }).refine((text) => text.trim() !== "", "is empty"),
}, { error: 'must be an object with "id" and "reasoning"' });

/**
 * Reads result files of evaluations of this question file with a chain of thought, and JSONL files of
 * `{"id": …, "reasoning": …}`.
 * @param ids of the questions, in their order.
 * @throws {UsageError} for a file that is neither, was made of other questions, or without a chain of
 * thought.
 */
export async function readReasonings(
  paths: readonly string[],
  dataset: Dataset,
  questions: readonly Question[],
  ids: readonly string[],
): Promise<Reasonings> {
  const files: ReasoningFile[] = [];
  const byIndex = new Map<number, Reasoning[]>();
  let unknownIds = 0;
  const byId = new Map(ids.map((id, at) => [id, questions[at]!.index]));
  const add = (index: number, reasoning: Reasoning) =>
    byIndex.set(index, [...byIndex.get(index) ?? [], reasoning]);
  for (const [file, path] of paths.entries()) {
    const { sha256, form, text } = await readDataFile(path);
    if (form === "results") {
      const found = await rightResponses(path, dataset);
      for (const { index, ...reasoning } of found) add(index, { ...reasoning, file });
      files.push({ path, sha256, form: "result", count: found.length });
      continue;
    }
    const lines = parseLines(text, path);
    for (const { id, reasoning } of lines) {
      const index = byId.get(id);
      if (index === undefined) unknownIds++;
      else add(index, { text: reasoning, file });
    }
    files.push({ path, sha256, form: "jsonl", count: lines.length });
  }
  return { files, byIndex, unknownIds };
}

async function rightResponses(
  path: string,
  dataset: Dataset,
): Promise<{ index: number; text: string; prompt: string }[]> {
  const result = await readResult(path);
  if (result === undefined) throw new UsageError(`The file ${path} does not exist any more.`);
  if (!result.config.cot_enabled) {
    throw new UsageError(`${path} holds answers without reasoning: run it with --use-cot.`);
  }
  const { dataset: asked } = result.provenance;
  if (asked.sha256 !== dataset.sha256) {
    throw new UsageError(
      `${path} was made with other questions (${asked.path}, sha256 ${asked.sha256}) than ` +
        `${dataset.path} (sha256 ${dataset.sha256}). Run houqa eval --use-cot --data ` +
        `${dataset.path} for reasonings about these.`,
    );
  }
  const right = result.results.filter(({ outcome, finish_reason: reason }) =>
    outcome === "correct" && reason !== "length"
  );
  return right.map(({ index, question, choices, response, prompt }) => {
    const own = dataset.questions[index];
    if (own?.question !== question || formatChoices(own.choices) !== choices) {
      throw new UsageError(
        `${path}: the result with index ${index} is not about question ${index} of ${dataset.path}.`,
      );
    }
    return { index, text: response, prompt };
  });
}

function parseLines(text: string, path: string): z.infer<typeof lineSchema>[] {
  const lines: z.infer<typeof lineSchema>[] = [];
  const seen = new Map<string, number>();
  for (const [at, line] of text.replace(/^\ufeff/, "").split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = `${path}: line ${at + 1}`;
    const checked = lineSchema.safeParse(parseJson(line, place));
    if (!checked.success) {
      const issue = checked.error.issues[0]!;
      throw new UsageError(`${place}: ${issue.path.join(".") || "the line"}: ${issue.message}`);
    }
    const first = seen.get(checked.data.id);
    if (first !== undefined) {
      throw new UsageError(`${place}: the id ${checked.data.id} stands in line ${first} already.`);
    }
    seen.set(checked.data.id, at + 1);
    lines.push(checked.data);
  }
  if (lines.length === 0) throw new UsageError(`${path} holds no reasonings.`);
  return lines;
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UsageError(
      `${place} is not valid JSON: ${
        (error as Error).message.slice(0, 200)
      }. Give result files of ` +
        'houqa eval --use-cot, or JSONL of {"id": …, "reasoning": …}.',
    );
  }
}
