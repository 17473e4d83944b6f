/** One simple command of a shell text. */
export interface ShellCommand {
  /** The program and its arguments with quotes taken away; variables stay as `$NAME`. */
  readonly words: readonly string[];
  /** Assignments in front of the program. */
  readonly assignments: readonly string[];
  /** Redirections as written, without spaces: `>log`, `2>&1`, `</dev/null`. */
  readonly redirections: readonly string[];
  /** Whether `&` stands behind it. */
  readonly isBackground: boolean;
  /** Line of its first word, counted from 1 in the text. */
  readonly line: number;
}

interface Token {
  readonly text: string;
  readonly isOperator: boolean;
  readonly line: number;
}

/**
 * The simple commands of a shell text as procedures use it: words, quotes, comments, continued lines,
 * pipes, lists, redirections, and here-documents, whose lines are read as commands too when they are
 * written to a file named `*.sh`.
 * @throws {Error} for what a reader of the procedure could not check at a glance: substitutions,
 * subshells, loops, functions, open quotes.
 */
export function readShellCommands(text: string, firstLine = 1): ShellCommand[] {
  const { tokens, documents } = tokenise(text, firstLine);
  const commands: ShellCommand[] = [];
  let start = 0;
  for (let end = 0; end <= tokens.length; end++) {
    const token = tokens[end];
    if (token !== undefined && !(token.isOperator && /^(?:[;\n]|&&?|\|\|?)$/.test(token.text))) {
      continue;
    }
    const command = asCommand(tokens.slice(start, end), token?.text === "&");
    if (command !== undefined) commands.push(command);
    start = end + 1;
  }
  for (const { body, line, target } of documents) {
    if (/\.sh['"]?$/.test(target)) commands.push(...readShellCommands(body, line));
  }
  return commands;
}

function asCommand(tokens: readonly Token[], isBackground: boolean): ShellCommand | undefined {
  const words: string[] = [];
  const assignments: string[] = [];
  const redirections: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { text, isOperator, line } = tokens[at]!;
    if (isOperator) {
      const target = tokens[at + 1];
      const needsTarget = !text.includes("&");
      if (needsTarget && (target === undefined || target.isOperator)) {
        throw new Error(`line ${line}: nothing behind ${text}`);
      }
      redirections.push(text + (needsTarget ? target!.text : ""));
      if (needsTarget) at++;
    } else if (words.length === 0 && /^[A-Za-z_]\w*=/.test(text)) {
      assignments.push(text);
    } else {
      words.push(text);
    }
  }
  if (words.length + assignments.length === 0) return undefined;
  const first = words[0];
  if (first !== undefined && RESERVED.has(first)) {
    throw new Error(`line ${tokens[0]!.line}: "${first}": write the commands one by one`);
  }
  return { words, assignments, redirections, isBackground, line: tokens[0]!.line };
}

const RESERVED = new Set([
  ..."if then else elif fi for while until do done case esac function select { } ! [[".split(" "),
]);

const OPERATOR = /^(?:2>&1|2>>?|<<<?-?|>>|&&|\|\||[;|&<>\n])/;

function tokenise(text: string, firstLine: number) {
  const tokens: Token[] = [];
  const documents: { body: string; line: number; target: string }[] = [];
  let line = firstLine;
  let word: string | undefined;
  const push = (operator?: string) => {
    if (word !== undefined) tokens.push({ text: word, isOperator: false, line });
    word = undefined;
    if (operator !== undefined) tokens.push({ text: operator, isOperator: true, line });
  };
  for (let at = 0; at < text.length;) {
    const character = text[at]!;
    const operator = OPERATOR.exec(text.slice(at, at + 5))?.[0];
    if (character === "\\" && text[at + 1] === "\n") {
      push();
      line++;
      at += 2;
    } else if (character === "\\") {
      word = (word ?? "") + (text[at + 1] ?? "");
      at += 2;
    } else if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0) throw new Error(`line ${line}: a quote is left open`);
      const inside = text.slice(at + 1, end);
      if (character === '"') refuseSubstitution(inside, line);
      word = (word ?? "") + inside;
      line += inside.split("\n").length - 1;
      at = end + 1;
    } else if (character === "#" && word === undefined) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (operator?.startsWith("<<")) {
      push();
      const [whole, marker] = /^<<\s*'(\w+)'/.exec(text.slice(at)) ?? [];
      if (marker === undefined) throw new Error(`line ${line}: write here-documents as <<'EOF'`);
      const lineEnd = text.indexOf("\n", at);
      const end = text.indexOf(`\n${marker}`, lineEnd);
      if (lineEnd < 0 || end < 0) throw new Error(`line ${line}: ${marker} is missing`);
      const target = tokens.at(-1)?.text ?? "";
      const body = text.slice(lineEnd + 1, end + 1);
      documents.push({ body, line: line + 1, target });
      if (text.slice(at + whole!.length, lineEnd).trim() !== "") {
        throw new Error(`line ${line}: nothing may stand behind ${whole}`);
      }
      line += body.split("\n").length;
      at = end + 1 + marker.length;
    } else if (operator !== undefined && (word === undefined || !operator.startsWith("2"))) {
      push(operator);
      if (operator === "\n") line++;
      at += operator.length;
    } else if (/\s/.test(character)) {
      push();
      at++;
    } else {
      refuseSubstitution(text.slice(at, at + 2), line);
      if (character === "(" || character === ")") throw new Error(`line ${line}: a subshell`);
      word = (word ?? "") + character;
      at++;
    }
  }
  push();
  return { tokens, documents };
}

function refuseSubstitution(text: string, line: number): void {
  if (/\$\(|`/.test(text)) throw new Error(`line ${line}: a command substitution`);
}
