/**
 * Closing and opening tags of thinking blocks, in lower case. The bounded `\s?` keeps it linear.
 */
const THINKING_TAG =
  /<\s?(\/?)\s?(?:think(?:ing)?|thoughts?|reasoning|reflection|analysis)\s?>|◁(\/?)think▷|<\|(begin|end)_of_thought\|>/giu;

/** Tokens after which a model's turn is over; what follows is an invented next turn. */
const END_OF_TURN =
  /<\|(?:im_end|im_start|endoftext|eot_id|end_of_text|end|return|start|end▁of▁sentence)\|>|<\/s>|<(?:end_of_turn|start_of_turn|eos|pad)>|\[\/?inst\]/u;

/** Other tokens and role marks of chat templates. */
const CHAT_TOKEN = /<\|[^|<>\n]{0,40}\|>|<s>|<bos>/gu;

/**
 * True for a text with marks that only a chat template may write: thinking tags, ends of turns, roles.
 * Whatever spelling of them the reading of answers takes away counts.
 */
export function hasTemplateMark(text: string): boolean {
  const lower = foldedMarks(text);
  return [THINKING_TAG, END_OF_TURN, CHAT_TOKEN].some((mark) => lower.search(mark) >= 0);
}

/** In the spelling in which marks are looked for. */
function foldedMarks(text: string): string {
  // A stroke behind a tag would become one sign with its ">", and the tag would be none.
  return text.normalize("NFKC").replaceAll("≮", "<\u0338").replaceAll("≯", ">\u0338")
    .toLowerCase();
}

/** Removes the thinking tags and keeps what is inside them. */
export function withoutThinkingTags(text: string): string {
  return text.replace(THINKING_TAG, "");
}

/**
 * Removes thinking blocks with their contents. An unclosed block reaches to the end; a closing tag
 * without an opening one ends a block whose opening tag was part of the prompt (Qwen's template).
 */
function withoutThinking(text: string): string {
  let kept = "";
  let from = 0;
  let open = false;
  for (const tag of text.matchAll(THINKING_TAG)) {
    const closes = tag[1] === "/" || tag[2] === "/" || tag[3]?.toLowerCase() === "end";
    if (!closes) {
      if (!open) kept += text.slice(from, tag.index) + "\n";
      open = true;
    } else {
      if (!open) kept = "";
      open = false;
      from = tag.index + tag[0].length;
    }
  }
  return open ? kept : kept + text.slice(from);
}

/** The part of a "harmony" answer (gpt-oss) that is meant for the user. */
function finalChannel(text: string): string {
  const marker = "<|channel|>final<|message|>";
  const final = text.lastIndexOf(marker);
  if (final >= 0) return text.slice(final + marker.length);
  return /<\|channel\|>(?:analysis|commentary)/.test(text) ? "" : text;
}

/** The first turn that says something, without chat tokens and role names. */
function firstTurn(text: string): string {
  for (const turn of text.split(new RegExp(END_OF_TURN, "gu"))) {
    const said = turn.replace(CHAT_TOKEN, " ")
      .replace(/^\s*(?:assistant|model)\s*\n/u, "");
    if (said.trim() !== "") return said;
  }
  return "";
}

/**
 * One spelling for everything the rules do not care about: NFKC, lower case, no invisible
 * characters, straight quotes, no Markdown, HTML or LaTeX text styling, one space between words,
 * no blank lines. NFKC comes first, so that a text and its NFKC form always give the same result.
 */
export function plainText(text: string): string {
  return text.normalize("NFKC").toLowerCase()
    // Zero-width characters, marks of direction, variation selectors, keycap frame, controls.
    .replace(
      // deno-lint-ignore no-control-regex
      /[\u0000-\u0008\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\u20e3\ufe00-\ufe0f\ufeff]/g,
      "",
    )
    .replace(/[“”„‟″]/g, '"').replace(/[‘’‚‛′]/g, "'")
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]|<br ?\/?>|<\/?p>/g, "\n")
    .replace(/<b>([^<>\n]{0,300})<\/b>/g, "$1")
    .replace(/<\/?(?:strong|i|em|u|span|code|pre|div|center|mark|li|ul|ol|h[1-6])>/g, "")
    .replace(/~~[^~\n]{1,200}~~/g, "")
    .replace(/[\\¥](?:text(?:bf|it|rm|tt)?|math(?:bf|rm|it|sf)|operatorname|rm)\b ?/g, "")
    .replace(/[*`]|__|\$/g, "")
    .replace(/[^\S\n]+/gu, " ")
    // Bullets, arrows, headings and quotes at the start of a line.
    .replace(/^[-–—+•・●◆■▶★☆※→⇒=#> ]+/gmu, "")
    .replace(/ ?\n[\n ]*/g, "\n")
    .trim();
}

/**
 * What a model said to the user, in the spelling of {@link plainText}: thinking removed, and
 * everything after the end of its turn. `""` where nothing was said.
 */
export function saidText(text: string): string {
  return plainText(firstTurn(finalChannel(withoutThinking(foldedMarks(text)))));
}

/** True for the characters that a comparison of texts looks at: letters, digits and marks. */
export function isSignificant(char: string): boolean {
  return !/[\s\p{P}\p{S}\p{C}]/u.test(char);
}

/** `text` in the spelling of {@link plainText} without whitespace, punctuation and symbols. */
export function comparable(text: string): string {
  return plainText(text).replace(/[\s\p{P}\p{S}\p{C}]+/gu, "");
}
