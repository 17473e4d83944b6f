import { UsageError } from "../settings/usage_error.ts";
import { listNames } from "./list_names.ts";
import type { TensorSource } from "./tensor_source.ts";

/** The tensors of one module's low-rank change, as far as the file has them. */
export interface LoraTensors {
  readonly a?: TensorSource;
  readonly b?: TensorSource;
  readonly magnitude?: TensorSource;
}

/** An adapter's tensors, sorted by what they are for. */
export interface LoraKeys {
  /** By module name. */
  readonly modules: ReadonlyMap<string, LoraTensors>;
  /** Whole tensors of the model, by the model's name for them. */
  readonly whole: ReadonlyMap<string, TensorSource>;
  /** Copies of the base's weights under a LoRA layer, by module name. */
  readonly baseCopies: ReadonlyMap<string, TensorSource>;
}

const PREFIX = "base_model.model.";

/** Keys that PEFT writes for what is not supported, with what that is. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\.lora_embedding_[AB]$/, "LoRA on an embedding"],
  [/\.lora_[AB]\.bias$/, "a bias on lora_A or lora_B"],
  [/\.base_layer\.bias$/, "a bias of the base that was trained too"],
  [/\.token_adapter\./, "single trained tokens"],
];

/**
 * Sorts the keys of an adapter_model.safetensors as PEFT 0.21 writes them.
 * @param isTensorOfModel whether the model has a tensor of that name.
 * @param path only for messages.
 * @throws {UsageError} naming the keys that belong to nothing.
 */
export function sortLoraKeys(
  tensors: ReadonlyMap<string, TensorSource>,
  isTensorOfModel: (name: string) => boolean,
  path: string,
): LoraKeys {
  const modules = new Map<string, { -readonly [key in keyof LoraTensors]: TensorSource }>();
  const whole = new Map<string, TensorSource>();
  const baseCopies = new Map<string, TensorSource>();
  const unmatched: string[] = [];
  for (const [key, source] of tensors) {
    const refused = REFUSED.find(([pattern]) => pattern.test(key));
    if (refused !== undefined) {
      throw new UsageError(
        `${path}: ${listNames([key])} is ${refused[1]}, which is not supported.`,
      );
    }
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : "";
    const part = /^(.+)\.(?:lora_(A|B)\.weight|lora_magnitude_vector(?:\.weight)?)$/.exec(name);
    if (part !== null) {
      const [, module, letter] = part;
      const slot = letter === "A" ? "a" : letter === "B" ? "b" : "magnitude";
      const entry = modules.get(module!) ?? {};
      if (entry[slot] !== undefined) {
        throw new UsageError(`${path}: ${listNames([module!])} has two magnitude vectors.`);
      }
      modules.set(module!, { ...entry, [slot]: source });
    } else if (name.endsWith(".base_layer.weight")) {
      baseCopies.set(name.slice(0, -".base_layer.weight".length), source);
    } else if (isTensorOfModel(name)) {
      whole.set(name, source);
    } else {
      unmatched.push(key);
    }
  }
  if (unmatched.length > 0) throw new UsageError(unmatchedMessage(unmatched, path));
  return { modules, whole, baseCopies };
}

function unmatchedMessage(keys: readonly string[], path: string): string {
  const advice = keys.every((key) => key.startsWith(PREFIX))
    ? "The adapter was made for another architecture, or by a method that is not supported."
    : `PEFT's names begin with "${PREFIX}": save the adapter with PEFT's save_pretrained.`;
  return `${path}: ${keys.length} keys match nothing in the model: ${listNames(keys)}. ${advice}`;
}
