import type { Choices, Letter } from "../dataset/question.ts";

/** A worked example of our own; its statute does not exist. */
export interface FewShotExample {
  /** The statute text in lawqa_jp's heading style. */
  readonly context: string;
  readonly question: string;
  readonly choices: Choices;
  readonly answer: Letter;
  /** What a good chain of thought says before its answer line. */
  readonly reasoning: string;
}

/**
 * Four short examples, each letter correct once, so that they prefer no letter; one of them asks
 * for the wrong statement. Never taken from a question file.
 */
export const FEW_SHOT_EXAMPLES: readonly FewShotExample[] = [
  {
    context: "## 街路灯籠管理法\n### 第4条\n#### 第1項\n灯籠管理者は、街路灯籠を設置したときは、" +
      "十日以内に、その位置を市長に届け出なければならない。",
    question: "街路灯籠管理法第4条第1項により、灯籠管理者がしなければならないことはどれですか。",
    choices: {
      a: "設置の十日前までに市長の許可を受けること",
      b: "設置の日から三十日以内に知事に届け出ること",
      c: "設置の日から十日以内に位置を市長に届け出ること",
      d: "毎年一回、位置を市長に報告すること",
    },
    answer: "c",
    reasoning:
      "第4条第1項は、設置したときに「十日以内」に「位置」を「市長」に届け出るよう定める。" +
      "aは事前の許可としており誤り。bは期間と相手が違う。dは毎年の報告であり定めがない。" +
      "cは期間、内容、相手のすべてが条文と一致する。",
  },
  {
    context: "## 貸本船運航法\n### 第9条\n#### 第2項\n貸本船の船長は、濃霧のときは、" +
      "貸出しを中止することができる。この場合において、船長は、その旨を乗客に告げなければならない。",
    question: "貸本船運航法第9条第2項に関する説明として正しいものはどれですか。",
    choices: {
      a: "濃霧のとき、船長は貸出しを中止することができる",
      b: "濃霧のとき、船長は貸出しを中止しなければならない",
      c: "強風のとき、船長は貸出しを中止することができる",
      d: "貸出しを中止した船長は、乗客に告げる必要はない",
    },
    answer: "a",
    reasoning:
      "第9条第2項は濃霧のとき「中止することができる」と定め、中止したら乗客に告げる義務を課す。" +
      "bは義務としている点で誤り。cは強風としている点で誤り。dは告知義務に反する。aが条文どおりである。",
  },
  {
    context:
      "## 風車共同利用法\n### 第12条\n#### 第1項\n組合員は、風車の利用料を毎月末日までに支払う。" +
      "\n#### 第2項\n前項の支払を三月以上怠った組合員は、利用を停止される。",
    question: "風車共同利用法第12条の内容として誤っているものはどれですか。",
    choices: {
      a: "利用料は毎月支払うものとされている",
      b: "利用料の支払期限は月の末日である",
      c: "三月以上支払を怠ると利用を停止される",
      d: "一月でも支払を怠ると利用を停止される",
    },
    answer: "d",
    reasoning: "第1項によれば利用料は毎月末日までに支払うので、aとbは条文どおりである。" +
      "第2項は「三月以上」怠ったときに利用を停止するので、cは条文どおりで、dは期間が違う。" +
      "誤っているものを選ぶので、dになる。",
  },
  {
    context: "## 氷室保存法\n### 第3条\n#### 第1項\nこの法律において「氷室」とは、" +
      "地下二メートル以上の深さに氷を貯蔵する設備をいう。",
    question: "氷室保存法第3条第1項の「氷室」に当たるものはどれですか。",
    choices: {
      a: "地上に氷を貯蔵する設備",
      b: "地下三メートルの深さに氷を貯蔵する設備",
      c: "地下一メートルの深さに氷を貯蔵する設備",
      d: "地下三メートルの深さに穀物を貯蔵する設備",
    },
    answer: "b",
    reasoning: "第3条第1項の「氷室」は、地下二メートル以上の深さに氷を貯蔵する設備である。" +
      "aは地上、cは一メートルで深さが足りず、dは貯蔵する物が氷でない。bは深さも物も満たす。",
  },
];
