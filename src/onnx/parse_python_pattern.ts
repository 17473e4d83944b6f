import type { UsageError } from "../settings/usage_error.ts";
import { shorten } from "./list_names.ts";

/** What a pattern is made of. Greedy or lazy makes no difference to whether it matches. */
export type Ast =
  | { kind: "char"; test: (code: number) => boolean }
  | { kind: "at"; test: (name: string, position: number) => boolean }
  | { kind: "look"; body: Ast; negated: boolean }
  | { kind: "sequence"; items: Ast[] }
  | { kind: "choice"; options: Ast[] }
  | { kind: "repeat"; body: Ast; min: number; max: number };

const MAX_LENGTH = 10_000;
const MAX_NESTING = 50;

type Test = (code: number) => boolean;

const isDigit: Test = (code) => code >= 48 && code <= 57;
const isWord: Test = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: Test = (code) => code === 32 || (code >= 9 && code <= 13);
const not = (test: Test): Test => (code) => !test(code);

const CLASSES: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

const CONTROLS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };

const atStart: Ast = { kind: "at", test: (_, position) => position === 0 };
const atEnd: Ast = { kind: "at", test: (name, position) => position === name.length };

function atBoundary(inside: boolean): Ast {
  const wordAt = (name: string, index: number) =>
    index >= 0 && index < name.length && isWord(name.charCodeAt(index));
  return {
    kind: "at",
    test: (name, at) => (wordAt(name, at - 1) !== wordAt(name, at)) !== inside,
  };
}

/**
 * Reads a regular expression of Python's `re` module, for matching names of ASCII letters, digits,
 * "_" and ".". Syntax: https://docs.python.org/3/library/re.html#regular-expression-syntax
 * @param refuse makes the error from what is wrong, worded to follow "the pattern".
 * @throws what `refuse` gives, for wrong syntax and for what is not understood.
 */
export function parsePythonPattern(source: string, refuse: (why: string) => UsageError): Ast {
  let at = 0;
  const shown = shorten(source);
  const wrong = (why: string) => refuse(`${shown} is not a regular expression: ${why}`);
  const notUnderstood = (what: string) => refuse(`${shown} uses ${what}, which is not supported`);
  const take = (text: string) => {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  if (source.length > MAX_LENGTH) throw refuse(`has ${source.length} characters, too many`);

  function choice(nesting: number): Ast {
    if (nesting > MAX_NESTING) throw refuse(`${shown} is nested too deeply`);
    const options = [sequence(nesting)];
    while (take("|")) options.push(sequence(nesting));
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  function sequence(nesting: number): Ast {
    const items: Ast[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      const counts = repeatCounts();
      if (counts === undefined) {
        items.push(atom(nesting));
        continue;
      }
      const body = items.pop();
      if (body === undefined || body.kind === "at") throw wrong("nothing to repeat");
      if (body.kind === "repeat") throw wrong("a quantifier after a quantifier");
      if (!take("?") && take("+")) throw notUnderstood("a possessive quantifier");
      items.push({ kind: "repeat", body, ...counts });
    }
    return { kind: "sequence", items };
  }

  function repeatCounts(): { min: number; max: number } | undefined {
    if (take("*")) return { min: 0, max: Infinity };
    if (take("+")) return { min: 1, max: Infinity };
    if (take("?")) return { min: 0, max: 1 };
    // Python takes "{}" and any other "{" that begins no quantifier for itself.
    const braces = /\{(?!\})(\d*)(?:(,)(\d*))?\}/y;
    braces.lastIndex = at;
    const found = braces.exec(source);
    if (found === null) return undefined;
    at = braces.lastIndex;
    const [, low = "", comma, high = ""] = found;
    const min = low === "" ? 0 : Number(low);
    const max = comma === undefined ? min : high === "" ? Infinity : Number(high);
    if (max < min) throw wrong("the greatest count is below the least");
    return { min, max };
  }

  function atom(nesting: number): Ast {
    if (take("(")) return group(nesting);
    if (take("[")) return { kind: "char", test: characterClass() };
    if (take(".")) return { kind: "char", test: (code) => code !== 10 };
    if (take("^")) return atStart;
    if (take("$")) return atEnd;
    if (take("\\")) return escape();
    const wanted = source.charCodeAt(at++);
    return { kind: "char", test: (code) => code === wanted };
  }

  function group(nesting: number): Ast {
    let look: boolean | undefined;
    if (take("?")) {
      if (take("=")) look = false;
      else if (take("!")) look = true;
      else if (!take(":")) groupName();
    }
    const body = choice(nesting + 1);
    if (!take(")")) throw wrong("a missing )");
    // A group of one item is an item of its own: (a*)* has no quantifier after a quantifier.
    if (look === undefined) return { kind: "sequence", items: [body] };
    return { kind: "look", body, negated: look };
  }

  function groupName(): void {
    const name = /P<[A-Za-z_]\w*>/y;
    name.lastIndex = at;
    if (!name.test(source)) throw notUnderstood(`(?${source.slice(at, at + 2)}`);
    at = name.lastIndex;
  }

  function escape(): Ast {
    if (take("A")) return atStart;
    if (take("Z")) return atEnd;
    if (take("b")) return atBoundary(false);
    if (take("B")) return atBoundary(true);
    return { kind: "char", test: testOf(escapedCharacter()) };
  }

  /** The code or the class that stands behind a backslash. */
  function escapedCharacter(): number | Test {
    const letter = source[at];
    if (letter === undefined) throw wrong("a \\ at its end");
    at++;
    if (Object.hasOwn(CLASSES, letter)) return CLASSES[letter]!;
    if (Object.hasOwn(CONTROLS, letter)) return CONTROLS[letter]!;
    if (!/[A-Za-z0-9]/.test(letter)) return letter.charCodeAt(0);
    const digits = letter === "x" ? 2 : letter === "u" ? 4 : 0;
    const hex = source.slice(at, at + digits);
    if (digits === 0 || !/^[0-9a-fA-F]+$/.test(hex) || hex.length < digits) {
      throw notUnderstood(`\\${letter}`);
    }
    at += digits;
    return parseInt(hex, 16);
  }

  function characterClass(): Test {
    const negated = take("^");
    const tests: Test[] = [];
    for (let first = true; first || source[at] !== "]"; first = false) {
      const low = classMember();
      if (source[at] !== "-" || source[at + 1] === "]") {
        tests.push(testOf(low));
        continue;
      }
      at++;
      const high = classMember();
      if (typeof low !== "number" || typeof high !== "number" || high < low) {
        throw wrong("a bad range in []");
      }
      tests.push((code) => code >= low && code <= high);
    }
    at++;
    const any: Test = (code) => tests.some((test) => test(code));
    return negated ? not(any) : any;
  }

  function classMember(): number | Test {
    if (at >= source.length) throw wrong("a missing ]");
    if (!take("\\")) return source.charCodeAt(at++);
    return take("b") ? 8 : escapedCharacter();
  }

  const ast = choice(0);
  if (at < source.length) throw wrong("a ) too many");
  return ast;
}

function testOf(member: number | Test): Test {
  return typeof member === "number" ? (code) => code === member : member;
}
