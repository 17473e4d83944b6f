import {
  type CommandDescription,
  listCommands,
  type OptionDescription,
  type ValueDescription,
} from "../describe_program.ts";

/**
 * The completions for fish, from 3.0 on: one `complete` for every word, each for its command.
 * @see https://fishshell.com/docs/current/cmds/complete.html
 */
export function makeFishCompletions(
  program: CommandDescription,
  [name, ...others]: readonly string[],
): string {
  const commands = listCommands(program);
  const paths = commands.slice(1).map(({ path }) => quote(path.join(" "))).join(" ");
  const lines = commands.flatMap((command) =>
    linesOf(command).map((line) =>
      `complete -c ${name} -n ${quote(`__houqa_at ${quote(command.path.join(" "))}`)} ${line}`
    )
  );
  return `# Completions of houqa for fish, made by \`houqa completions fish\`.

function __houqa_at --description 'Whether the words before the cursor name this command'
    set -l command ''
    for word in (commandline -opc)[2..-1]
        test "$word" = help; and continue
        contains -- (string trim -- "$command $word") ${paths}
        or break
        set command (string trim -- "$command $word")
    end
    test "$command" = "$argv[1]"
end

complete -c ${name} -f
${lines.join("\n")}
${others.map((other) => `complete -c ${other} -w ${name}`).join("\n")}
`;
}

function linesOf({ path, options, arguments: [first], commands }: CommandDescription): string[] {
  const help = path.length === 0 || commands.length > 0
    ? [`-a help -d ${quote("show the help of a command")}`]
    : [];
  return [
    ...commands.map((child) => `-a ${child.path.at(-1)} -d ${quote(child.help)}`),
    ...help,
    ...(first === undefined ? [] : [valueFlags(first)].filter((flags) => flags !== "-x")),
    // Fish asks for the first value of an option alone; further ones are arguments to it.
    ...(options.some(({ value }) => value?.isVariadic && value.isPath) ? ["-F"] : []),
    ...options.map(optionLine),
  ];
}

function optionLine({ long, short, help, value }: OptionDescription): string {
  return [
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(value === undefined ? [] : [`-r ${valueFlags(value)}`]),
    `-d ${quote(help)}`,
  ].join(" ");
}

function valueFlags({ words, isPath }: ValueDescription): string {
  if (words.length > 0) return `-x -a ${quote(words.join(" "))}`;
  return isPath ? "-F" : "-x";
}

/** In single quotes, where fish knows two escapes. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
