import { writeAll } from "../eval/write_atomically.ts";
import { fileSize } from "./file_size.ts";
import { PassingError } from "./passing_error.ts";

/** A file that comes in as many tries as it takes. */
export interface RestOptions {
  /** Where it grows; what is there already is taken up. */
  readonly part: string;
  /** Of the whole file; absent where nobody knows: the digest must tell when it is whole. */
  readonly sizeBytes?: number;
  /** What it is called in messages. */
  readonly name: string;
  /** Whom it comes from, in messages. */
  readonly host: string;
  /** Sends a request with these headers and gives an answer that is no error, or 416. */
  readonly request: (
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<Response>;
  /** A server that sends nothing for so long counts as gone, in milliseconds. */
  readonly silenceMs: number;
  /** The caller's own wish to stop. */
  readonly signal?: AbortSignal;
  /**
   * @param offset bytes of the file on disk.
   * @param count those among them that came just now.
   */
  readonly onOffset?: (offset: number, count: number) => void;
}

/**
 * One try: appends to a part what is still missing. A part that is too long, or that the server does
 * not go on with, is begun anew. Whether the bytes are right is the caller's to check.
 * @throws {PassingError} when the connection breaks off or falls silent.
 * @throws what `request` throws, and the signal's reason.
 */
export async function fetchRest(options: RestOptions): Promise<void> {
  const { part, sizeBytes, name, host, request, silenceMs, signal, onOffset } = options;
  let offset = await fileSize(part);
  if (sizeBytes !== undefined && offset > sizeBytes) offset = 0;
  onOffset?.(offset, 0);
  if (offset === sizeBytes) return;

  // The bytes on the wire are the file's own, so that they can be counted and taken up.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (offset > 0) headers.range = `bytes=${offset}-`;
  const silence = new AbortController();
  const response = await request(headers, silence.signal);
  // There is nothing behind the part.
  if (response.status === 416) return await response.body?.cancel();
  const isContinued = response.status === 206 &&
    new RegExp(`^bytes ${offset}-`).test(response.headers.get("content-range") ?? "");
  if (!isContinued) offset = 0;
  using output = await Deno.open(part, { write: true, create: true, truncate: offset === 0 });
  if (response.status === 206 && !isContinued) {
    await response.body?.cancel();
    throw new PassingError(`${host} sent another part of ${name} than was asked for`);
  }
  await output.seek(offset, Deno.SeekMode.Start);

  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMs);
  };
  try {
    listen();
    for await (const chunk of response.body ?? []) {
      listen();
      await writeAll(output, chunk);
      offset += chunk.length;
      onOffset?.(offset, chunk.length);
      // More than the file's size can't be right; its digest would not be either.
      if (sizeBytes !== undefined && offset > sizeBytes) break;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (silence.signal.aborted) {
      throw new PassingError(`${host} sent nothing of ${name} for ${silenceMs / 1000} s`);
    }
    // Deno reports a broken connection as a TypeError.
    if (error instanceof TypeError) {
      throw new PassingError(`The connection broke off at byte ${offset} of ${name}`);
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
  if (sizeBytes !== undefined && offset < sizeBytes) {
    throw new PassingError(`The connection ended at byte ${offset} of ${sizeBytes} of ${name}`);
  }
}
