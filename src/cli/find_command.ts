import type { Command } from "commander";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import { UsageError } from "../settings/usage_error.ts";

/** How far the first words of a command line name commands. */
export interface FoundCommand {
  readonly command: Command;
  /** The words behind those that name it. */
  readonly rest: readonly string[];
}

/** The command that the first words name, as deep as they go. */
export function findCommand(program: Command, words: readonly string[]): FoundCommand {
  let command = program;
  let at = 0;
  for (; at < words.length; at++) {
    const next = command.commands.find((one) =>
      one.name() === words[at] || one.aliases().includes(words[at]!)
    );
    if (next === undefined) break;
    command = next;
  }
  return { command, rest: words.slice(at) };
}

/**
 * Makes `help` and `--help` mean the same at every level: `help dataset split` and
 * `dataset help split` are `dataset split --help`. A command that does not exist is told so even
 * where help is asked for, which commander would answer with the help of the level above.
 */
export function readHelpWords(program: Command, words: readonly string[]): readonly string[] {
  const { command, rest } = findCommand(program, words);
  if (command.commands.length === 0) return words;
  const named = words.slice(0, words.length - rest.length);
  const [first, ...others] = rest;
  if (first === undefined || first.startsWith("-")) return words;
  if (first !== "help") return [...named, first];
  const wanted = others.filter((word) => !word.startsWith("-"));
  const found = findCommand(command, wanted);
  const known = [...named, ...wanted.slice(0, wanted.length - found.rest.length)];
  const [unknown] = found.command.commands.length > 0 ? found.rest : [];
  return unknown === undefined ? [...known, "--help"] : [...known, unknown];
}

/**
 * Commander calls an option in front of the command unknown, also one that the command has.
 * @throws {UsageError} with the words in the right order.
 */
export function refuseOptionsFirst(program: Command, words: readonly string[]): void {
  const [first = ""] = words;
  const isOwn = program.options.some(({ short, long }) => [short, long].includes(first)) ||
    /^(-h|--help)$/.test(first);
  // A permission in front of the command is not houqa's to judge.
  if (!first.startsWith("-") || isOwn || first.startsWith("--allow-")) return;
  const at = words.findIndex((word) => program.commands.some((one) => one.name() === word));
  if (at < 0) return;
  const inOrder = [...words.slice(at), ...words.slice(0, at)].map(quoteForShell);
  throw new UsageError(
    `${first} stands in front of the command; options go behind it:\n  houqa ${inOrder.join(" ")}`,
  );
}
