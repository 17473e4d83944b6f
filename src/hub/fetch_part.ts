import { fetchRest, type RestOptions } from "./fetch_rest.ts";
import { fileSize } from "./file_size.ts";

/** A file whose content is known by a digest. */
export interface PartOptions extends RestOptions {
  /** What `digestOf` must give. */
  readonly digest: string;
  /** The digest of the part as it is on disk. */
  readonly digestOf: () => Promise<string>;
  /** Repeats a try while it fails with passing trouble; `progress` grows with what comes. */
  readonly persistently: (try_: () => Promise<void>, progress: () => number) => Promise<void>;
  /** What is thrown for a content with another digest. */
  readonly mismatch: (found: string) => Error;
}

/**
 * Fetches a file into its part until it is whole and its digest is right. A part whose digest is wrong
 * is removed; what an earlier run left may be from a crash, so that it is then fetched once more.
 * @returns bytes received.
 * @throws what `persistently` and `mismatch` give.
 */
export async function fetchPart(options: PartOptions): Promise<number> {
  const { part, digest, digestOf, persistently, mismatch, onOffset } = options;
  let received = 0;
  for (let isLastTry = false;; isLastTry = true) {
    const startedAt = await fileSize(part);
    let furthest = startedAt;
    await persistently(
      () =>
        fetchRest({
          ...options,
          onOffset(offset, count) {
            furthest = Math.max(furthest, offset);
            received += count;
            onOffset?.(offset, count);
          },
        }),
      () => furthest,
    );
    const found = await digestOf();
    if (found === digest) return received;
    await Deno.remove(part);
    // What was received in one go is the server's own.
    if (startedAt === 0 || isLastTry) throw mismatch(found);
  }
}
