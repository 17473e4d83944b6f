import { STORED_BYTES, type TensorSource } from "./tensor_source.ts";
import { widen } from "./widen.ts";

/** Reads slices of stored tensors as float32, keeping the files open. Synchronous: for workers. */
export class TensorReader {
  readonly #files = new Map<string, Deno.FsFile>();
  #scratch = new Uint8Array(0);

  /**
   * Values `first` to `first + out.length` of a tensor, counted in elements.
   * @throws {Error} when the file ends before them: it was changed since its header was read.
   */
  read(source: TensorSource, first: number, out: Float32Array): void {
    const size = STORED_BYTES[source.dtype];
    const byteCount = out.length * size;
    if (this.#scratch.length < byteCount) this.#scratch = new Uint8Array(byteCount);
    const bytes = this.#scratch.subarray(0, byteCount);
    const file = this.#open(source.path);
    file.seekSync(source.offset + first * size, Deno.SeekMode.Start);
    for (let done = 0; done < byteCount;) {
      const count = file.readSync(bytes.subarray(done));
      if (count === null) throw new Error(`${source.path} became shorter while it was read.`);
      done += count;
    }
    widen(bytes, source.dtype, out);
  }

  /** Closes every file. */
  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #open(path: string): Deno.FsFile {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = Deno.openSync(path, { read: true });
      this.#files.set(path, file);
    }
    return file;
  }
}
