import type { CorpusStore } from "../index/corpus_store.ts";
import { rowBytes } from "./dot_kernel.ts";
import { type Grain, passageCount, passageText } from "./passage_text.ts";

/** What a build will cost, told before it goes on. */
export interface BuildCost {
  /** Articles or rows, deleted ones included. */
  readonly passages: number;
  /** Of them embedded already, by a build that was cut off and by the trial. */
  readonly done: number;
  /** About how long the rest takes. */
  readonly seconds: number;
  /** Size of the finished vectors. */
  readonly sizeBytes: number;
  /** What this is extrapolated from. */
  readonly trial: { readonly passages: number; readonly seconds: number };
}

/** How far a build is. */
export interface BuildProgress {
  readonly done: number;
  readonly total: number;
  /** About how long the rest takes. */
  readonly secondsLeft: number;
}

/** Passages whose lengths stand for those of all. */
const SAMPLE = 400;
/** A token of Japanese is hardly ever more characters: what is longer is cut and costs no more. */
const CHARACTERS_A_TOKEN = 2;

/** Extrapolates time by the lengths of passages: most of a model's work grows with them. */
export class BuildClock {
  #characters = 0;
  #passages = 0;
  #seconds = 0;

  private constructor(
    readonly total: number,
    readonly meanCharacters: number,
    readonly mostCharacters: number,
  ) {}

  /** Looks at passages evenly from the whole corpus, because laws differ. */
  static sample(store: CorpusStore, grain: Grain, maxTokens: number): BuildClock {
    const total = passageCount(store, grain);
    const most = CHARACTERS_A_TOKEN * maxTokens;
    const count = Math.min(SAMPLE, total);
    let characters = 0;
    for (let at = 0; at < count; at++) {
      const number = Math.floor((at + 0.5) * total / count);
      characters += Math.min(most, passageText(store, grain, number).length);
    }
    return new BuildClock(total, characters / Math.max(1, count), most);
  }

  /** Notes a batch that was embedded. */
  add(texts: readonly string[], passages: number, seconds: number): void {
    for (const { length } of texts) this.#characters += Math.min(this.mostCharacters, length);
    this.#passages += passages;
    this.#seconds += seconds;
  }

  /** About how long the rest takes. */
  secondsLeft(done: number): number {
    const rate = this.#characters / this.#seconds;
    return rate > 0 ? (this.total - done) * this.meanCharacters / rate : 0;
  }

  /** The cost, from what was noted so far. */
  cost(done: number, dimensions: number): BuildCost {
    return {
      passages: this.total,
      done,
      seconds: this.secondsLeft(done),
      sizeBytes: this.total * rowBytes(dimensions),
      trial: { passages: this.#passages, seconds: this.#seconds },
    };
  }
}
