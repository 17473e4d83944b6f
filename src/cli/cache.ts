import type { Command } from "commander";
import type { z } from "zod";
import type { ExportEntry } from "../hub/export_cache.ts";
import type { HubCacheEntry } from "../hub/hub_cache.ts";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { decimalNumber } from "../settings/setting_schemas.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

/** Registers `houqa cache …`. */
export function registerCache(program: Command, context: CliContext): void {
  const cache = program.command("cache").description("exported models kept on this machine");
  cache.command("list")
    .description("show exported models, and the Hugging Face models beside them")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .action(async (options: { json?: boolean }) => {
      const environment = hubEnvironment();
      const { houqaCache, hubCache } = environment;
      await requirePermissions(
        [{ name: "read", path: houqaCache }, { name: "read", path: hubCache }],
        "cache",
        context.words.slice(1),
      );
      const { exportsFolder, listExports } = await import("../hub/export_cache.ts");
      const { listHubCache } = await import("../hub/hub_cache.ts");
      const listing: Listing = {
        exportsFolder: exportsFolder(environment),
        exports: await listExports(environment),
        hubCache,
        models: await listHubCache(hubCache),
      };
      print(options.json ? listingJson(listing) : listingText(listing));
      context.exit(EXIT.done);
    });
  cache.command("prune")
    .description("remove exported models; models of the Hugging Face cache are never touched")
    .option("--older-than <days>", "those not used for so many days")
    .option("--max-size <GB>", "those used longest ago, until the rest is no larger")
    .option("--all", "all of them")
    .option("--dry-run", "only show what would be removed")
    .allowExcessArguments(false)
    .action(async (options: PruneFlags) => {
      const olderThanDays = read("--older-than", options.olderThan, decimalNumber(0, 1e6));
      const maxGigabytes = read("--max-size", options.maxSize, decimalNumber(0, 1e6));
      if (olderThanDays === undefined && maxGigabytes === undefined && !options.all) {
        throw new UsageError(
          "Nothing says what to remove. Give --older-than <days>, --max-size <GB> or --all; " +
            "--dry-run shows what it would be.",
        );
      }
      const environment = hubEnvironment();
      const path = environment.houqaCache;
      await requirePermissions(
        [{ name: "read", path }, { name: "write", path }],
        "cache",
        context.words.slice(1),
      );
      const { pruneExports } = await import("../hub/export_cache.ts");
      const { dryRun, all } = options;
      const result = await pruneExports({
        olderThanDays,
        maxBytes: maxGigabytes === undefined ? undefined : maxGigabytes * 1e9,
        all,
        dryRun,
        environment,
      });
      for (const entry of result.removed) {
        print(`${dryRun ? "would remove" : "removed"} ${describe(entry)}`);
      }
      for (const entry of result.inUse) print(`kept, because it is in use: ${describe(entry)}`);
      if (result.leftoverBytes > 0) {
        print(
          `${dryRun ? "would remove" : "removed"} what interrupted exports left behind ` +
            `(${gigabytes(result.leftoverBytes)})`,
        );
      }
      print(`${gigabytes(result.freedBytes)} ${dryRun ? "would be freed" : "freed"}`);
      context.exit(EXIT.done);
    });
}

interface PruneFlags {
  readonly olderThan?: string;
  readonly maxSize?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

interface Listing {
  readonly exportsFolder: string;
  readonly exports: readonly ExportEntry[];
  readonly hubCache: string;
  readonly models: readonly HubCacheEntry[];
}

function read<T>(
  flag: string,
  value: string | undefined,
  schema: z.ZodType<T, string>,
): T | undefined {
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(
    `option ${flag} is "${value}", but must be ${result.error.issues[0]!.message}.`,
  );
}

function listingText({ exportsFolder, exports, hubCache, models }: Listing): string {
  const lines = [`Exported models in ${exportsFolder}`];
  if (exports.length > 0) {
    lines.push(...table([
      ["name", "dtype", "adapter", "size", "last used", "path"],
      ...exports.map(({ key, sizeBytes, lastUsedAt, folder }) => [
        key.name,
        key.dtype,
        key.adapter?.name ?? "-",
        gigabytes(sizeBytes),
        day(lastUsedAt),
        folder,
      ]),
    ]));
  }
  lines.push(total(exports), "", `Hugging Face models in ${hubCache} (never removed by houqa)`);
  if (models.length > 0) {
    lines.push(...table([
      ["name", "size", "path"],
      ...models.map(({ name, sizeBytes, path }) => [name, gigabytes(sizeBytes), path]),
    ]));
  }
  return [...lines, total(models)].join("\n");
}

function listingJson({ exportsFolder, exports, hubCache, models }: Listing): string {
  const json = {
    exports_folder: exportsFolder,
    exports: exports.map(({ key, sizeBytes, createdAt, lastUsedAt, folder }) => ({
      name: key.name,
      dtype: key.dtype,
      adapter: key.adapter?.name ?? null,
      exporter_version: key.exporterVersion,
      size_bytes: sizeBytes,
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt.toISOString(),
      path: folder,
    })),
    hub_cache: hubCache,
    hub_models: models.map(({ name, sizeBytes, path }) => ({ name, size_bytes: sizeBytes, path })),
  };
  return JSON.stringify(json, null, 2);
}

/** Columns two spaces apart; the last one is not padded. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) => column === row.length - 1 ? cell : cell.padEnd(widths[column]!))
      .join("  ")
  );
}

function total(entries: readonly { readonly sizeBytes: number }[]): string {
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  return `${entries.length} model${entries.length === 1 ? "" : "s"}, ${gigabytes(sizeBytes)}`;
}

function describe({ folder, sizeBytes, lastUsedAt }: ExportEntry): string {
  return `${folder} (${gigabytes(sizeBytes)}, last used ${day(lastUsedAt)})`;
}

const day = (date: Date) => date.toISOString().slice(0, 10);
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 2)} GB`;
