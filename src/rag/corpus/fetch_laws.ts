import { join } from "node:path";
import { hashFile } from "../../device/hash_file.ts";
import { sha256Hex } from "../../dataset/sha256.ts";
import { type FileLock, isLockUnsupported, lockFile } from "../../hub/file_lock.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { systemReason } from "../../settings/system_reason.ts";
import { type BulkProgress, downloadBulk, type DownloadBulkOptions } from "./download_bulk.ts";
import { type EgovConnection, RefusedError } from "./egov_connection.ts";
import { type FetchedLaw, fetchLaw, findLawId, isLawId, isLawNum } from "./egov_laws.ts";
import { type FetchedFile, FetchManifest } from "./fetch_manifest.ts";
import { LawFileError } from "./law_file_error.ts";

/** The archive's name in the folder. */
const BULK_FILE = "all_xml.zip";

/** What to fetch and where to. */
export interface FetchLawsOptions {
  readonly folder: string;
  /** Titles, abbreviations, ids or 法令番号; absent: the archive of all laws. */
  readonly names?: readonly string[];
  /** Fetches what is there already. */
  readonly refresh?: boolean;
  readonly print: (line: string) => void;
  readonly onProgress?: (progress: BulkProgress) => void;
  readonly freeBytes?: DownloadBulkOptions["freeBytes"];
  /** The time to note in the manifest. */
  readonly now?: () => Date;
}

/** What became of it. */
export interface FetchedLaws {
  readonly fetched: number;
  /** There already, with the digest that the manifest says. */
  readonly present: number;
  /** Names for which there is no law, each with the reason. */
  readonly missing: readonly string[];
}

/**
 * Fetches laws into a folder, one after the other, and notes address, time and SHA-256 of each in
 * its `manifest.json`. What is there and right is not fetched again.
 * @throws {CannotContinueError} when the server or the disk fails; what was fetched stays.
 * @throws {UsageError} when a name stands for several laws.
 */
export async function fetchLaws(
  connection: EgovConnection,
  options: FetchLawsOptions,
): Promise<FetchedLaws> {
  await Deno.mkdir(options.folder, { recursive: true });
  const lock = await lockFolder(connection, options.folder);
  try {
    const manifest = await FetchManifest.open(options.folder);
    const { names } = options;
    return names === undefined
      ? await fetchAll(connection, manifest, options)
      : await fetchEach(connection, manifest, names, options);
  } finally {
    lock?.release();
  }
}

/** One process at a time fetches into a folder. Where there are no locks, digests must do. */
async function lockFolder(
  connection: EgovConnection,
  folder: string,
): Promise<FileLock | undefined> {
  const { signal } = connection;
  try {
    return await lockFile(join(folder, ".lock"), {
      exclusive: true,
      ...(signal === undefined ? {} : { signal }),
      onWait: () => connection.warn(`Another process is fetching into ${folder}; waiting for it.`),
    });
  } catch (error) {
    if (isLockUnsupported(error)) return undefined;
    throw error;
  }
}

async function fetchEach(
  connection: EgovConnection,
  manifest: FetchManifest,
  names: readonly string[],
  options: FetchLawsOptions,
): Promise<FetchedLaws> {
  const { folder, print, refresh = false } = options;
  let fetched = 0;
  let present = 0;
  const missing: string[] = [];
  for (const name of new Set(names)) {
    const known = refresh ? undefined : await findPresent(manifest, folder, name);
    if (known !== undefined) {
      print(`${known.law_title} is there already (${known.file}).`);
      present++;
      continue;
    }
    const law = await fetchNamed(connection, name);
    if (typeof law === "string") {
      missing.push(law);
      continue;
    }
    const entry = await keep(law, name, manifest, options);
    print(`${law.law.title}  ${entry.file}  ${law.bytes.length} bytes  sha256 ${entry.sha256}`);
    fetched++;
  }
  return { fetched, present, missing };
}

