import { Buffer } from "node:buffer";
import { UsageError } from "../../src/settings/usage_error.ts";
import type { DenoProgram } from "./deno_program.ts";

/** Beginnings of a target's name, by the system and the number that a program's head has for them. */
const MACHINES: Readonly<Record<string, string>> = {
  "linux 62": "x86_64",
  "linux 183": "aarch64",
  "darwin 16777223": "x86_64",
  "darwin 16777228": "aarch64",
  "windows 34404": "x86_64",
  "windows 43620": "aarch64",
};

/**
 * Refuses a base for compiled programs that was made from another version of Deno than the one that
 * compiles: the layout of what is appended changes between versions. A `denort` holds its version in
 * the name that it gives itself in requests. Also one for another machine than the target.
 * @throws {UsageError} when it is another's, or can't be read.
 */
export async function requireDenort(
  path: string,
  deno: DenoProgram,
  target: string,
): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new UsageError(`Can't read ${path}: ${(error as Error).message}`);
  }
  const program = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!program.includes(`Deno/${deno.version}`)) {
    throw new UsageError(
      `${path} is no denort of Deno ${deno.version}, which is to compile with it (${deno.path}). ` +
        "Give the Deno of the same version with --deno, or its denort with --denort.",
    );
  }
  const machine = machineOf(program);
  if (machine === undefined) {
    throw new UsageError(
      `${path} is no program of a known machine, and so no denort for ${target}.`,
    );
  }
  const [arch, , os] = target.split("-");
  if (machine === `${arch} ${os}`) return;
  throw new UsageError(
    `${path} is a program for ${machine}, not for ${target}. ` +
      "Give the denort of that target with --denort.",
  );
}

/** E.g. `x86_64 linux`; undefined: not told by the head of the file. */
function machineOf(program: Buffer): string | undefined {
  const header = headerOf(program);
  const arch = header && MACHINES[`${header.os} ${header.machine}`];
  return arch && `${arch} ${header.os}`;
}

/** The system that a program's format belongs to, and the format's number for the processor. */
function headerOf(program: Buffer): { os: string; machine: number } | undefined {
  if (program.length < 64) return undefined;
  if (program.readUInt32BE(0) === 0x7f454c46) {
    return { os: "linux", machine: program.readUInt16LE(18) };
  }
  if (program.readUInt32LE(0) === 0xfeedfacf) {
    return { os: "darwin", machine: program.readUInt32LE(4) };
  }
  if (program.toString("latin1", 0, 2) !== "MZ") return undefined;
  const start = program.readUInt32LE(0x3c);
  if (start + 6 > program.length) return undefined;
  if (program.toString("latin1", start, start + 4) !== "PE\0\0") return undefined;
  return { os: "windows", machine: program.readUInt16LE(start + 4) };
}
