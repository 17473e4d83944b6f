import { UsageError } from "../settings/usage_error.ts";
import { EMBEDDING, linearModules } from "./expected_tensors.ts";
import { listNames } from "./list_names.ts";
import type { LoraModule } from "./lora_adapter.ts";
import type { LoraTensors } from "./lora_keys.ts";
import { patternLookup } from "./lora_targets.ts";
import type { LoraSettings } from "./parse_lora_config.ts";
import type { MatchBudget } from "./python_pattern.ts";
import type { QwenConfig } from "./qwen_config.ts";
import { sameShape } from "./same_shape.ts";
import type { TensorSource } from "./tensor_source.ts";

/** The two files of an adapter, for messages. */
export interface AdapterPaths {
  readonly config: string;
  readonly weights: string;
}

/**
 * Puts together each module's rank, scaling and tensors.
 * @param tensors by module; must be exactly the modules of `targets`.
 * @param targets the modules that the configuration names.
 * @throws {UsageError} naming the first module that does not fit the configuration or the base.
 */
export function buildLoraModules(
  tensors: ReadonlyMap<string, LoraTensors>,
  targets: ReadonlySet<string>,
  settings: LoraSettings,
  config: QwenConfig,
  paths: AdapterPaths,
  budget: MatchBudget,
): ReadonlyMap<string, LoraModule> {
  compareModules(tensors, targets, paths.config);
  const rankOf = patternLookup(settings.rankPattern, paths.config, "rank_pattern", budget);
  const alphaOf = patternLookup(settings.alphaPattern, paths.config, "alpha_pattern", budget);
  const linears = linearModules(config);
  const modules = new Map<string, LoraModule>();
  for (const [name, parts] of tensors) {
    const rank = rankOf(name) ?? settings.rank;
    const alpha = alphaOf(name) ?? settings.alpha;
    const scaling = settings.rslora ? alpha / Math.sqrt(rank) : alpha / rank;
    const checked = checkParts(name, parts, rank, linears.get(name)!, settings.dora, paths);
    modules.set(name, { rank, scaling, ...checked });
  }
  return modules;
}

/** Both ways: configured modules without tensors, and modules with tensors not configured. */
function compareModules(
  tensors: ReadonlyMap<string, LoraTensors>,
  targets: ReadonlySet<string>,
  path: string,
): void {
  if (targets.has(EMBEDDING)) {
    throw new UsageError(
      `${path}: target_modules covers ${EMBEDDING}: LoRA on an embedding is not supported. Train ` +
        "it through modules_to_save instead, or merge the adapter in Python.",
    );
  }
  const without = [...targets].filter((module) => !tensors.has(module));
  if (without.length > 0) {
    throw new UsageError(
      `${path}: ${without.length} modules are configured for LoRA and have no tensors: ` +
        `${listNames(without)}. The adapter is incomplete, or was made for another base.`,
    );
  }
  const extra = [...tensors.keys()].filter((module) => !targets.has(module));
  if (extra.length > 0) {
    throw new UsageError(
      `${path}: ${extra.length} modules have LoRA tensors and are not configured: ` +
        `${listNames(extra)}. Look at target_modules, exclude_modules, layers_to_transform and ` +
        "modules_to_save there; or the adapter was made for another base.",
    );
  }
}

function checkParts(
  name: string,
  { a, b, magnitude }: LoraTensors,
  rank: number,
  [out, into]: readonly [number, number],
  dora: boolean,
  paths: AdapterPaths,
): Pick<LoraModule, "a" | "b" | "magnitude"> {
  const at = `${paths.weights}: ${name}`;
  if (a === undefined || b === undefined) {
    throw new UsageError(
      `${at} has no ${a === undefined ? "lora_A" : "lora_B"}: the adapter is incomplete.`,
    );
  }
  if (dora !== (magnitude !== undefined)) {
    throw new UsageError(
      `${at} has ${dora ? "no" : "a"} lora_magnitude_vector, and use_dora is ${dora} in ` +
        `${paths.config}.`,
    );
  }
  const [stored] = a.shape;
  if (
    stored !== rank && sameShape(a.shape, [stored!, into]) && sameShape(b.shape, [out, stored!])
  ) {
    throw new UsageError(
      `${at} has rank ${stored}, and ${paths.config} says ${rank} (r and rank_pattern).`,
    );
  }
  checkShape(`${at}.lora_A`, a, [rank, into]);
  checkShape(`${at}.lora_B`, b, [out, rank]);
  if (magnitude === undefined) return { a, b };
  checkShape(`${at}.lora_magnitude_vector`, magnitude, [out]);
  return { a, b, magnitude };
}

/** @throws {UsageError} naming both shapes, where they differ. */
export function checkShape(what: string, source: TensorSource, wanted: readonly number[]): void {
  if (sameShape(source.shape, wanted)) return;
  throw new UsageError(
    `${what} is [${source.shape.slice(0, 8).join(", ")}], and this base needs ` +
      `[${wanted.join(", ")}]: the adapter was made for another base.`,
  );
}
