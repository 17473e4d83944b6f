import {
  type CommandDescription,
  listCommands,
  type OptionDescription,
  type ValueDescription,
} from "../describe_program.ts";

/**
 * The completions for zsh: the specifications of `_arguments` for every command.
 * @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html
 */
export function makeZshCompletions(
  program: CommandDescription,
  names: readonly string[],
): string {
  const commands = listCommands(program);
  const paths = commands.slice(1).map(({ path }) => quote(path.join(" "))).join(" | ");
  return `#compdef ${names.join(" ")}
# Completions of houqa for zsh, made by \`houqa completions zsh\`.

_houqa() {
  local command='' at
  for ((at = 2; at < CURRENT; at++)); do
    [[ $words[at] == help ]] && continue
    case "\${command:+$command }$words[at]" in
      (${paths})
        command="\${command:+$command }$words[at]" ;;
      (*) break ;;
    esac
  done
  # The specifications count from the command's own name.
  words=("$words[at-1]" "\${(@)words[at,-1]}")
  ((CURRENT = CURRENT - at + 2))
  case $command in
${commands.map(branch).join("\n")}
  esac
}

if [[ $funcstack[1] == _houqa ]]; then
  _houqa "$@"
else
  compdef _houqa ${names.join(" ")}
fi
`;
}

function branch(command: CommandDescription): string {
  const { path, options, arguments: values, commands } = command;
  const specs = [
    ...options.map(optionSpec),
    ...(commands.length === 0 ? values.map(argumentSpec) : [subcommandSpec(commands)]),
  ];
  return [
    `    (${quote(path.join(" "))})`,
    `      _arguments -S \\`,
    specs.map((spec) => `        ${quote(spec)}`).join(" \\\n"),
    "      ;;",
  ].join("\n");
}

/** Short spellings are left out: who types one letter needs no completion of it. */
function optionSpec({ long, help, value }: OptionDescription): string {
  const explanation = `[${escape(help)}]`;
  if (value === undefined) return `${long}${explanation}`;
  const more = value.isVariadic ? "*-*:" : "";
  return `${value.isVariadic ? "*" : ""}${long}=${explanation}:${more}${valueSpec(value)}`;
}

function argumentSpec(value: ValueDescription): string {
  return `${value.isVariadic ? "*" : ""}:${valueSpec(value)}`;
}

function valueSpec({ name, words, isPath }: ValueDescription): string {
  if (words.length > 0) return `${escape(name)}:(${words.map(escape).join(" ")})`;
  return `${escape(name)}:${isPath ? "_files" : " "}`;
}

function subcommandSpec(commands: readonly CommandDescription[]): string {
  const items = [
    ...commands.map(({ path, help }) => ({ name: path.at(-1)!, help })),
    { name: "help", help: "show the help of a command" },
  ].map(({ name, help }) => `${name}\\:"${escape(help).replaceAll('"', '\\"')}"`);
  return `1:command:((${items.join(" ")}))`;
}

function escape(text: string): string {
  return text.replace(/[\\:[\]]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
