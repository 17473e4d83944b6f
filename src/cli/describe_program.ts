import type { Argument, Command, Option } from "commander";
import { valueName, valueWords } from "./value_words.ts";

/** A value of an option, or an argument. */
export interface ValueDescription {
  /** As in the help: `file`. */
  readonly name: string;
  /** All it may be, where that is known. */
  readonly words: readonly string[];
  /** Whether it is, or may be, a file or folder. */
  readonly isPath: boolean;
  readonly isVariadic: boolean;
}

/** One option, as the help shows it. */
export interface OptionDescription {
  /** `--data`. */
  readonly long: string;
  /** `-h`. */
  readonly short?: string;
  readonly help: string;
  /** Absent where it takes no value. */
  readonly value?: ValueDescription;
}

/** A command with all that can stand behind it. */
export interface CommandDescription {
  /** Its words: `["dataset", "split"]`; none for houqa itself. */
  readonly path: readonly string[];
  readonly help: string;
  readonly options: readonly OptionDescription[];
  readonly arguments: readonly ValueDescription[];
  readonly commands: readonly CommandDescription[];
}

/** What a program's commands and options are, in the order of its help, without what help hides. */
export function describeProgram(
  command: Command,
  path: readonly string[] = [],
): CommandDescription {
  const help = command.createHelp();
  return {
    path,
    help: command.description(),
    options: help.visibleOptions(command).map(describeOption),
    arguments: command.registeredArguments.map(describeValue),
    commands: command.commands.map((child) => describeProgram(child, [...path, child.name()])),
  };
}

/** A command and all below it, the outer ones first. */
export function listCommands(command: CommandDescription): CommandDescription[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

function describeOption(option: Option): OptionDescription {
  return {
    long: option.long!,
    ...(option.short === undefined ? {} : { short: option.short }),
    help: option.description,
    ...(option.required || option.optional ? { value: describeValue(option) } : {}),
  };
}

function describeValue(target: Option | Argument): ValueDescription {
  return {
    name: valueName(target),
    ...valueWords(target),
    isVariadic: target.variadic,
  };
}
