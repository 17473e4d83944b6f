import { UsageError } from "../settings/usage_error.ts";
import { type AdapterPaths, checkShape } from "./build_lora_modules.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { EMBEDDING, LM_HEAD } from "./expected_tensors.ts";
import { listNames, shorten } from "./list_names.ts";
import type { LoraKeys } from "./lora_keys.ts";
import { sameValues } from "./same_values.ts";
import type { TensorReader } from "./tensor_reader.ts";
import type { TensorSource } from "./tensor_source.ts";

const EMBEDDING_WEIGHT = `${EMBEDDING}.weight`;
const HEAD_WEIGHT = `${LM_HEAD}.weight`;

/**
 * The tensors that `modules_to_save` replaces. What else an adapter holds of its base (PEFT adds
 * the embeddings where one of them is a target or `save_embedding_layers` was given) must equal the
 * base's own, and is left out.
 * @param wanted names that the configuration says are saved.
 * @param tie with `ensure_weight_tying` on a tied base: embedding and output layer stay one.
 * @param shapeOf the shape that the base needs.
 * @throws {UsageError}
 */
export function selectSaved(
  { modules, whole, baseCopies }: LoraKeys,
  wanted: ReadonlySet<string>,
  tie: boolean,
  shapeOf: (name: string) => readonly number[] | undefined,
  base: Pick<Checkpoint, "config" | "tensors">,
  paths: AdapterPaths,
  reader: TensorReader,
): ReadonlyMap<string, TensorSource> {
  const saved = new Map<string, TensorSource>();
  const copies = new Map([...baseCopies].map(([name, source]) => [`${name}.weight`, source]));
  for (const [name, source] of whole) {
    checkShape(`${paths.weights}: ${name}`, source, shapeOf(name)!);
    (wanted.has(name) ? saved : copies).set(name, source);
  }
  if (tie && wanted.has(EMBEDDING_WEIGHT)) tieHead(saved, paths.weights, reader);
  const missing = [...wanted].filter((name) => !saved.has(name));
  if (missing.length > 0) {
    throw new UsageError(
      `${paths.weights}: ${missing.length} tensors of modules_to_save are missing: ` +
        `${listNames(missing)}. The adapter is incomplete.`,
    );
  }
  const both = [...modules.keys()].filter((module) => saved.has(`${module}.weight`));
  if (both.length > 0) {
    throw new UsageError(
      `${paths.config}: ${listNames(both)} have LoRA and are in modules_to_save: one or the other.`,
    );
  }
  for (const [name, copy] of copies) checkCopy(name, copy, shapeOf(name), base, paths, reader);
  return saved;
}

/** Both names get one source; where the file has both, as PEFT writes it, they must be equal. */
function tieHead(saved: Map<string, TensorSource>, path: string, reader: TensorReader): void {
  const embedding = saved.get(EMBEDDING_WEIGHT), head = saved.get(HEAD_WEIGHT);
  if (embedding === undefined) return;
  if (head !== undefined && !sameValues(reader, head, embedding)) {
    throw new UsageError(
      `${path}: ${HEAD_WEIGHT} and ${EMBEDDING_WEIGHT} differ, and ensure_weight_tying is true.`,
    );
  }
  saved.set(HEAD_WEIGHT, embedding);
}

function checkCopy(
  name: string,
  copy: TensorSource,
  shape: readonly number[] | undefined,
  { config, tensors }: Pick<Checkpoint, "config" | "tensors">,
  paths: AdapterPaths,
  reader: TensorReader,
): void {
  const own = tensors.get(name === HEAD_WEIGHT && config.tied ? EMBEDDING_WEIGHT : name);
  if (shape === undefined || own === undefined) {
    throw new UsageError(`${paths.weights}: ${shorten(name)} matches nothing in the model.`);
  }
  checkShape(`${paths.weights}: ${name}`, copy, shape);
  if (sameValues(reader, copy, own)) return;
  throw new UsageError(
    `${paths.weights}: ${name} is not in modules_to_save, and differs from the base's: the ` +
      "adapter was trained on another base, or on one that was changed.",
  );
}
