import type { Command } from "commander";
import { UsageError } from "../settings/usage_error.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

const EXAMPLES = `
Examples:
  houqa results list
  houqa results list results/evaluations --markdown
`;

const DEFAULT_FOLDER = "results";

/**
 * Registers `houqa results`.
 * @param printLine where the table goes.
 * @param width columns of what a person reads it on.
 */
export function registerResults(
  program: Command,
  { words }: CliContext,
  printLine: (text: string) => void = print,
  width: () => number = () => Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 140,
): void {
  program.command("results")
    .description("what runs there are")
    .addHelpText("after", "\nExamples:\n  houqa results list\n")
    .command("list")
    .description("all result files under a folder in one table, and which can't be compared")
    .argument("[folder]", "searched with the folders in it", DEFAULT_FOLDER)
    .option("--markdown", "as Markdown")
    .addHelpText("after", EXAMPLES)
    .action(async (folder: string, { markdown }: { markdown?: boolean }) => {
      await requirePermissions([{ name: "read", path: folder }], "results", words.slice(1));
      const [{ findResults }, { describeResults }] = await Promise.all([
        import("../report/find_results.ts"),
        import("../report/results_report.ts"),
      ]);
      const stat = await Deno.stat(folder).catch(() => undefined);
      if (!stat?.isDirectory) throw new UsageError(`There is no folder ${folder}.`);
      const blocks = describeResults(await findResults(folder), folder);
      if (markdown) {
        const { renderMarkdown } = await import("../report/markdown_blocks.ts");
        printLine(renderMarkdown(blocks));
        return;
      }
      const { renderTerminal } = await import("../report/terminal_blocks.ts");
      const color = canDraw(Deno.stdout) && !Deno.noColor;
      printLine(renderTerminal(blocks, { width: Math.min(Math.max(width(), 60), 200), color }));
    });
}
