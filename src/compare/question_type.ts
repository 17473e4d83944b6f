import { foldWidth } from "../rag/cite/fold_width.ts";

/** Whether a question asks for what is right, or for what is wrong or does not apply. */
export type QuestionType = "asks_right" | "asks_wrong";

/** What is asked for, at the end of the question: 誤っているもの, 該当しないもの, 無関係の条文. */
const ASKED_FOR_WRONG = [
  /(?:誤って|誤った|誤り|正しくな|適切でな|適当でな|妥当でな|不適切|不適当|間違)[^。、]{0,10}(?:[をは]|に(?:該当|当た)|$)/,
  /(?:ない|ならない|できない|無関係[のな])(?:とされて?い?る)?(?:もの|こと|者|場合|行為|事項|条文|記述|必要のないもの)(?:又は(?:もの|場合))?(?:を|はどれ|は何|$)/,
];

/**
 * Tells the two kinds apart by the wording of the last clause. Models that skip the negation fail on
 * one kind only, which the accuracy as a whole hides.
 */
export function questionType(question: string): QuestionType {
  // A proviso may follow what is asked for.
  const asked = foldWidth(question).split(/。\s*(?:ただし|なお)/)[0]!.replace(/[。?？\s]+$/, "");
  const last = asked.slice(-60).split(/[。、,]/).at(-1)!;
  const isWrong = ASKED_FOR_WRONG.some((pattern) => pattern.test(last)) &&
    !/こと(?:の|を定めた|を示す)?(?:根拠|条文)/.test(last);
  return isWrong ? "asks_wrong" : "asks_right";
}
