import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../src/eval/parse_json.ts";
import { ChatTokenizer } from "../../src/llm/chat_tokenizer.ts";
import { CannotContinueError } from "../../src/settings/cannot_continue_error.ts";
import { UsageError } from "../../src/settings/usage_error.ts";
import { type CommandRunner, SYSTEM_RUNNER } from "./ensure_python.ts";

/** A record that training renders otherwise than evaluation. */
export interface PromptDifference {
  /** Line in the records' file, from 1. */
  readonly line: number;
  /** First token that differs, and what stands there on either side. */
  readonly position: number;
  readonly trained: string;
  readonly evaluated: string;
}

/** What {@linkcode comparePrompts} found. */
export interface PromptComparison {
  readonly records: number;
  /** Prompt tokens that were compared. */
  readonly tokens: number;
  readonly differences: readonly PromptDifference[];
}

const headSchema = z.object({ folder: z.string() });
const renderedSchema = z.object({
  line: z.number(),
  prompt: z.string(),
  prompt_ids: z.array(z.number()),
});
const recordSchema = z.object({
  messages: z.array(z.object({
    role: z.enum(["system", "user", "assistant"]),
    content: z.string(),
  })),
});

/**
 * Renders every record's prompt as `train_qwen_law_ft.py` does and as `houqa eval` does with the
 * same messages, and compares: the text token by token, and the tokens that each side makes of it.
 * @param model folder or hub name, found by the Python side.
 * @throws {UsageError} for records or a model that can't be used.
 * @throws {CannotContinueError} when the Python side fails for another reason.
 */
export async function comparePrompts(
  tasksFolder: string,
  python: string,
  model: string,
  recordsPath: string,
  runner: CommandRunner = SYSTEM_RUNNER,
): Promise<PromptComparison> {
  const script = join(tasksFolder, "train/render_prompts.py");
  const rendered = await runner.capture([python, script, model, recordsPath]);
  if (rendered === undefined) throw new UsageError(`There is no Python at ${python}.`);
  if (rendered.code !== 0) {
    const message = rendered.stderr.trim().split("\n").at(-1) ?? "";
    if (rendered.code === 2) throw new UsageError(message);
    throw new CannotContinueError(`${script} ended with ${rendered.code}: ${message}`);
  }
  const [head, ...lines] = rendered.stdout.trimEnd().split("\n").map((line) => parseJson(line));
  const tokenizer = await ChatTokenizer.load(headSchema.parse(head).folder);
  const records = (await Deno.readTextFile(recordsPath)).split("\n");

  let tokens = 0;
  const differences: PromptDifference[] = [];
  for (const { line, prompt, prompt_ids } of lines.map((one) => renderedSchema.parse(one))) {
    const { messages } = recordSchema.parse(parseJson(records[line - 1]!));
    const evaluated = tokenizer.encodeChat(messages.slice(0, -1), false);
    tokens += evaluated.length;
    // Text and tokens: Python's text by this side's tokenizer, and Python's own tokens.
    for (const trained of [tokenizer.encode(prompt), prompt_ids]) {
      const position = firstDifference(trained, evaluated);
      if (position === undefined) continue;
      const show = (ids: readonly number[]) =>
        tokenizer.tokenizer.decode(ids.slice(position, position + 8), { skipsSpecial: false });
      differences.push({ line, position, trained: show(trained), evaluated: show(evaluated) });
      break;
    }
  }
  return { records: lines.length, tokens, differences };
}

/** Index of the first element that differs; undefined for equal lists. */
export function firstDifference(a: readonly number[], b: readonly number[]): number | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return undefined;
}
