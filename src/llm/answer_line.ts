/** "Answer: b" on a line of its own that has ended. */
const FINISHED_LINE =
  /(?:^|\n)[ \t　]*(?:\*\*)?(?:Answer|答え|回答|解答)(?:\*\*)?[ \t　]*[:：][ \t　]*[*"'「(（]*[a-dａ-ｄ][*"'」)）.。]*[ \t　]*\n$/iu;

/**
 * True once a chain of thought has written its answer line: what would follow is not read.
 * @param text the end of what was generated so far.
 */
export function endsWithAnswerLine(text: string): boolean {
  return FINISHED_LINE.test(text);
}
