/** The four answer letters, in the order in which choices are shown. */
export const LETTERS = ["a", "b", "c", "d"] as const;

/** One of the four answer letters. */
export type Letter = (typeof LETTERS)[number];

/** True for exactly one lower-case ASCII letter from a to d. */
export function isLetter(value: unknown): value is Letter {
  return typeof value === "string" && (LETTERS as readonly string[]).includes(value);
}

/** The text of each choice, without its letter. */
export type Choices = Readonly<Record<Letter, string>>;

/** One four-choice question of a lawqa_jp file after validation. */
export interface Question {
  /** Position in the file, counted from 0. */
  readonly index: number;
  /** ファイル名: the question's own name. Not unique in shuffled files. */
  readonly fileName: string;
  /** コンテキスト: the statute text that settles the question ("gold" context). May be empty. */
  readonly context: string;
  /** 指示: the instruction, with its literal `<following_context>` marker. */
  readonly instruction: string;
  /** 問題文: the question itself. */
  readonly question: string;
  /** 選択肢, parsed. */
  readonly choices: Choices;
  /** output: the correct letter. */
  readonly answer: Letter;
  /** references: where the context comes from (URLs of laws). */
  readonly references: readonly string[];
  /** 回答オーダーマップ番号 of the shuffled files: "1" to "4". */
  readonly orderMap?: string;
}
