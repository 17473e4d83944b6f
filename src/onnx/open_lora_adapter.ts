import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { buildLoraModules } from "./build_lora_modules.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { expectedTensors, LM_HEAD } from "./expected_tensors.ts";
import { shorten } from "./list_names.ts";
import type { LoraAdapter } from "./lora_adapter.ts";
import { baseWarning } from "./lora_base_name.ts";
import { sortLoraKeys } from "./lora_keys.ts";
import { selectSaved } from "./lora_saved.ts";
import { resolveLoraTargets } from "./lora_targets.ts";
import { parseLoraConfig } from "./parse_lora_config.ts";
import { readJsonFile } from "./read_json_file.ts";
import { openSafetensors } from "./safetensors_file.ts";
import { scanTensor } from "./scan_tensor.ts";
import { TensorReader } from "./tensor_reader.ts";
import type { TensorSource } from "./tensor_source.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const PICKLE = "adapter_model.bin";
const MAX_CONFIG_BYTES = 1 << 20;
/** A few seconds of matching; a real adapter needs a hundredth of it. */
const MATCH_STEPS = 20_000_000;

/**
 * Opens a PEFT LoRA adapter and holds it against its base: the modules with tensors must be those
 * that the configuration names, with its ranks and the base's shapes. All of the adapter's values
 * are read once, in slices of 1 MB.
 *
 * As in PEFT, in a tied model `lm_head` in `modules_to_save` gives the output layer weights of its
 * own and leaves the embedding's, and the other way round; so does LoRA on `lm_head`. With
 * `ensure_weight_tying` both names in `saved` have the same source.
 * @throws {UsageError} naming what is missing, damaged, not supported or of another base; also
 * where the adapter has no effect.
 */
export async function openLoraAdapter(
  folder: string,
  base: Pick<Checkpoint, "folder" | "config" | "tensors">,
): Promise<LoraAdapter> {
  const paths = { config: join(folder, CONFIG), weights: join(folder, WEIGHTS) };
  const json = await readJsonFile(paths.config, {
    maxBytes: MAX_CONFIG_BYTES,
    missing: `${folder} has no ${CONFIG}. Give a folder that PEFT's save_pretrained wrote.`,
  });
  const settings = parseLoraConfig(json, paths.config);
  const tensors = await openAdapterWeights(folder, paths.weights);
  const shapes = new Map(expectedTensors(base.config));
  shapes.set(`${LM_HEAD}.weight`, [base.config.vocabSize, base.config.hiddenSize]);
  const keys = sortLoraKeys(tensors, (name) => shapes.has(name), paths.weights);
  const budget = { stepsLeft: MATCH_STEPS };
  const targets = resolveLoraTargets(settings, base.config, paths.config, budget);
  const modules = buildLoraModules(
    keys.modules,
    targets.modules,
    settings,
    base.config,
    paths,
    budget,
  );
  const reader = new TensorReader();
  try {
    const tie = settings.ensureWeightTying && base.config.tied;
    const shapeOf = (name: string) => shapes.get(name);
    const saved = selectSaved(keys, targets.saved, tie, shapeOf, base, paths, reader);
    const adapter: LoraAdapter = {
      folder,
      modules,
      saved,
      config: json as Record<string, unknown>,
      files: [paths.config, paths.weights],
      warnings: [
        ...settings.warnings,
        ...targets.unmatchedSaves.map((name) =>
          `${paths.config}: modules_to_save names ${shorten(name)}, which the model does not have.`
        ),
        ...await baseWarning(settings.baseName, base, paths.config),
      ],
    };
    checkValues(adapter, paths.weights, reader);
    return adapter;
  } finally {
    reader.close();
  }
}

async function openAdapterWeights(
  folder: string,
  path: string,
): Promise<ReadonlyMap<string, TensorSource>> {
  if (!await exists(path)) {
    const pickle = join(folder, PICKLE);
    if (!await exists(pickle)) throw new UsageError(`${folder} has no ${WEIGHTS}.`);
    throw new UsageError(
      `${folder} has its weights in ${PICKLE} only: a pickle, which can run any code when it is ` +
        `opened. Convert it once with Python, where you trust it: python -c "import torch; from ` +
        `safetensors.torch import save_file; w = torch.load('${pickle}', map_location='cpu', ` +
        `weights_only=True); save_file({k: v.contiguous() for k, v in w.items()}, '${path}')"`,
    );
  }
  const { tensors, otherTypes } = await openSafetensors(path);
  const [other] = otherTypes;
  if (other !== undefined) {
    throw new UsageError(
      `${path}: tensor ${shorten(other[0])} is stored as ${shorten(other[1])}; supported are ` +
        "BF16, F16 and F32.",
    );
  }
  return tensors;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Every value must be finite, and some module must have a change that is not zero: for plain LoRA
 * an A and a B with something in both. DoRA and saved modules count as a change without a look at
 * the base.
 */
function checkValues({ modules, saved }: LoraAdapter, path: string, reader: TensorReader): void {
  const isZero = (what: string, source: TensorSource): boolean => {
    const { firstNonFinite, allZero } = scanTensor(reader, source);
    if (firstNonFinite === undefined) return allZero;
    throw new UsageError(
      `${path}: ${what} holds NaN or an infinity (element ${firstNonFinite}): the training ` +
        "diverged, or the file is damaged.",
    );
  };
  let hasEffect = saved.size > 0;
  for (const [name, { a, b, magnitude, scaling }] of modules) {
    const zeroA = isZero(`${name}.lora_A`, a), zeroB = isZero(`${name}.lora_B`, b);
    if (magnitude !== undefined) isZero(`${name}.lora_magnitude_vector`, magnitude);
    if (magnitude !== undefined || (scaling !== 0 && !zeroA && !zeroB)) hasEffect = true;
  }
  for (const [name, source] of saved) isZero(name, source);
  if (hasEffect) return;
  if (modules.size === 0) {
    throw new UsageError(`${path}: the adapter has no effect: it changes no module of this model.`);
  }
  throw new UsageError(
    `${path}: the adapter has no effect: lora_A or lora_B (or lora_alpha) is zero in every ` +
      "module. It was saved before training, or training changed nothing.",
  );
}
