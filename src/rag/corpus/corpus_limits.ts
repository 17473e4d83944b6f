/**
 * Bounds for law files. The largest law of Japan (所得税法 with all its 附則) has 16 MB of XML and
 * 200,000 elements.
 */
export interface CorpusLimits {
  /** Bytes of one law file, uncompressed. */
  readonly fileBytes: number;
  /** Elements inside each other. */
  readonly depth: number;
  /** Elements of one law file. */
  readonly elements: number;
  /** Uncompressed bytes for one compressed byte of a file in a zip archive. */
  readonly zipRatio: number;
  /** Files in a zip archive or folder, whatever they are. */
  readonly files: number;
  /** Bytes of one line of a JSONL file. */
  readonly lineBytes: number;
}

/** What every command uses; tests set smaller ones. */
export const CORPUS_LIMITS: CorpusLimits = {
  fileBytes: 64 << 20,
  depth: 100,
  elements: 2_000_000,
  zipRatio: 400,
  files: 200_000,
  lineBytes: 16 << 20,
};
