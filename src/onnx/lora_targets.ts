import { UsageError } from "../settings/usage_error.ts";
import { EMBEDDING, expectedTensors, linearModules, LM_HEAD } from "./expected_tensors.ts";
import { showValue } from "./describe_issue.ts";
import type { LoraSettings } from "./parse_lora_config.ts";
import { compilePythonPattern, type MatchBudget, spend } from "./python_pattern.ts";
import type { QwenConfig } from "./qwen_config.ts";

/** What of a model an adapter's configuration says it changes. */
export interface LoraTargets {
  /** Modules that get LoRA; may name the embedding, which is not supported. */
  readonly modules: ReadonlySet<string>;
  /** Tensors that `modules_to_save` replaces. */
  readonly saved: ReadonlySet<string>;
  /** Entries of `modules_to_save` that name no module of this model. */
  readonly unmatchedSaves: readonly string[];
}

/**
 * Applies PEFT's rules to a model's module names: `check_target_module_exists` of
 * tuners/tuners_utils.py, and `_set_trainable` of utils/other.py for `modules_to_save`.
 * @param path of the configuration, for messages.
 * @throws {UsageError} where a pattern is wrong or not understood.
 */
export function resolveLoraTargets(
  settings: LoraSettings,
  config: QwenConfig,
  path: string,
  budget: MatchBudget,
): LoraTargets {
  const { saved, unmatchedSaves } = resolveSaved(settings, config);
  const isSaved = savedByName(settings.modulesToSave, path);
  const isExcluded = matcher(settings.excludeModules, `${path}: exclude_modules`, budget);
  const isTarget = targetMatcher(settings, path, budget);
  const modules = new Set<string>();
  for (const module of [EMBEDDING, ...linearModules(config).keys()]) {
    if (!isExcluded(module) && !isSaved(module) && isTarget(module)) modules.add(module);
  }
  return { modules, saved, unmatchedSaves };
}

/**
 * Looks up what `rank_pattern` or `alpha_pattern` says of a module: the first entry, in file order,
 * for which `^(.*\.)?(entry)$` matches the name.
 * @param field for messages.
 * @throws {UsageError}
 */
export function patternLookup(
  entries: LoraSettings["rankPattern"],
  path: string,
  field: string,
  budget: MatchBudget,
): (module: string) => number | undefined {
  const compiled = entries.map(([pattern, value]) => {
    const where = `${path}: ${field}`;
    // By itself first: "a)|(b" would be two groups once it stands between parentheses.
    if (!isPlain(pattern)) compilePythonPattern(pattern, where, budget);
    const { matches } = isPlain(pattern)
      ? plainMatcher(pattern, where, budget)
      : compilePythonPattern(`(.*\\.)?(${pattern})`, where, budget);
    return [matches, value] as const;
  });
  return (module) => compiled.find(([matches]) => matches(module))?.[1];
}

/** Whether a pattern is a name, perhaps anchored; "." in it is any one character, "\\." a dot. */
function isPlain(pattern: string): boolean {
  return /^\^?(?:\w|\.|\\\.)+\$?$/.test(pattern);
}

/** For the hundreds of full names that some trainers write, without an automaton for each. */
function plainMatcher(pattern: string, where: string, budget: MatchBudget) {
  const isAnchored = pattern.startsWith("^");
  const wanted = pattern.replace(/^\^|\$$/g, "").match(/\\\.|./g)!;
  return {
    matches(module: string): boolean {
      spend(budget, 1, where);
      const start = module.length - wanted.length;
      if (start < 0 || (start > 0 && (isAnchored || module[start - 1] !== "."))) return false;
      return wanted.every((part, at) => part === "." || part.at(-1) === module[start + at]);
    },
  };
}

