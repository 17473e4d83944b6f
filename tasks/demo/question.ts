import { type Fact, isTrue, type Slots, type Statement, wordings } from "./fact.ts";
import { isNormKind, norm, NORMS } from "./norm.ts";
import type { Random } from "./random.ts";
import { type Slot, SLOT_POOLS } from "./slot.ts";
import { type Article, type Chapter, plainArticleTitle, type Statute } from "./statute.ts";

/** Whether the one true statement or the one false statement is asked for. */
export type QuestionKind = "correct" | "wrong";

/** The letters of the choices. */
export const LETTERS = ["a", "b", "c", "d"] as const;

/** A choice: what it claims and how it says so. */
export interface Choice {
  readonly statement: Statement;
  readonly text: string;
}

/** A four-choice question about one article. */
export interface Question {
  readonly statute: Statute;
  readonly chapter: Chapter;
  readonly article: Article;
  readonly kind: QuestionKind;
  /**
   * grid: one fact, two slots, each right or wrong, so that every value comes twice;
   * mixed: four facts of the article, each false statement with one wrong slot.
   */
  readonly form: "grid" | "mixed";
  readonly ask: string;
  readonly choices: readonly Choice[];
  readonly answer: typeof LETTERS[number];
}

/** How questions are made. */
export interface QuestionOptions {
  /** Share of questions that ask for the wrong statement (0 to 1). */
  readonly wrongShare: number;
  /** Share of grids among the questions that ask for the correct statement (0 to 1). */
  readonly gridShare: number;
  /** Only the wording nearest to the statute, with kanji numerals. */
  readonly plain: boolean;
}

const ASK: Readonly<Record<QuestionKind, readonly ((place: string) => string)[]>> = {
  correct: [
    (place) => `${place}に関する次の記述のうち、正しいものはどれか。`,
    (place) => `次のaからdまでの記述のうち、${place}の内容として正しいものを一つ選べ。`,
    (place) => `${place}について述べた次の記述のうち、正しいものはどれですか。`,
  ],
  wrong: [
    (place) => `${place}に関する次の記述のうち、誤っているものはどれか。`,
    (place) => `次のaからdまでの記述のうち、${place}の内容として誤っているものを一つ選べ。`,
    (place) => `${place}について述べた次の記述のうち、誤っているものはどれですか。`,
  ],
};

/** Of the wrong values, this share comes from elsewhere in the article where it has any. */
const NEAR_SHARE = 0.9;

/** A wrong value for a slot, or undefined if its kind offers none. */
function wrongValue(slot: Slot, place: Place, random: Random): Slot | undefined {
  const { article, statute } = place;
  if (isNormKind(slot.kind)) {
    const other = NORMS[slot.kind].find((value) => value !== slot.value);
    return other && norm(slot.kind, other);
  }
  const isOther = (s: Slot) => s.kind === slot.kind && s.value !== slot.value;
  const pool = SLOT_POOLS[slot.kind] ?? (slot.kind === "office" ? statute.profile.offices : []);
  const text = article.paragraphs.map((p) => p.text).join("");
  const inArticle = [
    ...article.facts.flatMap((f) => Object.values(f.slots)),
    // Words that the article uses without a fact about them; numbers could match inside others.
    ...pool.filter((s) => s.law === s.value && text.includes(s.law)),
  ].filter(isOther);
  const elsewhere = pool.filter(isOther);
  const near = inArticle.length > 0 && (elsewhere.length === 0 || random.next() < NEAR_SHARE);
  const candidates = near ? inArticle : elsewhere;
  return candidates.length > 0 ? random.pick(candidates) : undefined;
}

/** Where a question is set. */
interface Place {
  readonly statute: Statute;
  readonly chapter: Chapter;
  readonly article: Article;
}

/** Four statements: right × right, right × wrong, wrong × right, wrong × wrong; the first is true. */
function gridStatements(place: Place, random: Random): Statement[] | undefined {
  const options = place.article.facts.flatMap((fact) => {
    // Silence of the law makes "need not tell another office" true, so that a negated norm together
    // with a second wrong slot would be no clean falsehood; may/must are both positive.
    const names = Object.keys(fact.slots).filter((name) => {
      const kind = fact.slots[name]!.kind;
      return !isNormKind(kind) || kind === "discretion";
    });
    return names.length >= 2 ? [{ fact, names }] : [];
  });
  if (options.length === 0) return undefined;
  const { fact, names } = random.pick(options);
  const [first, second] = random.sample(names, 2) as [string, string];
  const wrongFirst = wrongValue(fact.slots[first]!, place, random);
  const wrongSecond = wrongValue(fact.slots[second]!, place, random);
  if (wrongFirst === undefined || wrongSecond === undefined) return undefined;
  return [{}, { [second]: wrongSecond }, { [first]: wrongFirst }, {
    [first]: wrongFirst,
    [second]: wrongSecond,
  }].map((change) => ({ fact, slots: { ...fact.slots, ...change } as Slots }));
}

