/** For tests: `houqa dataset …` in this process, and an evaluation that a fake model answers. */
import assert from "node:assert/strict";
import { resetSync } from "@logtape/logtape";
import { Command } from "commander";
import { distinctQuestion, lawqaItem } from "../dataset/distinct_question_double.ts";
import { formatChoices } from "../dataset/parse_choices.ts";
import { LETTERS, type Question } from "../dataset/question.ts";
import { evaluate } from "../eval/evaluate.ts";
import { FakeLlm } from "../llm/fake_llm.ts";
import type { ChatMessage } from "../llm/llm.ts";
import { normaliseEvaluation } from "../settings/evaluation_config.ts";
import { resolveSettings, type SettingSources } from "../settings/resolve_settings.ts";
import { UsageError } from "../settings/usage_error.ts";
import { registerDataset } from "./dataset.ts";

/** Runs a command; what it refuses is thrown. */
export async function runDataset(...args: string[]): Promise<{ code?: number; text: string }> {
  const lines: string[] = [];
  let code: number | undefined;
  const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
  const words = ["dataset", ...args];
  registerDataset(program, { words, exit: (given) => code = given }, (line) => lines.push(line));
  const quiet = (command: Command): void => {
    for (const child of command.commands) quiet(child.copyInheritedSettings(command));
  };
  quiet(program);
  try {
    await program.parseAsync(words, { from: "user" });
  } finally {
    // The command's log would go on talking between the lines of the tests.
    resetSync();
  }
  return { ...(code === undefined ? {} : { code }), text: lines.join("\n") };
}

/** A record as its file has it. */
export interface WrittenRecord {
  readonly id: string;
  readonly messages: readonly ChatMessage[];
  readonly answer: string;
  readonly articles: readonly { readonly key: string; readonly name: string }[];
}

/** The records of a file. */
export async function readRecords(path: string): Promise<WrittenRecord[]> {
  const text = await Deno.readTextFile(path);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/**
 * Evaluates with a fake model.
 * @param answerOf what it says to a question.
 * @returns the messages that it was asked, in their order.
 */
export async function evaluateFake(
  options: SettingSources["options"],
  questions: readonly Question[],
  answerOf: (question: Question) => string,
): Promise<(readonly ChatMessage[])[]> {
  const keyOf = ({ question, choices }: Pick<Question, "question" | "choices">) =>
    `${question}\n${formatChoices(choices)}`;
  const byKey = new Map(questions.map((question) => [keyOf(question), question]));
  const llm = new FakeLlm(({ parts }) => answerOf(byKey.get(keyOf(parts))!));
  const { config } = normaliseEvaluation(
    resolveSettings({ options, environment: () => undefined, dotenv: {} }),
  );
  await evaluate(config, {
    settings: {},
    overwrite: true,
    createLlm: () => Promise.resolve(llm),
  });
  return llm.calls.map(({ prompt }) => prompt.messages);
}

/** Most are answered a; two each are about one article. */
export const QUESTIONS = Array.from({ length: 12 }, (_, index) =>
  distinctQuestion(index, {
    articles: [1 + Math.floor(index / 2)],
    answer: index < 8 ? "a" : LETTERS[index % 4]!,
  }));

/** Writes a question file. */
export const write = (path: string, questions: readonly Question[]) =>
  Deno.writeTextFile(path, JSON.stringify({ samples: questions.map(lawqaItem) }));

/** A folder with `q.json`, which holds {@linkcode QUESTIONS}. */
export async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    await write(`${folder}/q.json`, QUESTIONS);
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Zero-shot records of `q.json` without statutes into `out/x.jsonl`, unless more says otherwise. */
export const finetune = (folder: string, ...more: string[]) =>
  runDataset(
    ...["finetune", "--data", `${folder}/q.json`, "--output", `${folder}/out/x.jsonl`],
    ...["--context", "none", "--no-few-shot", ...more],
  );

/** The manifest that stands beside `out/x.jsonl`. */
export const manifestOf = async (folder: string) =>
  JSON.parse(await Deno.readTextFile(`${folder}/out/x.manifest.json`));

/** Expects a refusal with such words. */
export async function refuses(expected: RegExp, given: Promise<unknown>): Promise<void> {
  await assert.rejects(given, (error: Error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, expected);
    return true;
  });
}
