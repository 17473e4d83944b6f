/** What a bundle was made from. */
export interface BuildRecord {
  /** Git's name of the sources, with "+" behind it where files had changed; undefined without Git. */
  readonly commit?: string;
  /** The Deno that made the bundle. */
  readonly bundledBy: string;
  /** SHA-256 of `deno.lock`, which pins every package by its digest. */
  readonly lockSha256: string;
  /** Versions of the packages of which files lie beside the bundle. */
  readonly packages: Readonly<Record<string, string>>;
  /** Sizes of the files in the folder `runtime`, by Deno's target and the file's name. */
  readonly runtimeBytes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Undefined in the sources. A bundle has another module in this one's place. */
export const BUILD_RECORD: BuildRecord | undefined = undefined;
