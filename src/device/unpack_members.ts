import { dirname, join } from "node:path";
import { configure, ZipReader } from "@zip.js/zip.js";
import { createTarDecoder } from "modern-tar";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { PinnedMember } from "./cuda_builds.ts";
import { FileRangeReader } from "./file_range_reader.ts";
import { giveOwnCoreName } from "./own_core_name.ts";

/**
 * Unpacks some files of a zip archive (a wheel), a few megabytes in memory at a time.
 * @param folder below which the members' targets go; a file appears only when it is whole.
 * @throws {CannotContinueError} when a member is missing or not as it should be.
 */
export async function unpackZip(
  archive: string,
  members: readonly PinnedMember[],
  folder: string,
): Promise<void> {
  // The runtime's own streams inflate faster than workers, which would need a permission.
  configure({ useWebWorkers: false, useCompressionStream: true });
  using file = await Deno.open(archive);
  const zip = new ZipReader(new FileRangeReader(file, (await file.stat()).size));
  try {
    const wanted = new Map(members.map((member) => [member.path, member]));
    for await (const entry of zip.getEntriesGenerator()) {
      const member = wanted.get(entry.filename);
      if (member === undefined || entry.directory) continue;
      wanted.delete(entry.filename);
      await writeMember(member, folder, async (stream) => {
        await entry.getData(stream, { checkSignature: true });
      });
    }
    refuseMissing(archive, wanted.values());
  } finally {
    await zip.close();
  }
}

/** The same for a gzipped tar archive (an npm package). */
export async function unpackTarball(
  archive: string,
  members: readonly PinnedMember[],
  folder: string,
): Promise<void> {
  const file = await Deno.open(archive);
  const wanted = new Map(members.map((member) => [member.path, member]));
  const entries = file.readable.pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(createTarDecoder());
  for await (const { header, body } of entries) {
    const member = wanted.get(header.name);
    if (member === undefined) {
      await body.cancel();
      continue;
    }
    wanted.delete(header.name);
    await writeMember(member, folder, (stream) => body.pipeTo(stream));
    if (wanted.size === 0) break;
  }
  refuseMissing(archive, wanted.values());
}

/** Puts a file that lies on this machine in a member's place. */
export async function copyMember(
  path: string,
  member: PinnedMember,
  folder: string,
): Promise<void> {
  const file = await Deno.open(path);
  await writeMember(member, folder, (stream) => file.readable.pipeTo(stream));
}

async function writeMember(
  member: PinnedMember,
  folder: string,
  write: (stream: WritableStream<Uint8Array<ArrayBuffer>>) => Promise<void>,
): Promise<void> {
  const target = join(folder, member.target);
  const part = `${target}.tmp`;
  await Deno.mkdir(dirname(target), { recursive: true });
  const file = await Deno.open(part, { write: true, create: true, truncate: true });
  await write(file.writable);
  const { size } = await Deno.stat(part);
  if (size !== member.sizeBytes) {
    throw new CannotContinueError(
      `${member.path} has ${size} bytes instead of ${member.sizeBytes}: the archive is damaged, or ` +
        "the disk is full.",
    );
  }
  if (member.namesCore) {
    const bytes = await Deno.readFile(part);
    giveOwnCoreName(bytes, member.path);
    await Deno.writeFile(part, bytes);
  }
  await Deno.rename(part, target);
}

function refuseMissing(archive: string, missing: Iterable<PinnedMember>): void {
  const paths = Array.from(missing, ({ path }) => path);
  if (paths.length === 0) return;
  throw new CannotContinueError(`${archive} holds no ${paths.join(", ")}.`);
}
