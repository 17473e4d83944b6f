import { UsageError } from "../settings/usage_error.ts";
import { shorten } from "./list_names.ts";
import { type Ast, parsePythonPattern } from "./parse_python_pattern.ts";

/** How much matching may still be done; one for all patterns of an adapter. */
export interface MatchBudget {
  stepsLeft: number;
}

/**
 * Takes steps from a budget.
 * @param where names file and field, for the message.
 * @throws {UsageError} where it is used up.
 */
export function spend(budget: MatchBudget, steps: number, where: string): void {
  budget.stepsLeft -= steps;
  if (budget.stepsLeft < 0) {
    throw new UsageError(`${where}: the patterns take too long to match. List the names instead.`);
  }
}

/** A regular expression in Python's syntax, asked only whether it matches a whole name. */
export interface PythonPattern {
  /**
   * `re.fullmatch(pattern, name) is not None`.
   * @throws {UsageError} where the budget is used up.
   */
  matches(name: string): boolean;
}

type State =
  | { kind: "char"; test: (code: number) => boolean; next: number }
  | { kind: "at"; test: (name: string, position: number) => boolean; next: number }
  | { kind: "look"; start: number; negated: boolean; next: number }
  | { kind: "split"; next: number; other: number }
  | { kind: "accept" };

const MAX_EMITTED = 10_000;
/** Building states costs memory, so it counts for more than visiting them. */
const STEPS_FOR_A_STATE = 50;
/** Clearing this many bytes counts as a step. */
const BYTES_FOR_A_STEP = 256;
const ACCEPT_END = 0, ACCEPT_ANYWHERE = 1;

/**
 * Compiles a pattern of an adapter's configuration. Patterns come from strangers, so they run on
 * an automaton that visits each pair of state and position once (Thompson, CACM 11(6), 1968): no
 * pattern takes more than their product, where a backtracking matcher can hang. Alternatives,
 * groups, classes, quantifiers, anchors and lookahead are understood; backreferences, lookbehind
 * and flags are refused.
 * @param where names file and field, for messages.
 * @throws {UsageError} where the pattern is wrong, not understood or too large.
 */
export function compilePythonPattern(
  source: string,
  where: string,
  budget: MatchBudget,
): PythonPattern {
  const refuse = (why: string) => new UsageError(`${where}: the pattern ${why}.`);
  const ast = parsePythonPattern(source, refuse);
  const { states, start } = buildStates(ast, () => refuse(`${shorten(source)} is too large`));
  spend(budget, states.length * STEPS_FOR_A_STATE, where);
  return {
    matches(name) {
      const found = run(states, start, name, 0, budget);
      spend(budget, 0, where);
      return found;
    },
  };
}

function buildStates(ast: Ast, tooLarge: () => UsageError): { states: State[]; start: number } {
  const states: State[] = [{ kind: "accept" }, { kind: "accept" }];
  let emitted = 0;
  const add = (state: State) => states.push(state) - 1;

  /** Adds the states of `ast` in front of state `next`; returns the first of them. */
  function emit(ast: Ast, next: number): number {
    // Counted by calls, not by states: ((){999}){999} has none.
    if (++emitted > MAX_EMITTED) throw tooLarge();
    switch (ast.kind) {
      case "char":
        return add({ kind: "char", test: ast.test, next });
      case "at":
        return add({ kind: "at", test: ast.test, next });
      case "look":
        return add({
          kind: "look",
          start: emit(ast.body, ACCEPT_ANYWHERE),
          negated: ast.negated,
          next,
        });
      case "sequence":
        return ast.items.reduceRight((after, item) => emit(item, after), next);
      case "choice":
        return ast.options.map((option) => emit(option, next))
          .reduceRight((other, option) => add({ kind: "split", next: option, other }));
      case "repeat":
        return emitRepeat(ast, next);
    }
  }

  function emitRepeat({ body, min, max }: Ast & { kind: "repeat" }, next: number): number {
    let after = next;
    if (max === Infinity) {
      const loop: State & { kind: "split" } = { kind: "split", next: -1, other: next };
      after = add(loop);
      loop.next = emit(body, after);
    } else {
      for (let count = min; count < max; count++) {
        after = add({ kind: "split", next: emit(body, after), other: next });
      }
    }
    for (let count = 0; count < min; count++) after = emit(body, after);
    return after;
  }

  return { start: emit(ast, ACCEPT_END), states };
}

/** Whether some way leads from a state, at a position, to an accepting state. */
function run(
  states: readonly State[],
  start: number,
  name: string,
  from: number,
  budget: MatchBudget,
): boolean {
  const width = name.length + 1;
  const seen = new Uint8Array(states.length * width);
  budget.stepsLeft -= seen.length / BYTES_FOR_A_STEP;
  const todo = [start * width + from];
  const visit = (state: number, position: number) => {
    const key = state * width + position;
    if (seen[key] === 0) todo.push(key);
    seen[key] = 1;
  };
  while (todo.length > 0) {
    if (--budget.stepsLeft < 0) return false;
    const key = todo.pop()!;
    const index = Math.floor(key / width), position = key % width;
    const state = states[index]!;
    switch (state.kind) {
      case "accept":
        if (index === ACCEPT_ANYWHERE || position === name.length) return true;
        break;
      case "char":
        if (position < name.length && state.test(name.charCodeAt(position))) {
          visit(state.next, position + 1);
        }
        break;
      case "at":
        if (state.test(name, position)) visit(state.next, position);
        break;
      case "look":
        if (run(states, state.start, name, position, budget) !== state.negated) {
          visit(state.next, position);
        }
        break;
      case "split":
        visit(state.other, position);
        visit(state.next, position);
    }
  }
  return false;
}
