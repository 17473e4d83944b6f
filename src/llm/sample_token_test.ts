import assert from "node:assert/strict";
import { seededRandom } from "../../tasks/demo/random.ts";
import { likeliest, sampleToken, type Sampling } from "./sample_token.ts";

/** Logarithms of 0.5, 0.25, 0.15 and 0.1, in no order. */
const LOGITS = Float32Array.from([0.25, 0.1, 0.5, 0.15], Math.log);
const ALL: Sampling = { temperature: 1, topK: 0, topP: 1 };

/** How often each token is drawn. */
function shares(sampling: Partial<Sampling>, logits = LOGITS, draws = 20_000): number[] {
  const { next } = seededRandom(5);
  const counts = new Array<number>(logits.length).fill(0);
  for (let draw = 0; draw < draws; draw++) {
    counts[sampleToken(logits, { ...ALL, ...sampling }, next)]!++;
  }
  return counts.map((count) => count / draws);
}

function assertShares(found: readonly number[], expected: readonly number[]): void {
  // Four standard deviations of 20,000 draws.
  found.forEach((share, token) =>
    assert.ok(Math.abs(share - expected[token]!) < 0.015, `${found} is not ${expected}`)
  );
}

Deno.test("temperature 1 draws by the model's probabilities", () => {
  assertShares(shares({}), [0.25, 0.1, 0.5, 0.15]);
  // Logits that are only known up to a constant are the same model.
  assertShares(shares({}, LOGITS.map((logit) => logit + 700)), [0.25, 0.1, 0.5, 0.15]);
});

Deno.test("a temperature takes each probability to its power", () => {
  for (const temperature of [0.5, 2]) {
    const weights = [0.25, 0.1, 0.5, 0.15].map((one) => one ** (1 / temperature));
    const total = weights.reduce((a, b) => a + b);
    assertShares(shares({ temperature }), weights.map((weight) => weight / total));
  }
  assertShares(shares({ temperature: 0.01 }), [0, 0, 1, 0]);
});

Deno.test("top-k and top-p keep the likeliest and draw among them by their probabilities", () => {
  assertShares(shares({ topK: 2 }), [1 / 3, 0, 2 / 3, 0]);
  assertShares(shares({ topK: 9 }), [0.25, 0.1, 0.5, 0.15]);
  assertShares(shares({ topP: 0.7 }), [1 / 3, 0, 2 / 3, 0]);
  assertShares(shares({ topP: 0.8 }), [0.25 / 0.9, 0, 0.5 / 0.9, 0.15 / 0.9]);
  assertShares(shares({ topP: 0.01 }), [0, 0, 1, 0]);
  // Top-p looks at what top-k has left: 0.5 of 0.75.
  assertShares(shares({ topK: 2, topP: 0.6 }), [0, 0, 1, 0]);
});

Deno.test("temperature 0 takes the likeliest, the first of equals, and draws nothing", () => {
  const never = () => assert.fail("a random number was drawn");
  assert.equal(sampleToken(LOGITS, { ...ALL, temperature: 0 }, never), 2);
  assert.equal(likeliest(Float32Array.of(-3, 7, 7, 1)), 1);
  assert.equal(likeliest(Float32Array.of(-3)), 0);
});

Deno.test("the ends of the random numbers' range are tokens too", () => {
  for (const value of [0, 1 - 2 ** -53]) {
    const token = sampleToken(LOGITS, ALL, () => value);
    assert.equal(token, value === 0 ? 2 : 1);
  }
});
