/** For tests: what real shells complete, with the script that houqa prints for them. */
import type { Shell } from "../completions.ts";

const decoder = new TextDecoder();

/** Whether a shell is on this machine. */
export function hasShell(shell: Shell): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/**
 * What a shell offers for the end of a line.
 * @param script a file with the completions.
 * @param cwd where file names are looked up.
 */
export async function completeInShell(
  shell: Shell,
  script: string,
  line: string,
  cwd: string,
): Promise<string[]> {
  const { args, input } = invocation(shell, script, line);
  const child = new Deno.Command(shell, {
    args,
    cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: cwd, TERM: "dumb", LC_ALL: "C.UTF-8" },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const errors = decoder.decode(stderr);
  if (code !== 0 || errors !== "") throw new Error(`${shell} ended with ${code}: ${errors}`);
  const offered = decoder.decode(stdout).split("\n").filter((one) => one !== "");
  // Fish puts a description behind a word; zsh writes a blank in a name as a person would.
  return offered.map((one) => one.split("\t")[0]!.replaceAll("\\ ", " ")).sort();
}

function invocation(
  shell: Shell,
  script: string,
  line: string,
): { args: string[]; input?: string } {
  if (shell === "fish") {
    const command = 'source $argv[1]; complete --do-complete "$argv[2]"';
    return { args: ["--no-config", "-c", command, script, line] };
  }
  if (shell === "zsh") return { args: ["-f", "-c", ZSH_CAPTURE, "zsh", script, line] };
  return { args: ["--norc", "-c", BASH_CAPTURE, "bash", script, line, ...bashWords(line)] };
}

/** As readline parts a line: at spaces, "=" and ":", which become words of their own. */
function bashWords(line: string): string[] {
  return line.split(" ").flatMap((word) =>
    word === "" ? [""] : word.split(/([=:])/).filter((part) => part !== "")
  );
}

const BASH_CAPTURE = `
source "$1"
COMP_LINE="$2"
COMP_POINT=\${#COMP_LINE}
shift 2
COMP_WORDS=("$@")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_houqa houqa "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "\${COMPREPLY[@]}"
`;

/**
 * The completion system works in an interactive shell only: one is started in a pseudo-terminal, and
 * in it \`compadd\`, which is what every completion ends in, writes down what would be offered.
 */
const ZSH_CAPTURE = `
zmodload zsh/zpty
folder=$(mktemp -d)
mkfifo $folder/end
: > $folder/offered
zpty inner zsh -f -i
send() { zpty -w inner "$1" }
send "PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -D -u"
send "source \${(q)1}; folder=\${(q)folder}"
send 'compadd() {
  local -a matches
  builtin compadd -O matches "$@"
  print -rl -- $matches >> $folder/offered
  builtin compadd "$@"
}'
send 'finish() { print end > $folder/end }; zle -N finish; bindkey "^F" finish'
send 'bindkey "^I" complete-word; print READY''-NOW'
zpty -r inner seen "*READY-NOW*"
zpty -w -n inner "$2"$'\\t\\x06'
read -r < $folder/end
zpty -d inner
sort -u $folder/offered
rm -rf $folder
`;