function corrupted(fact: Fact, place: Place, random: Random): Statement | undefined {
  const name = random.pick(Object.keys(fact.slots));
  const wrong = wrongValue(fact.slots[name]!, place, random);
  return wrong && { fact, slots: { ...fact.slots, [name]: wrong } };
}

/** Statements about four facts; the first is the odd one out: true for "correct", else false. */
function mixedStatements(
  kind: QuestionKind,
  place: Place,
  random: Random,
): Statement[] | undefined {
  const facts = random.sample(place.article.facts, 4);
  const statements = facts.flatMap((fact, i) => {
    const holds = (i === 0) === (kind === "correct");
    return (holds ? { fact, slots: fact.slots } : corrupted(fact, place, random)) ?? [];
  });
  return statements.length === 4 ? statements : undefined;
}

/** The words of four statements; in half of the questions all are in one manner. */
function choiceTexts(statements: readonly Statement[], plain: boolean, random: Random): string[] {
  const sameManner = random.next() < 0.5;
  const shared = random.next();
  return statements.map((statement) => {
    const ways = wordings(statement, plain);
    const manner = plain ? 0 : Math.floor((sameManner ? shared : random.next()) * ways.length);
    return ways[manner]!;
  });
}

/** The letters that answer a question, found from the slots of its statements alone. */
export function solve(
  kind: QuestionKind,
  statements: readonly Statement[],
  facts: readonly Fact[],
): string[] {
  return LETTERS.filter((_, i) => {
    const statement = statements[i];
    return statement !== undefined && isTrue(statement, facts) === (kind === "correct");
  });
}

/** One attempt at a question; undefined if the draw was not uniquely solvable. */
function tryQuestion(
  place: Place,
  { kind, form, answer }: Pick<Question, "kind" | "form" | "answer">,
  plain: boolean,
  random: Random,
): Question | undefined {
  const drawn = form === "grid"
    ? gridStatements(place, random)
    : mixedStatements(kind, place, random);
  if (drawn === undefined) return undefined;
  const [odd, ...others] = drawn;
  const statements = random.shuffle(others);
  statements.splice(LETTERS.indexOf(answer), 0, odd!);
  const solved = solve(kind, statements, place.article.facts);
  if (solved.length !== 1 || solved[0] !== answer) return undefined;
  const texts = choiceTexts(statements, plain, random);
  if (new Set(texts).size < 4) return undefined;
  const where = place.statute.profile.title + plainArticleTitle(place.article.num);
  return {
    ...place,
    kind,
    form,
    ask: random.pick(ASK[kind])(where),
    choices: statements.map((statement, i) => ({ statement, text: texts[i]! })),
    answer,
  };
}

/** Kinds, forms and letters of `count` questions: the letters of each are level to within one. */
function plan(count: number, { wrongShare, gridShare }: QuestionOptions, random: Random) {
  const wrong = Math.round(count * wrongShare);
  const grids = Math.round((count - wrong) * gridShare);
  // The groups go on from each other through the letters, so that the whole is level as well.
  const start = random.below(4);
  const planned = Array.from({ length: count }, (_, i) => ({
    kind: (i < wrong ? "wrong" : "correct") as Question["kind"],
    form: (i < count - grids ? "mixed" : "grid") as Question["form"],
    answer: LETTERS[(start + i) % 4]!,
  }));
  return random.shuffle(planned);
}

/** What a question asks, apart from the order and the wording of its choices. */
function questionKey({ statute, article, kind, choices }: Question): string {
  const claims = choices.map(({ statement }) =>
    [statement.fact.family, ...Object.values(statement.slots).map(({ value }) => value)].join(" ")
  );
  return [statute.id, article.num, kind, ...claims.sort()].join("\n");
}

/**
 * Makes questions, spread evenly over the articles that lay something down; no two are the same but
 * for the order or the wording of their choices.
 * @throws RangeError if the statutes don't have that many different questions
 */
export function makeQuestions(
  statutes: readonly Statute[],
  count: number,
  options: QuestionOptions,
  random: Random,
): Question[] {
  const places = statutes.flatMap((statute) =>
    statute.chapters.flatMap((chapter) =>
      chapter.articles.filter(({ facts }) => facts.length > 0)
        .map((article): Place => ({ statute, chapter, article }))
    )
  );
  const seen = new Set<string>();
  let queue: Place[] = [];
  const questions = plan(count, options, random).map((planned) => {
    for (let attempt = 0; attempt < 2000; attempt++) {
      if (queue.length === 0) queue = random.shuffle(places);
      const place = queue[queue.length - 1]!;
      const question = tryQuestion(place, planned, options.plain, random);
      // A place that has run dry must not hold up the others.
      if (question === undefined && attempt % 50 !== 49) continue;
      queue.pop();
      if (question === undefined) continue;
      const key = questionKey(question);
      if (seen.has(key)) continue;
      seen.add(key);
      return question;
    }
    throw new RangeError(
      `Only ${seen.size} different questions found in ${statutes.length} statute(s), not ${count}; ` +
        `ask for fewer questions or more statutes`,
    );
  });
  const order = new Map(places.map(({ article }, i) => [article, i]));
  return questions.sort((x, y) => order.get(x.article)! - order.get(y.article)!);
}
