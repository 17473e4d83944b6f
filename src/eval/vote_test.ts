import assert from "node:assert/strict";
import { type Ballot, vote } from "./vote.ts";

const ballots = (letters: string): Ballot[] =>
  [...letters].map((letter) => ({ letter: letter === "-" ? "unknown" : letter as "a" }));

Deno.test("the letter given most often wins", () => {
  assert.deepEqual(vote(ballots("abb")), {
    winner: "b",
    votes: { a: 1, b: 2 },
    confidence: 2 / 3,
    decidingBallot: 1,
    decidedBy: "majority",
  });
});

Deno.test("answers without a letter count as votes for nobody and never win", () => {
  const result = vote(ballots("--c-"));
  assert.equal(result.winner, "c");
  assert.deepEqual(result.votes, { unknown: 3, c: 1 });
  assert.equal(result.confidence, 0.25);
  assert.deepEqual(vote(ballots("--")), {
    winner: "unknown",
    votes: { unknown: 2 },
    confidence: 0,
    decidingBallot: 0,
    decidedBy: "none",
  });
});

Deno.test("a tie goes to the larger sum of log-probabilities where all know it", () => {
  const withLogprobs: Ballot[] = [
    { letter: "a", letterLogprobs: { a: -0.6, b: -0.8 } },
    { letter: "b", letterLogprobs: { a: -2.0, b: -0.1 } },
  ];
  assert.equal(vote(withLogprobs).winner, "b");
  const equal: Ballot[] = [
    { letter: "d", letterLogprobs: { c: -1, d: -1 } },
    { letter: "c", letterLogprobs: { c: -1, d: -1 } },
  ];
  assert.equal(vote(equal).winner, "d");
});

Deno.test("the same log-probabilities in another order are the same sum", () => {
  // Added up from left to right, the second letter's are larger by one rounding.
  const known = (letter: "a" | "b", a: number, b: number): Ballot => ({
    letter,
    letterLogprobs: { a, b },
  });
  const [x, y, z] = [-0.1, -0.2, -0.3];
  assert.ok((z + y) + x > (x + y) + z);
  const ballots = [known("a", x, z), known("b", y, y), known("b", z, x), known("a", 0, 0)];
  const result = vote(ballots);
  assert.deepEqual([result.winner, result.decidedBy], ["a", "earliest"]);
});

Deno.test("a tie without known log-probabilities goes to the earliest", () => {
  assert.equal(vote(ballots("-dcdc")).winner, "d");
  const half: Ballot[] = [
    { letter: "a" },
    { letter: "b", letterLogprobs: { a: -9, b: -0.1 } },
  ];
  assert.equal(vote(half).winner, "a");
});

Deno.test("what decided is told: votes, log-probabilities, or who came first", () => {
  const known = (letter: "a" | "b", a: number, b: number): Ballot => ({
    letter,
    letterLogprobs: { a, b },
  });
  assert.equal(vote(ballots("ab")).decidedBy, "earliest");
  assert.equal(vote([known("a", -1, -2), known("b", -3, -1)]).decidedBy, "logprobs");
  assert.equal(vote([known("a", -1, -2), known("b", -2, -1)]).decidedBy, "earliest");
  assert.equal(vote(ballots("aab")).decidedBy, "majority");
});
