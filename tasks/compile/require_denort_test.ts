import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../src/settings/usage_error.ts";
import { requireDenort } from "./require_denort.ts";

const DENO = { path: "/deno", version: "2.4.2", target: "x86_64-unknown-linux-gnu" };
const NAME = "Deno/2.4.2";

/** The head of a program: numbers in little endian at their offsets, each of 1, 2 or 4 bytes. */
function head(...numbers: [offset: number, size: number, value: number][]): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const [offset, size, value] of numbers) {
    for (let i = 0; i < size; i++) bytes[offset + i] = Math.floor(value / 256 ** i) % 256;
  }
  bytes.set(new TextEncoder().encode(NAME), 200);
  return bytes;
}

const elf = (machine: number) => head([0, 4, 0x464c457f], [18, 2, machine]);
const machO = (machine: number) => head([0, 4, 0xfeedfacf], [4, 4, machine]);
const pe = (machine: number) =>
  head([0, 2, 0x5a4d], [0x3c, 4, 0x80], [0x80, 4, 0x4550], [0x84, 2, machine]);

const PROGRAMS: Readonly<Record<string, Uint8Array>> = {
  "x86_64-unknown-linux-gnu": elf(62),
  "aarch64-unknown-linux-gnu": elf(183),
  "x86_64-apple-darwin": machO(0x01000007),
  "aarch64-apple-darwin": machO(0x0100000c),
  "x86_64-pc-windows-msvc": pe(0x8664),
  "aarch64-pc-windows-msvc": pe(0xaa64),
};

async function refusal(bytes: Uint8Array, target: string): Promise<string | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "denort");
    await Deno.writeFile(path, bytes);
    await requireDenort(path, DENO, target);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a denort is taken for the target it was made for, and no other", async () => {
  for (const [made, bytes] of Object.entries(PROGRAMS)) {
    for (const target of Object.keys(PROGRAMS)) {
      const message = await refusal(bytes, target);
      if (target === made) {
        assert.equal(message, undefined);
        continue;
      }
      const [arch, , os] = made.split("-");
      assert.match(
        message!,
        new RegExp(`denort is a program for ${arch} ${os}, not for ${target}`),
      );
    }
  }
});

Deno.test("a file whose machine can't be read is no denort", async () => {
  const unknown = /is no program of a known machine, and so no denort for x86_64-unknown-linux-gnu/;
  const names = new TextEncoder().encode(NAME);
  const farHeader = head([0, 2, 0x5a4d], [0x3c, 4, 0xffffffff]);
  for (const bytes of [names, elf(8), machO(7), pe(0x14c), farHeader]) {
    assert.match((await refusal(bytes, DENO.target))!, unknown);
  }
});

Deno.test("a denort of another version is refused", async () => {
  const other = elf(62).fill(0, 200);
  assert.match((await refusal(other, DENO.target))!, /is no denort of Deno 2\.4\.2/);
});
