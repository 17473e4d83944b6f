import type { ChatMessage, Prompt } from "../llm/llm.ts";

/** Raised by one with every change of the wording. */
export const QA_PROMPT_VERSION = 1;

/** A question of the conversation with the answer it got. */
export interface QaTurn {
  readonly question: string;
  readonly answer: string;
}

/** What a question is asked with. */
export interface QaPromptParts {
  readonly question: string;
  /** Statute texts in the order to show them; empty = none were found. */
  readonly contexts: readonly string[];
  /** Earlier turns, the oldest first; their statutes are not shown again. */
  readonly history: readonly QaTurn[];
}

const SYSTEM = "あなたは日本の法令に詳しい専門家です。利用者の質問に日本語で簡潔に答えます。" +
  "参照条文が示されたときは、それだけを根拠とし、根拠にした条文を（金融商品取引法第5条第1項）の" +
  "ように法令名と条番号で示してください。" +
  "参照条文にない条文の番号や内容を推測で書いてはいけません。" +
  "参照条文だけでは答えられないときは、そのとおりに述べてください。";

/** So that the model neither invents articles nor takes those of an earlier turn for this one's. */
const NOTHING_FOUND = "この質問に合う条文は見つかりませんでした。" +
  "条文の番号や内容を作り上げず、根拠となる条文が見つからなかったことを最初に述べ、" +
  "一般に言えることだけを、確かでないと断って答えてください。";

/** Renders the chat messages for a question in free text. */
export function renderQaPrompt({ question, contexts, history }: QaPromptParts): Prompt {
  const statutes = contexts.length === 0 ? NOTHING_FOUND : `【参照条文】\n${contexts.join("\n\n")}`;
  return {
    messages: [
      { role: "system", content: SYSTEM },
      ...history.flatMap((turn): ChatMessage[] => [
        { role: "user", content: turn.question },
        { role: "assistant", content: turn.answer },
      ]),
      { role: "user", content: `${statutes}\n\n【質問】\n${question}` },
    ],
    parts: {
      context: contexts.join("\n\n"),
      question,
      choices: { a: "", b: "", c: "", d: "" },
    },
  };
}
