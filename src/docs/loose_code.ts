/** A place in a Markdown text that breaks a rule. */
export interface Breach {
  /** Counted from 1. */
  readonly line: number;
  readonly problem: string;
}

/** Inline code of a Markdown text. */
export interface CodeSpan {
  readonly text: string;
  readonly line: number;
}

/** Everything else that can show code: a reader may paste it as well as a block. */
const HTML_CODE = /<\/?(?:pre|code|script|samp|kbd|details)\b/i;
/** Quote marks and bullets, then the four spaces of an indented block. */
const INDENTED = /^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)]))*(?: {4,}|[ \t]*\t)/;
/** A fence as the procedures write it: backticks at the start of a line, and one of two languages. */
const PLAIN_FENCE = /^`{3,}(?:sh|text)?$/;

/**
 * Code that a check of the `sh` and `text` blocks would not see: other languages, fences of `~~~`,
 * fences in quotes and lists, indented blocks, HTML. A procedure does without any.
 * @returns what is odd, and the inline code, both in the text's order.
 */
export function readLooseCode(markdown: string): { odd: Breach[]; spans: CodeSpan[] } {
  const odd: Breach[] = [];
  const spans: CodeSpan[] = [];
  let fence: string | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    const say = (problem: string) => odd.push({ line, problem });
    const [found] = /^\s*`{3,}/.exec(text) ?? [];
    if (fence !== undefined) {
      const closes = found !== undefined && found.trim().length >= fence.length &&
        text.trim() === found.trim();
      if (closes) fence = undefined;
      continue;
    }
    if (found !== undefined) {
      fence = found.trim();
      if (text === fence) say("a block needs a language: sh or text");
      else if (!PLAIN_FENCE.test(text)) {
        say(`a block is \`\`\`sh or \`\`\`text, not ${text.trim()}`);
      }
      continue;
    }
    if (text.trim() === "") continue;
    if (/```|~~~/.test(text)) say("a fence stands at the start of its line, and is ``` alone");
    else if (INDENTED.test(text)) say("an indented line is a block without a language");
    if (HTML_CODE.test(text)) say("code in HTML");
    const rest = text.replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, (_, __, inside: string) => {
      spans.push({ text: inside.trim(), line });
      return "";
    });
    if (rest.includes("`")) say("inline code ends in the line where it begins");
  }
  return { odd, spans };
}
