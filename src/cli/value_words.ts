import { type Argument, InvalidArgumentError, type Option } from "commander";
import { suggestWord } from "../settings/suggest_word.ts";

/** Something of a command that takes a value. */
export type Valued = Option | Argument;

/** What may stand for a value, as far as a shell can complete it. */
export interface ValueWords {
  readonly words: readonly string[];
  /** True where it is, or may be, a file or folder. */
  readonly isPath: boolean;
}

/** Words that a command checks by itself: the setting schemas do. */
const WORDS = new WeakMap<Valued, readonly string[]>();

/** Values by the name that stands for them in the help: `--data <file>`, `<results...>`. */
const PATH_NAMES = new Set(["file", "files", "folder", "folders", "path", "baseline", "results"]);
/** Places that may also be an address or a name, as models are. */
const PATH_OPTIONS = new Set(["--hf-model-name", "--reranker-model", "--vector-store"]);

/** Says which words a value may be, where the command checks it elsewhere. */
export function nameWords<T extends Valued>(target: T, words: readonly string[]): T {
  WORDS.set(target, words);
  return target;
}

/** As commander's `choices`, with the word that was probably meant. */
export function onlyWords<T extends Valued>(target: T, words: readonly string[]): T {
  target.choices(words);
  target.argParser((text: string) => {
    if (words.includes(text)) return text;
    throw new InvalidArgumentError(
      `Allowed choices are ${words.join(", ")}.${suggestWord(text, words)}`,
    );
  });
  return target;
}

/** The name of a value in the help, without brackets and dots: `file` of `--data <file>`. */
export function valueName(target: Valued): string {
  if (!("flags" in target)) return target.name();
  return /[<[]([^>\].]+)/.exec(target.flags)?.[1] ?? "";
}

/** What may stand for the value of an option or argument. */
export function valueWords(target: Valued): ValueWords {
  const words = target.argChoices ?? WORDS.get(target) ?? [];
  const name = valueName(target);
  const isModel = "flags" in target ? PATH_OPTIONS.has(target.long ?? "") : name === "model";
  return { words, isPath: PATH_NAMES.has(name) || isModel };
}