function targetMatcher(
  settings: LoraSettings,
  path: string,
  budget: MatchBudget,
): (module: string) => boolean {
  const { targetModules: targets, layersToTransform: layers } = settings;
  const where = `${path}: target_modules`;
  if (typeof targets === "string") {
    if (layers.length > 0 || settings.layersPattern.length > 0) {
      throw new UsageError(
        `${where} is one text, ${showValue(targets)}, and layers_to_transform and layers_pattern ` +
          "go with a list of names only.",
      );
    }
    if (targets.toLowerCase() !== "all-linear") return matcher(targets, where, budget);
    return (module) => module !== EMBEDDING && module !== LM_HEAD;
  }
  const isNamed = matcher(targets, where, budget);
  const isInLayers = layerMatcher(layers, settings.layersPattern, path);
  const exact = new Set(targets);
  // A module named in full is taken whatever its layer.
  return (module) => exact.has(module) || (isNamed(module) && isInLayers(module));
}

/** Whole names or their last parts, or one regular expression for the whole name. */
function matcher(
  wanted: string | readonly string[],
  where: string,
  budget: MatchBudget,
): (module: string) => boolean {
  if (typeof wanted === "string") {
    if (wanted === "") return () => false;
    return compilePythonPattern(wanted, where, budget).matches;
  }
  const names = new Set(wanted);
  return (module) => {
    for (let start = 0; start >= 0;) {
      if (names.has(module.slice(start))) return true;
      const dot = module.indexOf(".", start);
      start = dot < 0 ? -1 : dot + 1;
    }
    return false;
  };
}

function layerMatcher(
  layers: readonly number[],
  patterns: readonly string[],
  path: string,
): (module: string) => boolean {
  for (const pattern of patterns) {
    if (/^[\w.]+$/.test(pattern)) continue;
    throw new UsageError(
      `${path}: layers_pattern is ${showValue(pattern)}; only plain names like "layers" are ` +
        "supported.",
    );
  }
  if (layers.length === 0) return () => true;
  const wanted = new Set(layers);
  return (module) => {
    const numbered = /^(.+)\.(\d+)\./.exec(module);
    if (numbered === null || !wanted.has(Number(numbered[2]))) return false;
    return patterns.length === 0 ||
      patterns.some((pattern) => `.${numbered[1]}`.endsWith(`.${pattern}`));
  };
}

/** Modules that `modules_to_save` keeps LoRA away from: the named ones and what is below them. */
function savedByName(entries: readonly string[], path: string): (module: string) => boolean {
  for (const entry of entries) {
    if (/^[\w.]+$/.test(entry)) continue;
    throw new UsageError(
      `${path}: modules_to_save names ${showValue(entry)}; only plain module names are supported.`,
    );
  }
  return (module) => entries.some((entry) => `.${module}.`.includes(`.${entry}.`));
}

function resolveSaved(
  { modulesToSave, ensureWeightTying }: LoraSettings,
  config: QwenConfig,
): Pick<LoraTargets, "saved" | "unmatchedSaves"> {
  const tensors = [...expectedTensors(config).keys()];
  if (config.tied) tensors.push(`${LM_HEAD}.weight`);
  const saved = new Set<string>();
  const matched = new Set<string>();
  for (const tensor of tensors) {
    const modules = modulesAbove(tensor);
    // PEFT wraps any module whose name ends so, containers of modules included.
    const naming = modulesToSave.filter((entry) => modules.some((name) => name.endsWith(entry)));
    if (naming.length > 0) saved.add(tensor);
    for (const entry of naming) matched.add(entry);
  }
  const embedding = `${EMBEDDING}.weight`, head = `${LM_HEAD}.weight`;
  if (ensureWeightTying && config.tied && (saved.has(embedding) || saved.has(head))) {
    saved.add(embedding).add(head);
  }
  return { saved, unmatchedSaves: modulesToSave.filter((entry) => !matched.has(entry)) };
}

/** "model", "model.norm" for "model.norm.weight". */
function modulesAbove(tensor: string): string[] {
  const parts = tensor.split(".");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("."));
}
