import type { Command } from "commander";
import type { CliContext } from "./cli_context.ts";
import { UsageError } from "../settings/usage_error.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

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
      const address = publicAddress("lawqa");
      await requirePermissions(
        [
          { name: "net", host: hostOf(address) },
          { name: "read", path: options.out },
          { name: "write", path: options.out },
        ],
        "dataset:fetch",
        context.words.slice(2),
      );
      await fetchLawqa({
        address,
        folder: options.out,
        print,
      });
      context.exit(EXIT.done);
    });
}

function hostOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) throw new UsageError(`HOUQA_LAWQA_URL is "${address}", which is no URL.`);
  return url.host;
}
