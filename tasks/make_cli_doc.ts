/**
 * Writes docs/cli.md, the help of every command and the environment variables; with --check says
 * whether it is up to date.
 *
 *   deno run --allow-read=docs --allow-write=docs tasks/make_cli_doc.ts [--check]
 */
import { parseArgs } from "node:util";
import type { Command } from "commander";
import { createProgram } from "../src/cli/program.ts";
import { readHelp } from "../src/cli/read_help.ts";
import { VARIABLES } from "../src/settings/variable_table.ts";

/** The document that is made. */
export const TARGET = "docs/cli.md";

const HEAD = `# コマンドの一覧

\`houqa --help\` と各コマンドの \`--help\` から \`deno task docs:cli\` で作った文書です（英語のまま）。リポジトリでは
\`houqa …\` を \`deno task houqa …\` と読み替えます。専用のタスクがあるもの（\`eval\`、\`eval:hf\` など）は
そちらを使います。設定の日本語の説明は[設定](設定.md)にあります。`;

/** The document's text, from the program itself. */
export function makeCliDoc(): string {
  const program = createProgram({ words: [], exit: () => {} });
  const commands = listCommands(program, []);
  return [
    HEAD,
    commands.map(({ path }) => `- [${path}](#${anchor(path)})`).join("\n"),
    ...commands.map(({ path, command }) =>
      `## ${path}\n\n\`\`\`text\n${readHelp(command).trimEnd()}\n\`\`\``
    ),
    "## Environment variables",
    "Options win over the environment, the environment over `.env`, `.env` over defaults.\nAn " +
    "empty variable counts as not set.",
    variableTable(),
    "",
  ].join("\n\n").replace(/\n+$/, "\n");
}

interface Listed {
  /** `houqa dataset split`. */
  readonly path: string;
  readonly command: Command;
}

/** In the order of the help, the subcommands behind their command. */
function listCommands(command: Command, before: readonly string[]): Listed[] {
  const words = [...before, command.name()];
  return [
    { path: words.join(" "), command },
    ...command.commands.flatMap((child) => listCommands(child, words)),
  ];
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading.replaceAll(" ", "-");
}

function variableTable(): string {
  const rows = VARIABLES.map(({ name, help }) => [`\`${name}\``, help.replaceAll("|", "\\|")]);
  const widths = [0, 1].map((column) =>
    Math.max("variable".length, ...rows.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [
    line(["variable", "meaning"]),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { check: { type: "boolean" } } });
  const text = makeCliDoc();
  if (!values.check) {
    await Deno.writeTextFile(TARGET, text);
  } else if (await Deno.readTextFile(TARGET).catch(() => "") !== text) {
    console.error(`${TARGET} is not up to date: run deno task docs:cli.`);
    Deno.exitCode = 1;
  }
}
