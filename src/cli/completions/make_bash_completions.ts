import { quoteForShell } from "../../settings/quote_for_shell.ts";
import {
  type CommandDescription,
  listCommands,
  type OptionDescription,
  type ValueDescription,
} from "../describe_program.ts";

/**
 * The completions for bash, from 3.2 on. Tables of words by command, read by one function.
 * @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export function makeBashCompletions(
  program: CommandDescription,
  names: readonly string[],
): string {
  const commands = listCommands(program);
  return `# Completions of houqa for bash, made by \`houqa completions bash\`.

_houqa_is_command() {
  case "$1" in
    ${commands.slice(1).map(({ path }) => `'${path.join(" ")}'`).join(" | ")}) return 0 ;;
  esac
  return 1
}

# What may follow a command: subcommands, or its argument. "<path>" stands for file names, "<text>" for
# anything, "..." for more of the same.
_houqa_words() {
  case "$1" in
${cases(commands, wordsBehind)}
  esac
}

# The options of a command.
_houqa_options() {
  case "$1" in
${cases(commands, ({ options }) => options.flatMap(spellings))}
  esac
}

# What an option may be given: the command, then the option.
_houqa_values() {
  case "$1 $2" in
${valueCases(commands)}
  esac
}

# Offers the words of $1 that begin with $2. Bash parts what is typed at "=" and ":": what stands
# before the part that it replaces, also in $3, is taken away from every word.
_houqa_offer() {
  local word sign part prefix="" typed="$3$2"
  for sign in "=" ":"; do
    case "$COMP_WORDBREAKS" in
      *"$sign"*)
        part="\${typed%"\${typed##*"$sign"}"}"
        if [ "\${#part}" -gt "\${#prefix}" ]; then prefix="$part"; fi
        ;;
    esac
  done
  for word in $1; do
    word="$3$word"
    case "$word" in "$typed"*) COMPREPLY+=("\${word#"$prefix"}") ;; esac
  done
}

_houqa_offer_files() {
  local name typed="\${COMP_WORDS[COMP_CWORD]}" before=""
  case "$typed" in
    "=") typed="" ;;
    --*=*)
      before="\${typed%%=*}="
      typed="\${typed#*=}"
      ;;
  esac
  case "$typed" in [\\"\\']*) typed="\${typed#?}" ;; esac
  case "$typed" in "~/"*) typed="$HOME/\${typed#*/}" ;; esac
  compopt -o filenames 2> /dev/null
  while IFS= read -r name; do
    COMPREPLY+=("$before$name")
  done < <(compgen -f -- "\${typed//\\\\/}")
}

_houqa() {
  local line="\${COMP_LINE:0:COMP_POINT}" command="" before="" values="" at option current previous
  local -a words
  COMPREPLY=()
  read -r -a words <<< "$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  at=$((\${#words[@]} - 1))
  if [ "$at" -lt 1 ]; then return; fi
  current="\${words[at]}"
  previous="\${words[at - 1]}"
  for option in "\${words[@]:1:at - 1}"; do
    if [ "$option" = help ]; then continue; fi
    _houqa_is_command "\${command:+$command }$option" || break
    command="\${command:+$command }$option"
  done
  case "$current" in
    --*=*)
      before="\${current%%=*}="
      current="\${current#*=}"
      values="$(_houqa_values "$command" "\${before%=}")"
      ;;
    -*)
      _houqa_offer "$(_houqa_options "$command")" "$current" ""
      return
      ;;
    *) values="$(_houqa_values "$command" "$previous")" ;;
  esac
  if [ -z "$values" ]; then
    # The last option may take further values.
    for ((at = at - 1; at > 0; at--)); do
      case "\${words[at]}" in -*) break ;; esac
    done
    case "$(_houqa_values "$command" "\${words[at]}")" in
      *...) values="$(_houqa_values "$command" "\${words[at]}")" ;;
      *) values="$(_houqa_words "$command")" ;;
    esac
  fi
  case "$values" in
    *"<path>"*) _houqa_offer_files ;;
    *"<text>"*) ;;
    *) _houqa_offer "$values" "$current" "$before" ;;
  esac
}

complete -F _houqa ${names.join(" ")}
`;
}

/** One branch for every command that has such words. */
function cases(
  commands: readonly CommandDescription[],
  wordsOf: (command: CommandDescription) => readonly string[],
): string {
  return commands.map((command) => ({ command, words: wordsOf(command) }))
    .filter(({ words }) => words.length > 0)
    .map(({ command: { path }, words }) => branch(`'${path.join(" ")}'`, words))
    .join("\n");
}

function valueCases(commands: readonly CommandDescription[]): string {
  return commands.flatMap(({ path, options }) =>
    options.flatMap((option) => {
      if (option.value === undefined) return [];
      const patterns = spellings(option).map((one) => `'${path.join(" ")} ${one}'`);
      return [branch(patterns.join(" | "), placeholders(option.value))];
    })
  ).join("\n");
}

function branch(pattern: string, words: readonly string[]): string {
  return `    ${pattern}) echo ${quoteForShell(words.join(" "))} ;;`;
}

function wordsBehind({ commands, arguments: [first] }: CommandDescription): readonly string[] {
  if (commands.length > 0) return [...commands.map(({ path }) => path.at(-1)!), "help"];
  return first === undefined ? [] : placeholders(first);
}

function placeholders({ words, isPath, isVariadic }: ValueDescription): readonly string[] {
  if (words.length > 0) return words;
  return [isPath ? "<path>" : "<text>", ...isVariadic ? ["..."] : []];
}

function spellings({ long, short }: OptionDescription): string[] {
  return short === undefined ? [long] : [short, long];
}
