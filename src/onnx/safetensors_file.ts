import { z } from "zod";
import { UsageError } from "../settings/usage_error.ts";
import { describeIssue } from "./describe_issue.ts";
import { inspectJsonKeys } from "./inspect_json_keys.ts";
import { shorten } from "./list_names.ts";
import { STORED_BYTES, type StoredType, type TensorSource } from "./tensor_source.ts";

/** A safetensors file whose header was checked against the file's size. */
export interface SafetensorsFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Tensors of float32, float16 and bfloat16, by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorSource>;
  /** Element types of all other tensors, by name: "U8", "F8_E4M3", "I64"… */
  readonly otherTypes: ReadonlyMap<string, string>;
}

/**
 * The format allows 100 MB, which would take over a gigabyte to parse. A thousand layers need 2 MB.
 */
const MAX_HEADER_BYTES = 16 << 20;
const LENGTH_BYTES = 8;

/** Bits of an element of the types that are known but not read here. */
const OTHER_BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
  U16: 16,
  I16: 16,
  U32: 32,
  I32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
};

const wholeNumber = z.int("a whole number").nonnegative("0 or more");

const entrySchema = z.object({
  dtype: z.string("the name of an element type"),
  shape: z.array(wholeNumber, "a list of sizes"),
  data_offsets: z.tuple([wholeNumber, wholeNumber], "two numbers, begin and end"),
}, "an object with dtype, shape and data_offsets");

type Entry = z.infer<typeof entrySchema>;

/**
 * Reads the header of a safetensors file, and none of its tensors.
 * Format: https://github.com/huggingface/safetensors#format
 * @throws {UsageError} where the file is missing, cut short or not what its header says.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new UsageError(`${path} is not a file.`);
    using file = await Deno.open(path);
    const length = headerLength(await readUpTo(file, LENGTH_BYTES), path, size);
    const header = await readUpTo(file, length);
    return parseSafetensorsHeader(header, path, size);
  } catch (error) {
    if (error instanceof UsageError || error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(`The file ${path} does not exist.`);
    }
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
}

/** Reads `length` bytes, or fewer where the file ends. */
async function readUpTo(file: Deno.FsFile, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

function headerLength(start: Uint8Array, path: string, sizeBytes: number): number {
  if (start.length < LENGTH_BYTES) {
    throw new UsageError(
      `${path} is cut short: it has ${sizeBytes} bytes, and a safetensors file has at least ` +
        `${LENGTH_BYTES}. Get the file again.`,
    );
  }
  if (new TextDecoder().decode(start) === "version ") {
    throw new UsageError(
      `${path} is a Git LFS pointer, not the weights. Run \`git lfs pull\` in its folder, or get ` +
        "the file again.",
    );
  }
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new UsageError(
      `${path} is no safetensors file, or damaged: it claims a header of ${length} bytes; at most ` +
        `${MAX_HEADER_BYTES} are read.`,
    );
  }
  const end = LENGTH_BYTES + Number(length);
  if (end > sizeBytes) {
    throw new UsageError(
      `${path} is cut short, or no safetensors file: its header should end at byte ${end}, and ` +
        `the file has ${sizeBytes} bytes. Get the file again.`,
    );
  }
  return Number(length);
}

/**
 * Checks a header against the size of its file: every tensor's bytes must be its shape times its
 * element's size, and all together must cover the rest of the file without gap or overlap.
 * @param header the JSON text's bytes, without the eight bytes of its length.
 * @param sizeBytes of the whole file.
 * @throws {UsageError}
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  path: string,
  sizeBytes: number,
): SafetensorsFile {
  const dataStart = LENGTH_BYTES + header.length;
  const entries = readEntries(header, path)
    .sort(([, a], [, b]) =>
      a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]
    );
  const tensors = new Map<string, TensorSource>();
  const otherTypes = new Map<string, string>();
  let end = 0;
  for (const [name, entry] of entries) {
    const at = `${path}: tensor ${shorten(name)}`;
    const [from, to] = entry.data_offsets;
    if (to < from) throw new UsageError(`${at} ends at byte ${to}, before its begin ${from}.`);
    if (from !== end) {
      throw new UsageError(
        `${at} begins at byte ${from} of the data, and the tensors before it end at ${end}: ` +
          `there must be no ${from < end ? "overlap" : "gap"}. The file is damaged.`,
      );
    }
    end = to;
    checkSize(entry, at);
    const { dtype, shape } = entry;
    if (isStoredType(dtype)) {
      tensors.set(name, { path, dtype, shape, offset: dataStart + from, sizeBytes: to - from });
    } else {
      otherTypes.set(name, dtype);
    }
  }
  checkCover(dataStart + end, sizeBytes, path);
  return { path, sizeBytes, tensors, otherTypes };
}

function readEntries(header: Uint8Array, path: string): [string, Entry][] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
  } catch {
    throw new UsageError(`${path} is no safetensors file, or damaged: its header is not UTF-8.`);
  }
  // Top, tensor, list: nothing in a header is nested deeper.
  const { repeated, tooDeep } = inspectJsonKeys(text, 3);
  if (tooDeep) throw new UsageError(`${path}: the header is nested deeper than the format allows.`);
  if (repeated !== undefined) {
    throw new UsageError(`${path}: the header names ${shorten(repeated)} twice.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${path} is no safetensors file, or damaged: its header is not JSON: ` +
        (error as Error).message.slice(0, 200),
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`${path}: the header must be a JSON object.`);
  }
  return Object.entries(parsed)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => {
      const checked = entrySchema.safeParse(value);
      if (checked.success) return [name, checked.data];
      throw new UsageError(
        `${path}: tensor ${shorten(name)}: ${describeIssue(checked.error, value)}.`,
      );
    });
}

function isStoredType(dtype: string): dtype is StoredType {
  return Object.hasOwn(STORED_BYTES, dtype);
}

function checkSize({ dtype, shape, data_offsets: [from, to] }: Entry, at: string): void {
  const bits = isStoredType(dtype)
    ? STORED_BYTES[dtype] * 8
    : Object.hasOwn(OTHER_BITS, dtype)
    ? OTHER_BITS[dtype]
    : undefined;
  // A type of a later version of the format: refused where the tensor is asked for.
  if (bits === undefined) return;
  const totalBits = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, bits);
  if (totalBits !== (to - from) * 8) {
    throw new UsageError(
      `${at} has ${to - from} bytes, and ${dtype} [${shape.slice(0, 8).join(", ")}] needs ` +
        `${totalBits / 8}. The file is damaged.`,
    );
  }
}

function checkCover(expected: number, sizeBytes: number, path: string): void {
  if (expected > sizeBytes) {
    throw new UsageError(
      `${path} is cut short: it should have ${expected} bytes, and has ${sizeBytes}. Get the ` +
        "file again.",
    );
  }
  if (expected < sizeBytes) {
    throw new UsageError(
      `${path} is damaged: its tensors end at byte ${expected}, and the file has ${sizeBytes} ` +
        "bytes. Get the file again.",
    );
  }
}
