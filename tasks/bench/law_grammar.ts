import type { Law, LawRow, LawUnit } from "../../src/rag/corpus/law.ts";
import { kanjiNumber } from "../demo/kanji_number.ts";
import { type Random, seededRandom } from "../demo/random.ts";
import { makeVocabulary, randomKanji, zipfPick } from "./law_vocabulary.ts";

/** What to make. */
export interface LawGrammarOptions {
  readonly rows: number;
  readonly seed: number;
  /** Makes phrases of its own in place of some sentences, e.g. from the statistics of real ones. */
  readonly phrase?: (random: Random) => string;
}

/** Rows a law, on average: 1.376 million rows in 10,400 laws. */
const ROWS_A_LAW = 132;

const SUBJECTS = [
  "{p}は、",
  "{p}が{n}について{n}をしようとするときは、",
  "{a}の規定による{n}を受けた{p}は、",
  "{n}に係る{n}を行う{p}であつて{n}を有するものは、",
  "前項の{n}の{n}は、",
  "{p}（{n}を除く。以下この条において同じ。）は、",
  "この{t}において「{n}」とは、{n}のうち",
  "{a}に規定する{n}が{n}に該当する場合において、",
  "{p}又は{p}は、{a}の{n}があつたときは、",
  "{n}の{n}その他{n}に関し必要な{n}は、",
];
const MIDDLES = [
  "あらかじめ、{n}を記載した{n}を{p}に提出し、",
  "{d}以内に、その{n}を{p}に通知するとともに、",
  "{n}で定めるところにより、",
  "{a}及び{a}の規定にかかわらず、",
  "当該{n}の{n}が{m}以上であるときは、",
  "{n}、{n}及び{n}を勘案して、",
  "その{n}に{n}がない限り、",
  "{n}が{n}と認めるときは、{p}の意見を聴いて、",
  "{a}の{n}に係る{n}が満了した後においても、",
];
const ENDS = [
  "{n}をしなければならない。",
  "{n}を受けなければならない。",
  "{n}をしてはならない。",
  "{n}を命ずることができる。",
  "{n}を{n}に委任することができる。",
  "{n}によるものとする。",
  "{n}を準用する。この場合において、「{n}」とあるのは「{n}」と読み替えるものとする。",
  "この限りでない。",
  "{d}を超えない範囲内において{n}で定める。",
  "{m}以下の{n}に処する。",
  "{n}をいう。",
  "その{n}を{n}に公告しなければならない。",
];
const ITEMS = [
  "{n}の{n}",
  "{a}に規定する{n}",
  "{n}に関する{n}であつて{n}に係るもの",
  "{n}及び{n}の{n}を証する{n}",
  "{n}　{n}が{n}と認める{n}",
  "{n}その他の{n}（{a}の{n}を含む。）",
  "氏名又は名称及び住所並びに{n}にあつては、その{n}の氏名",
];
const TITLES = ["{n}法", "{n}に関する法律", "{n}法施行令", "{n}法施行規則", "{n}等に関する省令"];
const KINDS = ["法律", "法律", "政令", "省令"];

/**
 * Laws whose text looks like the real ones' to an index: sentences of statutes' own frames, filled
 * with words of a few hundred topics each, the word frequencies after Zipf's law, laws and articles
 * of very different lengths. The same options always give the same laws.
 */
export function* makeLaws(options: LawGrammarOptions): Generator<Law> {
  const random = seededRandom(options.seed);
  const vocabulary = makeVocabulary(random);
  let rows = 0;
  for (let number = 1; rows < options.rows; number++) {
    const wanted = Math.min(options.rows - rows, Math.ceil(skewed(random, ROWS_A_LAW, 1.3)));
    yield new LawMaker(random, vocabulary, options.phrase).make(number, wanted);
    rows += wanted;
  }
}

/** A length of a log-normal distribution with that mean. */
function skewed(random: Random, mean: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) *
    Math.cos(2 * Math.PI * random.next());
  return mean * Math.exp(sigma * normal - sigma * sigma / 2);
}

class LawMaker {
  readonly #random: Random;
  readonly #vocabulary: readonly string[];
  readonly #phrase: LawGrammarOptions["phrase"];
  /** The compounds that this law is about, the frequent ones first. */
  readonly #topics: readonly string[];
  readonly #persons: readonly string[];