async function fetchAll(
  connection: EgovConnection,
  manifest: FetchManifest,
  { folder, print, refresh = false, onProgress, freeBytes, now = () => new Date() }:
    FetchLawsOptions,
): Promise<FetchedLaws> {
  const known = refresh ? undefined : manifest.files.find(({ file }) => file === BULK_FILE);
  if (known !== undefined && await isWhole(known, folder)) {
    print(
      `${join(folder, BULK_FILE)} is there already (of ${known.fetched_at.slice(0, 10)}; ` +
        "--refresh fetches today's).",
    );
    return { fetched: 0, present: 1, missing: [] };
  }
  const target = join(folder, BULK_FILE);
  const files = await downloadBulk(connection, folder, target, {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(freeBytes === undefined ? {} : { freeBytes }),
  });
  const sha256 = await hashFile(target);
  const { size } = await Deno.stat(target);
  await manifest.add({
    file: BULK_FILE,
    url: connection.environment.bulkUrl,
    sha256,
    size_bytes: size,
    fetched_at: now().toISOString(),
  });
  print(`${target}  ${files} law files  ${size} bytes  sha256 ${sha256}`);
  return { fetched: 1, present: 0, missing: [] };
}

/** The law, or why there is none. */
async function fetchNamed(connection: EgovConnection, name: string): Promise<FetchedLaw | string> {
  try {
    const id = isLawId(name) || isLawNum(name) ? name : await findLawId(connection, name);
    const law = id === undefined ? undefined : await fetchLaw(connection, id);
    return law ?? `${name}: e-Gov has no law in force of that name, id or number`;
  } catch (error) {
    if (error instanceof LawFileError) return `${name}: ${error.message}`;
    if (error instanceof RefusedError) return `${name}: ${error.message}`;
    throw error;
  }
}

async function keep(
  { law, revisionId, bytes, url }: FetchedLaw,
  name: string,
  manifest: FetchManifest,
  { folder, now = () => new Date() }: FetchLawsOptions,
): Promise<FetchedFile> {
  // Only what looks like e-Gov's ids becomes a name of a file.
  const isRevisionId = /^\d{3}[0-9A-Z]{12}_\d{8}_[0-9A-Z]{15}$/.test(revisionId ?? "");
  const sha256 = await sha256Hex(bytes as Uint8Array<ArrayBuffer>);
  const stem = isRevisionId ? revisionId : isLawId(law.lawId) ? law.lawId : sha256.slice(0, 15);
  const file = `${stem}.xml`;
  const before = manifest.files.find((entry) => entry.file === file);
  const entry: FetchedFile = {
    file,
    url,
    sha256,
    size_bytes: bytes.length,
    fetched_at: now().toISOString(),
    law_id: law.lawId,
    law_num: law.lawNum,
    law_title: law.title,
    ...(revisionId === undefined ? {} : { revision_id: revisionId }),
    asked_as: [...new Set([...before?.asked_as ?? [], name])],
  };
  const path = join(folder, file);
  try {
    await Deno.writeFile(`${path}.part`, bytes);
    await Deno.rename(`${path}.part`, path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    await Deno.remove(`${path}.part`).catch(() => {});
    throw new CannotContinueError(`Can't write ${path}: ${systemReason(error)}`);
  }
  await manifest.add(entry);
  return entry;
}

async function findPresent(
  { files }: FetchManifest,
  folder: string,
  name: string,
): Promise<FetchedFile | undefined> {
  for (const entry of files) {
    const { law_id, law_num, law_title, asked_as = [] } = entry;
    if (![law_id, law_num, law_title, ...asked_as].includes(name)) continue;
    if (await isWhole(entry, folder)) return entry;
  }
  return undefined;
}

async function isWhole(
  { file, size_bytes, sha256 }: FetchedFile,
  folder: string,
): Promise<boolean> {
  try {
    const path = join(folder, file);
    return (await Deno.stat(path)).size === size_bytes && await hashFile(path) === sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
