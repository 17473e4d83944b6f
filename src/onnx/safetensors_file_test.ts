import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../settings/usage_error.ts";
import { filled, inTempFolder, safetensorsBytes, withHeader } from "./checkpoint_double.ts";
import { openSafetensors } from "./safetensors_file.ts";

/** Opens a file of these bytes. */
async function open(bytes: Uint8Array) {
  let opened: Awaited<ReturnType<typeof openSafetensors>> | undefined;
  await inTempFolder(async (folder) => {
    const path = join(folder, "x.safetensors");
    await Deno.writeFile(path, bytes);
    opened = await openSafetensors(path);
  });
  return opened!;
}

async function refuses(bytes: Uint8Array, message: RegExp): Promise<void> {
  await assert.rejects(open(bytes), (error: Error) => {
    assert.ok(error instanceof UsageError, `${error.stack}`);
    assert.match(error.message, message);
    assert.match(error.message, /^\/.*x\.safetensors/, "begins with the file");
    return true;
  });
}

/** A header of one tensor, with some of its fields replaced. */
function entry(fields: Record<string, unknown> = {}): string {
  const tensor = { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields };
  return JSON.stringify({ a: tensor });
}

const EIGHT = [new Uint8Array(8)];

Deno.test("tensors are found where their bytes lie, in any order of the header", async () => {
  const bytes = safetensorsBytes(
    new Map([
      ["one", filled([2, 3], 1)],
      ["two", filled([4], 2, "BF16")],
      ["three", filled([], 3, "F16")],
      ["none", filled([0, 7], 0)],
      ["four", { dtype: "I64", shape: [1], bytes: new Uint8Array(8) }],
    ]),
  );
  const file = await open(bytes);
  assert.equal(file.sizeBytes, bytes.length);
  assert.deepEqual([...file.tensors.keys()], ["one", "two", "three", "none"]);
  assert.deepEqual([...file.otherTypes], [["four", "I64"]]);
  const view = new DataView(bytes.buffer);
  const { one, two, three, none } = Object.fromEntries(file.tensors);
  assert.deepEqual([one!.shape, one!.dtype, one!.sizeBytes], [[2, 3], "F32", 24]);
  assert.equal(view.getFloat32(one!.offset + 20, true), 1);
  assert.equal(view.getUint16(two!.offset + 6, true), 0x4000);
  assert.equal(view.getFloat16(three!.offset, true), 3);
  assert.deepEqual([three!.shape, three!.sizeBytes, none!.sizeBytes], [[], 2, 0]);
});

Deno.test("a header may be padded, may lack metadata, and may list tensors backwards", async () => {
  const b = { dtype: "F32", shape: [1], data_offsets: [4, 8] };
  const a = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  const file = await open(withHeader(JSON.stringify({ b, a }) + "   ", EIGHT));
  assert.deepEqual([...file.tensors.keys()], ["a", "b"]);
  const none = { dtype: "F32", shape: [0], data_offsets: [4, 4] };
  const withNone = await open(withHeader(JSON.stringify({ b, none, a }), EIGHT));
  assert.deepEqual([...withNone.tensors.keys()], ["a", "none", "b"]);
});

Deno.test("a file that is cut short is named so, with its bytes", async () => {
  const whole = safetensorsBytes(new Map([["a", filled([8])]]));
  await refuses(new Uint8Array(0), /cut short: it has 0 bytes/);
  await refuses(whole.subarray(0, 7), /cut short: it has 7 bytes/);
  await refuses(whole.subarray(0, 20), new RegExp("cut short.*the file has 20 bytes"));
  await refuses(
    whole.subarray(0, whole.length - 1),
    new RegExp(`cut short: it should have ${whole.length} bytes, and has ${whole.length - 1}`),
  );
  const longer = new Uint8Array(whole.length + 3);
  longer.set(whole);
  await refuses(longer, /damaged: its tensors end at byte \d+, and the file has \d+/);
});

Deno.test("a header's length is believed only within the format and the file", async () => {
  const length = (value: bigint) => {
    const bytes = new Uint8Array(64);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    return bytes;
  };
  await refuses(length(2n ** 64n - 1n), /header of 18446744073709551615 bytes/);
  await refuses(length(16_777_217n), /header of 16777217 bytes; at most 16777216 are read/);
  await refuses(length(16_777_216n), /header should end at byte 16777224/);
  await refuses(length(57n), /header should end at byte 65, and the file has 64/);
  await refuses(length(56n), /not JSON/);
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
  await refuses(new TextEncoder().encode(pointer), /Git LFS pointer.*git lfs pull/);
});

