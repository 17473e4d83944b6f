/** Writes bytes and variable-length numbers to a file through a buffer, synchronously. */
export class ByteWriter {
  readonly #file: Deno.FsFile;
  readonly #buffer: Uint8Array;
  #used = 0;
  #written = 0;

  /** @param path a file that is made or emptied. */
  constructor(path: string, bufferBytes = 1 << 20) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#buffer = new Uint8Array(Math.max(bufferBytes, 16));
  }

  /** How many bytes have been put in. */
  get position(): number {
    return this.#written + this.#used;
  }

  /** A whole number from 0 to 2^53 - 1 in groups of 7 bits, the lowest first. */
  putNumber(value: number): void {
    if (this.#used + 8 > this.#buffer.length) this.#flush();
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
      this.#buffer[this.#used++] = rest % 0x80 | 0x80;
    }
    this.#buffer[this.#used++] = rest;
  }

  putBytes(bytes: Uint8Array): void {
    if (bytes.length > this.#buffer.length - this.#used) {
      this.#flush();
      if (bytes.length > this.#buffer.length) {
        this.#writeAll(bytes);
        return;
      }
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Writes what is left, makes it durable where asked, and closes the file. */
  finish(isDurable: boolean): void {
    try {
      this.#flush();
      if (isDurable) this.#file.syncSync();
    } finally {
      this.#file.close();
    }
  }

  /** Closes the file without writing what is left. */
  abandon(): void {
    this.#file.close();
  }

  #flush(): void {
    const used = this.#used;
    this.#used = 0;
    this.#writeAll(this.#buffer.subarray(0, used));
  }

  #writeAll(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
    this.#written += bytes.length;
  }
}
