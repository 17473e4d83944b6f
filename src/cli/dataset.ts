import type { Command } from "commander";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";

/** Registers `houqa dataset …`. */
export function registerDataset(program: Command, context: CliContext): void {
  const dataset = program.command("dataset").description("question files");
  dataset.command("fetch")
    .description("download lawqa_jp, checked and resumable")
    .option("--out <folder>", "where to", "datasets/lawqa_jp")
    .allowExcessArguments(false)
    .action(async (options: { out: string }) => {
      const { fetchLawqa } = await import("../dataset/fetch_lawqa.ts");
      const { publicAddress } = await import("../settings/public_addresses.ts");
      await fetchLawqa({
        address: publicAddress("lawqa"),
        folder: options.out,
        print: console.log,
      });
      context.exit(EXIT.done);
    });
}
