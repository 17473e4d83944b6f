import { Reader } from "@zip.js/zip.js";

/** More at once is asked for by no archive that is read here, only by one made to fill the memory. */
const LARGEST_RANGE_BYTES = 128 << 20;

/** Gives zip.js the parts of a file that it asks for; the file is never read as a whole. */
export class FileRangeReader extends Reader<Deno.FsFile> {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile, sizeBytes: number) {
    super(file);
    this.#file = file;
    this.size = sizeBytes;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const wanted = Math.max(0, Math.min(length, this.size - index));
    if (wanted > LARGEST_RANGE_BYTES) {
      throw new Error(`its list of files has ${wanted} bytes, more than it can need`);
    }
    const bytes = new Uint8Array(wanted);
    await this.#file.seek(index, Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) {
      const count = await this.#file.read(bytes.subarray(done));
      if (count === null) throw new Error("the file became shorter while it was read");
      done += count;
    }
    return bytes;
  }
}
