/** Reads what ByteWriter wrote, from the beginning, through a buffer, synchronously. */
export class ByteReader {
  readonly #file: Deno.FsFile;
  readonly #buffer: Uint8Array;
  #at = 0;
  #end = 0;

  constructor(path: string, bufferBytes = 1 << 20) {
    this.#file = Deno.openSync(path);
    this.#buffer = new Uint8Array(bufferBytes);
  }

  /** True when nothing is left. */
  isAtEnd(): boolean {
    return this.#at === this.#end && !this.#fill();
  }

  /** @throws {Error} where the file ends before the number does. */
  takeNumber(): number {
    let value = 0;
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.#takeByte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** Fills a part of an array. */
  takeBytes(into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      if (this.isAtEnd()) throw new Error("the file ends too early");
      const count = Math.min(into.length - done, this.#end - this.#at);
      into.set(this.#buffer.subarray(this.#at, this.#at + count), done);
      this.#at += count;
      done += count;
    }
  }

  /** Leaves bytes out. */
  skip(byteCount: number): void {
    const buffered = Math.min(byteCount, this.#end - this.#at);
    this.#at += buffered;
    if (byteCount > buffered) this.#file.seekSync(byteCount - buffered, Deno.SeekMode.Current);
  }

  close(): void {
    this.#file.close();
  }

  #takeByte(): number {
    if (this.#at === this.#end && !this.#fill()) throw new Error("the file ends too early");
    return this.#buffer[this.#at++]!;
  }

  #fill(): boolean {
    this.#at = 0;
    this.#end = this.#file.readSync(this.#buffer) ?? 0;
    return this.#end > 0;
  }
}
