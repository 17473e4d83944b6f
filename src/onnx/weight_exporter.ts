import { join } from "node:path";
import { BlockQuantiser } from "./block_quantiser.ts";
import { encodeRows } from "./encode_rows.ts";
import type { ExportDtype } from "./export_dtype.ts";
import type { LoraModule } from "./lora_adapter.ts";
import { LowRankProduct } from "./low_rank_product.ts";
import { type LoadedLora, loadLora, mergeLora } from "./merge_lora.ts";
import { TensorReader } from "./tensor_reader.ts";
import type { TensorSource } from "./tensor_source.ts";
import type { PlannedWeight } from "./weight_plan.ts";

/** Rows `first` to `first + count` of one planned weight: what one worker does at a time. */
export interface WeightSlice {
  readonly weight: PlannedWeight;
  /** Where the checkpoint or the adapter's saved modules have it. */
  readonly source: TensorSource;
  readonly lora?: LoraModule;
  /** Within the planned part. */
  readonly first: number;
  readonly count: number;
}

/** Sums over the values of a slice. */
export interface SliceStatistics {
  /** ‖W'‖², the merged values. */
  readonly normSquared: number;
  /** ‖ΔW‖², what the adapter changed; 0 without one. */
  readonly changeSquared: number;
  /** ‖W' − stored‖², what rounding changed. */
  readonly errorSquared: number;
  /** Values that are NaN or infinite. */
  readonly notFinite: number;
  /** Finite values that the stored type can't hold. */
  readonly overflows: number;
}

/** Elements of a slice: 16 MB of float32 values. */
export const SLICE_ELEMENTS = 4 * 1024 * 1024;

/** Reads, merges, rounds and writes slices. Synchronous: for workers. */
export class WeightExporter {
  readonly #reader = new TensorReader();
  readonly #files = new Map<string, Deno.FsFile>();
  readonly #quantiser = new BlockQuantiser();
  readonly #product = new LowRankProduct();
  #lora: LoadedLora | undefined;

  /** @param folder where the data files are; they exist at their full size. */
  constructor(readonly folder: string, readonly dtype: ExportDtype) {}

  /** Does one slice. */
  run({ weight, source, lora, first, count }: WeightSlice): SliceStatistics {
    const { columns, firstRow } = weight;
    const values = new Float32Array(count * columns);
    const row = firstRow + first;
    this.#reader.read(source, row * columns, values);
    let changeSquared = 0;
    if (lora !== undefined) {
      changeSquared = mergeLora(this.#reader, this.#loaded(lora, columns), values, columns, row);
    }
    let normSquared = 0;
    let notFinite = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      normSquared += value * value;
    }
    // NaN and infinities survive in the sum: looked for only where there are some.
    if (!Number.isFinite(normSquared)) notFinite = values.filter((v) => !Number.isFinite(v)).length;
    const { writes, error } = encodeRows(weight, this.dtype, values, first, this.#quantiser);
    for (const { file, offset, bytes } of writes) this.#write(file, offset, bytes);
    return { normSquared, changeSquared, notFinite, ...error };
  }

  /** Closes every file. */
  close(): void {
    this.#reader.close();
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  /** The slices of a weight come one after the other: its A is read once. */
  #loaded(lora: LoraModule, columns: number): LoadedLora {
    const known = this.#lora?.module.a;
    if (this.#lora === undefined || known?.path !== lora.a.path || known.offset !== lora.a.offset) {
      this.#lora = loadLora(this.#reader, lora, columns, this.#product);
    }
    return this.#lora;
  }

  #write(name: string, offset: number, bytes: Uint8Array): void {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = Deno.openSync(join(this.folder, name), { write: true });
      this.#files.set(name, file);
    }
    file.seekSync(offset, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  }
}
