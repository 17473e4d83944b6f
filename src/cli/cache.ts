import { resolve } from "node:path";
import type { Command } from "commander";
import type { z } from "zod";
import type { ExportEntry } from "../hub/export_cache.ts";
import type { HubCacheEntry } from "../hub/hub_cache.ts";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { decimalNumber } from "../settings/setting_schemas.ts";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

const CACHE_EXAMPLES = `
Examples:
  houqa cache list
  houqa cache prune --older-than 30 --dry-run
`;

const LIST_EXAMPLES = `
Examples:
  houqa cache list
  houqa cache list --verify
`;

const PRUNE_EXAMPLES = `
Examples:
  houqa cache prune --older-than 30 --dry-run
  houqa cache prune --max-size 20
`;

/** Registers `houqa cache …`. */
export function registerCache(program: Command, context: CliContext): void {
  const cache = program.command("cache").description("exported models kept on this machine")
    .addHelpText("after", CACHE_EXAMPLES);
  cache.command("list")
    .description("show exported models, and the Hugging Face models beside them")
    .option("--verify", "read every exported file and compare it with what was written")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .addHelpText("after", LIST_EXAMPLES)
    .action(async (options: { json?: boolean; verify?: boolean }) => {
      const environment = hubEnvironment();
      const { houqaCache, hubCache } = environment;
      await requirePermissions(
        [{ name: "read", path: houqaCache }, { name: "read", path: hubCache }],
        "cache",
        context.words.slice(1),
      );
      const { exportsFolder, listExports } = await import("../hub/export_cache.ts");
      const { listHubCache } = await import("../hub/hub_cache.ts");
      const exports = await listExports(environment);
      const listing: Listing = {
        exportsFolder: exportsFolder(environment),
        exports,
        hubCache,
        models: await listHubCache(hubCache),
        ...(options.verify ? { damage: await verify(exports) } : {}),
      };
      print(options.json ? listingJson(listing) : listingText(listing));
      const isDamaged = listing.damage?.values().some((found) => found && found.length > 0);
      context.exit(isDamaged ? EXIT.finding : EXIT.done);
    });
  cache.command("prune")
    .description("remove exported models; models of the Hugging Face cache are never touched")
    .argument("[folders...]", "these, by their path")
    .option("--older-than <days>", "those not used for so many days")
    .option("--max-size <GB>", "those used longest ago, until the rest is no larger")
    .option("--all", "all of them")
    .option("--dry-run", "only show what would be removed")
    .allowExcessArguments(false)
    .addHelpText("after", PRUNE_EXAMPLES)
    .action(async (folders: string[], options: PruneFlags) => {
      const olderThanDays = read("--older-than", options.olderThan, decimalNumber(0, 1e6));
      const maxGigabytes = read("--max-size", options.maxSize, decimalNumber(0, 1e6));
      const isAsked = folders.length > 0 || olderThanDays !== undefined ||
        maxGigabytes !== undefined || options.all;
      if (!isAsked) {
        throw new UsageError(
          "Nothing says what to remove. Give --older-than <days>, --max-size <GB> or --all, or " +
            "paths of `houqa cache list`; --dry-run shows what it would be.",
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
        folders: folders.map((folder) => resolve(folder)),
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
  /** What is wrong with each export that was checked, by its folder. */
  readonly damage?: Damage;
}

/** Sentences by folder; undefined: no digests to compare with. */
type Damage = ReadonlyMap<string, readonly string[] | undefined>;

async function verify(exports: readonly ExportEntry[]): Promise<Damage> {
  const { findDamage } = await import("../onnx/output_digests.ts");
  const damage = new Map<string, readonly string[] | undefined>();
  for (const { folder } of exports) {
    const found = await findDamage(folder);
    // Another process may have removed it meanwhile.
    if (await Deno.stat(folder).then(() => true, () => false)) damage.set(folder, found);
  }
  return damage;
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

function listingText({ exportsFolder, exports, hubCache, models, damage }: Listing): string {
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
  return [...lines, total(models), ...damage === undefined ? [] : damageText(damage)].join("\n");
}

function damageText(damage: Damage): string[] {
  const damaged = [...damage].filter(([, found]) => found !== undefined && found.length > 0);
  const unknown = [...damage].filter(([, found]) => found === undefined);
  const whole = damage.size - damaged.length - unknown.length;
  return [
    "",
    `Verified: ${whole} as written, ${damaged.length} damaged, ${unknown.length} without digests`,
    ...unknown.map(([folder]) =>
      `Without digests: ${folder} (made by an older houqa; prune it to have it made again)`
    ),
    ...damaged.flatMap(([folder, found]) => [
      `Damaged: ${folder}`,
      ...found!.map((one) => `  ${one}`),
      `  Remove it, and the next run makes it again: houqa cache prune ${quoteForShell(folder)}`,
    ]),
  ];
}

function listingJson({ exportsFolder, exports, hubCache, models, damage }: Listing): string {
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
      // null: nothing to compare with.
      ...(damage?.has(folder) ? { damage: damage.get(folder) ?? null } : {}),
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
