/** One option of the training script. */
export interface TrainingOption {
  /** `switch`: without a value; `switch_both`: also as `--no-…`; `place`: with a value or without. */
  readonly kind: "switch" | "switch_both" | "place" | "whole" | "decimal" | "word" | "text";
  /** Least and largest whole number; absent where any is taken. */
  readonly least?: number;
  readonly most?: number;
  /** What a word may be. */
  readonly words?: readonly string[];
  readonly isRequired: boolean;
}

/** Options by their flag. */
export type TrainingOptions = ReadonlyMap<string, TrainingOption>;

/**
 * The options of the training script, out of its own source (`tasks/train/options.py`): a field of its
 * settings is an option, and the tables beside it say what it may be. A test compares what is accepted
 * with the real argparse.
 * @throws {Error} where the source is written in another way.
 */
export function readTrainingOptions(source: string): TrainingOptions {
  const least = readTable(source, "AT_LEAST");
  const most = readTable(source, "AT_MOST");
  const words = readTable(source, "CHOICES");
  const presets = [...(tableBody(source, "PRESETS") ?? "").matchAll(/^ {4}"([\w-]+)": \{/gm)]
    .map(([, name]) => name!);
  const body = source.slice(source.indexOf("class Options"), source.indexOf("@property"));
  const options = new Map<string, TrainingOption>();
  for (const [, name, type, fallback] of body.matchAll(/^ {4}(\w+): ([^=\n]+?)(?: = (.+))?$/gm)) {
    const given = words.get(name!);
    options.set(`--${name!.replaceAll("_", "-")}`, {
      ...kindOf(name!, type!, given === undefined ? undefined : readWords(given, presets)),
      ...(least.has(name!) ? { least: Number(least.get(name!)) } : {}),
      ...(most.has(name!) ? { most: readNumber(most.get(name!)!) } : {}),
      isRequired: fallback === undefined,
    });
  }
  if (options.size < 10 || least.size < 5 || words.size < 3 || presets.length === 0) {
    throw new Error("tasks/train/options.py is not written as it was: read its tables anew");
  }
  return options;
}

function kindOf(
  name: string,
  type: string,
  words: readonly string[] | undefined,
): Pick<TrainingOption, "kind" | "words"> {
  if (words !== undefined) return { kind: "word", words };
  if (name === "resume") return { kind: "place" };
  if (type.includes("bool")) return { kind: type === "bool" ? "switch" : "switch_both" };
  if (type.includes("int")) return { kind: "whole" };
  return { kind: type === "float" ? "decimal" : "text" };
}

function tableBody(source: string, name: string): string | undefined {
  return new RegExp(`^${name} = \\{\\n([\\s\\S]*?)^\\}`, "m").exec(source)?.[1];
}

/** The entries of a table of one line each. */
function readTable(source: string, name: string): ReadonlyMap<string, string> {
  const entries = [...(tableBody(source, name) ?? "").matchAll(/^ {4}"(\w+)": (.+),$/gm)];
  return new Map(entries.map(([, key, value]) => [key!, value!]));
}

function readWords(value: string, presets: readonly string[]): readonly string[] {
  return value.includes("PRESETS") ? presets : [...value.matchAll(/"([^"]+)"/g)].map(([, w]) => w!);
}

/** `2**32 - 1` and plain numbers. */
function readNumber(value: string): number {
  const [, base, power, less] = /^(\d+)\*\*(\d+)(?: - (\d+))?$/.exec(value.replaceAll("_", "")) ??
    [];
  return base === undefined
    ? Number(value.replaceAll("_", ""))
    : Number(base) ** Number(power) - Number(less ?? 0);
}

/**
 * What is wrong with the words of a training: an option that is not there, a value that is none of
 * its, a required one that is missing. Whether files are there is not looked at.
 */
export function checkTrainingWords(words: readonly string[], options: TrainingOptions): string[] {
  if (words.includes("--help") || words.includes("-h")) return [];
  const problems: string[] = [];
  const given = new Set<string>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const [, flag = word, inline] = /^(--[^=]+)=([\s\S]*)$/.exec(word) ?? [];
    const negated = flag.replace(/^--no-/, "--");
    const option = options.get(flag) ??
      (options.get(negated)?.kind === "switch_both" ? options.get(negated) : undefined);
    if (option === undefined) {
      problems.push(
        word.startsWith("-")
          ? `the training script has no option ${flag}`
          : `the training script takes no "${word}"`,
      );
      continue;
    }
    given.add(flag);
    const isSwitch = option.kind === "switch" || option.kind === "switch_both";
    // A negative number is a value to argparse, since no option looks like one.
    const next = words[at + 1];
    const follows = next !== undefined && (!next.startsWith("-") || /^-\d|^-$/.test(next));
    if (isSwitch) {
      if (inline !== undefined) problems.push(`${flag} takes no value, not "${inline}"`);
    } else if (inline === undefined && !follows) {
      if (option.kind !== "place") problems.push(`${flag} needs a value`);
    } else {
      const value = inline ?? next!;
      if (inline === undefined) at++;
      if (!fits(value, option)) problems.push(`${flag} can't be "${value}"`);
    }
  }
  for (const [flag, { isRequired }] of options) {
    if (isRequired && !given.has(flag)) problems.push(`the training needs ${flag}`);
  }
  return problems;
}

function fits(value: string, { kind, words, least = -Infinity, most = Infinity }: TrainingOption) {
  if (kind === "word") return words!.includes(value);
  if (kind === "whole") {
    return /^-?\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
  }
  return kind !== "decimal" || /^-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value);
}