  constructor(
    random: Random,
    vocabulary: readonly string[],
    phrase: LawGrammarOptions["phrase"],
  ) {
    this.#random = random;
    this.#vocabulary = vocabulary;
    this.#phrase = phrase;
    this.#topics = Array.from({ length: 120 }, () => this.#compound());
    this.#persons = Array.from(
      { length: 12 },
      () => this.#compound() + random.pick([..."者人長官"]),
    );
  }

  make(number: number, rowCount: number): Law {
    const year = 1 + this.#random.below(30);
    const kind = this.#random.pick(KINDS);
    const units: LawUnit[] = [];
    for (let rows = 0; rows < rowCount;) {
      const unit = this.#unit(units.length + 1, rowCount - rows);
      units.push(unit);
      rows += unit.rows.length;
    }
    return {
      lawId: `7${String(year).padStart(2, "0")}AC${String(number).padStart(10, "0")}`,
      lawNum: `令和${kanjiNumber(year)}年${kind}第${kanjiNumber(number)}号`,
      title: this.#fill(this.#random.pick(TITLES)),
      abbreviations: [],
      units,
    };
  }

  #unit(number: number, room: number): LawUnit {
    const rows: LawRow[] = [];
    const wanted = Math.min(room, Math.ceil(skewed(this.#random, 3.3, 0.9)));
    for (let paragraph = 1; rows.length < wanted; paragraph++) {
      rows.push({ kind: "paragraph", paragraph: String(paragraph), text: this.#sentences() });
      if (this.#random.next() > 0.3) continue;
      for (let item = 1; item < 12 && rows.length < wanted; item++) {
        rows.push({
          kind: "item",
          paragraph: String(paragraph),
          item: String(item),
          text: this.#fill(this.#random.pick(ITEMS)),
        });
      }
    }
    return {
      provision: "main",
      num: String(number),
      title: `第${kanjiNumber(number)}条`,
      caption: this.#random.next() < 0.7 ? `${this.#noun()}の${this.#noun()}` : "",
      headings: [`第${kanjiNumber(1 + Math.floor(number / 20))}章　${this.#topics[number % 9]}`],
      isDeleted: false,
      rows,
    };
  }

  #sentences(): string {
    const count = Math.min(6, Math.ceil(skewed(this.#random, 1.3, 0.5)));
    return Array.from({ length: count }, () => {
      if (this.#phrase !== undefined && this.#random.next() < 0.5) {
        return this.#phrase(this.#random);
      }
      const middles = this.#random.below(3);
      const parts = [this.#random.pick(SUBJECTS)];
      for (let i = 0; i < middles; i++) parts.push(this.#random.pick(MIDDLES));
      return this.#fill([...parts, this.#random.pick(ENDS)].join(""));
    }).join("");
  }

  #fill(frame: string): string {
    return frame.replace(/\{(.)\}/g, (_, slot) => this.#slot(slot));
  }

  #slot(slot: string): string {
    const random = this.#random;
    switch (slot) {
      case "p":
        return random.pick(this.#persons);
      case "a":
        return `第${kanjiNumber(1 + random.below(120))}条` +
          (random.next() < 0.6 ? `第${kanjiNumber(1 + random.below(6))}項` : "") +
          (random.next() < 0.2 ? `第${kanjiNumber(1 + random.below(15))}号` : "");
      case "d":
        return kanjiNumber(1 + random.below(60)) + random.pick(["日", "月", "年"]);
      case "m":
        return `${kanjiNumber(1 + random.below(50))}${random.pick(["万円", "パーセント", "人"])}`;
      case "t":
        return random.pick(["法律", "政令", "省令", "章", "条"]);
      default:
        return this.#noun();
    }
  }

  /** Mostly what the law is about, else any word, now and then one that is nowhere else. */
  #noun(): string {
    if (this.#random.next() < 0.03) return randomKanji(this.#random) + randomKanji(this.#random);
    return this.#random.next() < 0.55
      ? zipfPick(this.#topics, this.#random)
      : zipfPick(this.#vocabulary, this.#random);
  }

  #compound(): string {
    const words = 1 + this.#random.below(3);
    return Array.from({ length: words }, () => zipfPick(this.#vocabulary, this.#random)).join("");
  }
}
