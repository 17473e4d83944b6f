/** One simple command of a shell text. */
export interface ShellCommand {
  /** The program and its arguments with quotes taken away; variables stay as `$NAME`. */
  readonly words: readonly string[];
  /** Assignments in front of the program. */
  readonly assignments: readonly string[];
  /** Redirections as written, without spaces: `>log`, `2>&1`, `</dev/null`; `<<` for a here-document. */
  readonly redirections: readonly string[];
  /** Whether `&` stands behind it. */
  readonly isBackground: boolean;
  /** Whether it reads what the command before it writes. */
  readonly readsPipe: boolean;
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
 * pipes, lists, redirections, and here-documents, which `cat > name.sh` writes: their lines are read as
 * commands too.
 * @throws {Error} for what a reader of the procedure could not check at a glance: substitutions,
 * subshells, loops, functions, open quotes, here-documents to anything else.
 */
export function readShellCommands(text: string, firstLine = 1): ShellCommand[] {
  const { tokens, documents } = tokenise(text, firstLine);
  const commands: ShellCommand[] = [];
  let start = 0;
  let readsPipe = false;
  for (let end = 0; end <= tokens.length; end++) {
    const token = tokens[end];
    if (token !== undefined && !(token.isOperator && /^(?:[;\n]|&&?|\|\|?)$/.test(token.text))) {
      continue;
    }
    const command = asCommand(tokens.slice(start, end), token?.text === "&", readsPipe);
    if (command !== undefined) commands.push(command);
    readsPipe = token?.text === "|";
    start = end + 1;
  }
  for (const { body, line } of documents) commands.push(...readShellCommands(body, line));
  return commands;
}

function asCommand(
  tokens: readonly Token[],
  isBackground: boolean,
  readsPipe: boolean,
): ShellCommand | undefined {
  const words: string[] = [];
  const assignments: string[] = [];
  const redirections: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { text, isOperator, line } = tokens[at]!;
    if (isOperator && text === "<<") {
      redirections.push(text);
    } else if (isOperator) {
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
  if (redirections.includes("<<") && !writesScript(words, redirections)) {
    throw new Error(`line ${tokens[0]!.line}: write a here-document by cat > name.sh <<'EOF'`);
  }
  return { words, assignments, redirections, isBackground, readsPipe, line: tokens[0]!.line };
}

function writesScript(words: readonly string[], redirections: readonly string[]): boolean {
  return words.length === 1 && words[0] === "cat" && redirections.length === 2 &&
    /^>[^>&]+\.sh$/.test(redirections[0]!);
}

const RESERVED = new Set([
  ..."if then else elif fi for while until do done case esac function select { } ! [[".split(" "),
]);

const OPERATOR = /^(?:2>&1|2>>?|<<<?-?|>>|&&|\|\||[;|&<>\n])/;

function tokenise(text: string, firstLine: number) {
  const tokens: Token[] = [];
  const documents: { body: string; line: number }[] = [];
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
      // It may keep a quotation mark from ending the quote.
      if (character === '"' && inside.includes("\\")) {
        throw new Error(`line ${line}: a backslash in double quotes`);
      }
      word = (word ?? "") + inside;
      line += inside.split("\n").length - 1;
      at = end + 1;
    } else if (character === "#" && word === undefined) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (operator?.startsWith("<<")) {
      push("<<");
      const [whole, marker] = /^<<\s*'(\w+)'/.exec(text.slice(at)) ?? [];
      if (marker === undefined) throw new Error(`line ${line}: write here-documents as <<'EOF'`);
      const lineEnd = text.indexOf("\n", at);
      const length = lineEnd < 0 ? -1 : text.slice(lineEnd).search(`\\n${marker}(?:\\n|$)`);
      if (length < 0) throw new Error(`line ${line}: ${marker} is missing`);
      const end = lineEnd + length;
      const body = text.slice(lineEnd + 1, end + 1);
      documents.push({ body, line: line + 1 });
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
