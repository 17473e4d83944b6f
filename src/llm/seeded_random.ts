import { mersenneFromState } from "pure-rand/generator/mersenne";

const WORDS = 624;

/**
 * Numbers in [0, 1) that follow from a seed: the Mersenne Twister MT19937, seeded and read with 53
 * bits as by Python's `random.Random(seed).random()`.
 * (M. Matsumoto, T. Nishimura, ACM TOMACS 8, 1998; the seeding, `init_by_array`, is theirs of 2002.)
 * @param seed a natural number.
 */
export function seededRandom(seed: number): () => number {
  const generator = mersenneFromState([0, ...initialState(wordsOf(seed))]);
  // The first round stirs the state; its words are not used.
  for (let word = 0; word < WORDS; word++) generator.next();
  return () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}

/** In base 2³², the lowest word first. */
function wordsOf(seed: number): number[] {
  const words: number[] = [];
  for (let rest = seed; rest > 0; rest = Math.floor(rest / 2 ** 32)) words.push(rest % 2 ** 32);
  return words.length === 0 ? [0] : words;
}

/** `init_by_array` of MT19937. */
function initialState(key: readonly number[]): Uint32Array {
  const state = new Uint32Array(WORDS);
  state[0] = 19650218;
  for (let i = 1; i < WORDS; i++) state[i] = Math.imul(1812433253, mixed(state[i - 1]!)) + i;
  let i = 1;
  const write = (word: number) => {
    state[i] = word;
    if (++i < WORDS) return;
    state[0] = state[WORDS - 1]!;
    i = 1;
  };
  for (let step = 0; step < Math.max(WORDS, key.length); step++) {
    const j = step % key.length;
    write((state[i]! ^ Math.imul(mixed(state[i - 1]!), 1664525)) + key[j]! + j);
  }
  for (let step = 1; step < WORDS; step++) {
    write((state[i]! ^ Math.imul(mixed(state[i - 1]!), 1566083941)) - i);
  }
  state[0] = 2 ** 31;
  return state;
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