Deno.test("a header that is no header is refused", async () => {
  await refuses(withHeader("{"), /not JSON/);
  await refuses(withHeader(""), /not JSON/);
  await refuses(withHeader("[]"), /must be a JSON object/);
  await refuses(withHeader("null"), /must be a JSON object/);
  await refuses(withHeader('{"a":[[[[]]]]}'), /nested deeper/);
  await refuses(withHeader("[".repeat(100_000)), /nested deeper/);
  const bytes = withHeader("{}xx");
  bytes[10] = 0xff;
  await refuses(bytes, /not UTF-8/);
});

Deno.test("a tensor's entry must be whole", async () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ dtype: undefined }, /tensor a: dtype is missing/],
    [{ dtype: 3 }, /dtype is 3; it must be the name of an element type/],
    [{ shape: undefined }, /shape is missing/],
    [{ shape: "2" }, /shape is "2"; it must be a list/],
    [{ shape: [-2] }, /shape\[0\] is -2; it must be 0 or more/],
    [{ shape: [1.5] }, /shape\[0\] is 1.5; it must be a whole number/],
    [{ shape: [2 ** 60] }, /shape\[0\] is 11529215046068\d+; it must be a whole number/],
    [{ shape: [null] }, /shape\[0\] is null/],
    [{ data_offsets: [0] }, /data_offsets is a list of 1; it must be two numbers/],
    [{ data_offsets: [0, 8, 8] }, /data_offsets is a list of 3; it must be two numbers/],
    [{ data_offsets: [-8, 0] }, /data_offsets\[0\] is -8/],
    [{ data_offsets: [8, 0] }, /ends at byte 0, before its begin 8/],
    [{ data_offsets: [0, 4], shape: [2] }, /has 4 bytes, and F32 \[2\] needs 8/],
    [{ dtype: "F16" }, /has 8 bytes, and F16 \[2\] needs 4/],
    [{ dtype: "I64" }, /has 8 bytes, and I64 \[2\] needs 16/],
    [{ dtype: "constructor", shape: [8], data_offsets: [0, 7] }, /cover|end at byte/],
    [{ shape: [2 ** 52, 2 ** 52] }, /needs/],
    [{ shape: [2 ** 52, 2 ** 52, 0] }, /has 8 bytes, and .* needs 0/],
  ];
  for (const [fields, message] of cases) await refuses(withHeader(entry(fields), EIGHT), message);
  await refuses(withHeader('{"a":null}', EIGHT), /tensor a: it must be an object/);
  await refuses(withHeader('{"a":{"dtype":"F32","shape":[1e999]}}', EIGHT), /shape\[0\]/);
});

Deno.test("tensors must cover the data without gap and without overlap", async () => {
  const two = (first: number[], second: number[]) =>
    withHeader(
      JSON.stringify({
        a: { dtype: "F32", shape: [(first[1]! - first[0]!) / 4], data_offsets: first },
        b: { dtype: "F32", shape: [(second[1]! - second[0]!) / 4], data_offsets: second },
      }),
      [new Uint8Array(16)],
    );
  assert.equal((await open(two([0, 8], [8, 16]))).tensors.size, 2);
  await refuses(two([0, 8], [4, 16]), /tensor b begins at byte 4.*end at 8.*no overlap/);
  await refuses(two([0, 8], [0, 16]), /no overlap/);
  await refuses(two([0, 4], [8, 16]), /tensor b begins at byte 8.*end at 4.*no gap/);
  await refuses(two([4, 8], [8, 16]), /tensor a begins at byte 4.*end at 0.*no gap/);
  await refuses(two([0, 4], [4, 12]), /end at byte \d+, and the file has/);
});

Deno.test("a name that stands twice is found, however it is written", async () => {
  const one = '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}';
  await refuses(withHeader(`{"a":${one},"a":${one}}`, EIGHT), /names a twice/);
  await refuses(withHeader(`{"a":${one},"\\u0061":${one}}`, EIGHT), /names a twice/);
  await refuses(withHeader(`{"a":{"shape":[2],"shape":[2]}}`, EIGHT), /names shape twice/);
  await refuses(withHeader(`{"a" :${one}, "a"\n :${one}}`, EIGHT), /names a twice/);
  // The same word in two objects, or as a value, is no repetition.
  const file = await open(
    withHeader(`{"__metadata__":{"shape":"shape","a":"a"},"a":${one}}`, EIGHT),
  );
  assert.equal(file.tensors.size, 1);
});

Deno.test("what is not a file is named", async () => {
  await inTempFolder(async (folder) => {
    await assert.rejects(openSafetensors(folder), /is not a file/);
    await assert.rejects(openSafetensors(join(folder, "no")), /no does not exist/);
  });
});
