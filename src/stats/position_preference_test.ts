import assert from "node:assert/strict";
import { seededRandom } from "../../tasks/demo/random.ts";
import { ORDER_NAMES, originalLetter, shownLetter } from "../dataset/choice_orders.ts";
import { type Letter, LETTERS } from "../dataset/question.ts";
import { positionPreference, type ShownLetters } from "./position_preference.ts";

const always = (letter: Letter): ShownLetters => [letter, letter, letter, letter];
/** The letters of a model that takes these choices in the four orders. */
const taking = (choices: readonly Letter[]): ShownLetters =>
  choices.map((choice, order) => shownLetter(ORDER_NAMES[order]!, choice));

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${actual} is not ${expected}`);
}

Deno.test("a model that always writes one letter: one way in 24 a question", () => {
  for (const letter of LETTERS) {
    for (const count of [1, 3, 140]) {
      const found = positionPreference(Array.from({ length: count }, () => always(letter)))!;
      assert.equal(found.letter, letter);
      assert.deepEqual([found.count, found.answered, found.questions], [
        4 * count,
        4 * count,
        count,
      ]);
      near(found.pValue, 4 * 24 ** -count);
    }
  }
});

Deno.test("a model that takes the same choice wherever it stands shows no preference", () => {
  const questions = LETTERS.map((choice) => taking([choice, choice, choice, choice]));
  const found = positionPreference(questions)!;
  assert.deepEqual(found.counts, { a: 4, b: 4, c: 4, d: 4 });
  assert.equal(found.pValue, 1);
});

Deno.test("always the right choice, or always a wrong one, is no preference however often a is right", () => {
  const right = Array.from({ length: 100 }, () => taking(["a", "a", "a", "a"]));
  assert.equal(positionPreference(right)!.pValue, 1);
});

Deno.test("the p-value is the share of all ways to hand the choices to the orders", () => {
  const { below } = seededRandom(3);
  const given = ["a", "b", "c", "d", "unknown"] as const;
  for (let trial = 0; trial < 30; trial++) {
    const questions = Array.from(
      { length: 3 },
      () => Array.from({ length: 4 }, () => given[below(trial % 2 === 0 ? 5 : 2)]!),
    );
    const found = positionPreference(questions);
    if (found === undefined) continue;
    const ways = questions.map((letters) => countsOfAllWays(letters, found.letter));
    let far = 0;
    for (const x of ways[0]!) {
      for (const y of ways[1]!) for (const z of ways[2]!) if (x + y + z >= found.count) far++;
    }
    near(found.pValue, Math.min(1, 4 * far / 24 ** 3));
  }
});

/** How often a letter is given in each of the 24 ways, by trying them. */
function countsOfAllWays(letters: ShownLetters, letter: Letter): number[] {
  const choices = letters.map((shown, order) =>
    shown === "unknown" ? shown : originalLetter(ORDER_NAMES[order]!, shown)
  );
  const counts: number[] = [];
  for (let code = 0; code < 256; code++) {
    const way = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6];
    if (new Set(way).size < 4) continue;
    counts.push(
      way.filter((from, order) =>
        choices[from] !== "unknown" &&
        shownLetter(ORDER_NAMES[order]!, choices[from] as Letter) === letter
      ).length,
    );
  }
  return counts;
}

Deno.test("without a preference, p ≤ 0.05 comes up in at most one of twenty runs", () => {
  const { below } = seededRandom(11);
  let rejected = 0;
  const runs = 600;
  for (let run = 0; run < runs; run++) {
    const questions = Array.from({ length: 20 }, () => {
      // Unsure between two choices of its own, in each order anew.
      const [one, other] = [LETTERS[below(4)]!, LETTERS[below(4)]!];
      return taking(Array.from({ length: 4 }, () => below(3) === 0 ? other : one));
    });
    if (positionPreference(questions)!.pValue <= 0.05) rejected++;
  }
  assert.ok(rejected <= runs * 0.05, `${rejected} of ${runs}`);
});

Deno.test("a preference in a fifth of the answers is found in 140 questions", () => {
  const { below } = seededRandom(5);
  const questions = Array.from({ length: 140 }, () => {
    const choice = LETTERS[below(4)]!;
    return taking([choice, choice, choice, choice])
      .map((letter) => below(5) === 0 ? "b" : letter);
  });
  const found = positionPreference(questions)!;
  assert.equal(found.letter, "b");
  assert.ok(found.pValue < 0.001, String(found.pValue));
});

Deno.test("thousands of questions are summed without running out of range", () => {
  const questions = Array.from(
    { length: 3000 },
    (_, at) => at % 2 === 0 ? always("d") : taking(["a", "b", "b", "c"]),
  );
  const found = positionPreference(questions)!;
  assert.ok(found.pValue >= 0 && found.pValue < 1e-300);
  assert.equal(positionPreference([["unknown", "unknown", "unknown", "unknown"]]), undefined);
  assert.throws(() => positionPreference([["a", "b"]]), /2 answers instead of four/);
});
