/** For tests: a library of the runtime that was cut, as by a full disk or a copy that was broken off. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type BuiltForms, type CalledForm, callProgram } from "./compiled_forms_double.ts";

const LIBRARY = join("runtime", "libonnxruntime.so.1");

/**
 * Neither form goes on with it, or without it in WebAssembly.
 * @param script houqa.run, which unpacks into the folder's `unpacked`.
 * @param words an evaluation on the processor.
 */
export async function cutLibraryIsNoticed(
  built: BuiltForms,
  script: CalledForm,
  folder: string,
  words: readonly string[],
): Promise<void> {
  const auto = [...words.map((word) => word === "cpu" ? "auto" : word), "--overwrite"];
  const cut = join(folder, "cut");
  await Deno.mkdir(join(cut, "runtime"), { recursive: true });
  await Deno.copyFile(built.binary, join(cut, "houqa"));
  for await (const { name } of Deno.readDir(join(built.out, "runtime"))) {
    await Deno.copyFile(join(built.out, "runtime", name), join(cut, "runtime", name));
  }
  const binary = await callProgram("binary", join(cut, "houqa"), join(folder, "from cut"));
  const [unpacked, ...others] = [...Deno.readDirSync(join(folder, "unpacked"))];
  assert.deepEqual(others, []);
  for (const bytes of [20e6, 0]) {
    await Deno.truncate(join(cut, LIBRARY), bytes);
    const refused = await binary.run(auto);
    assert.equal(refused.code, 3, refused.stderr);
    assert.ok(refused.stderr.includes(`libonnxruntime.so.1 has ${bytes} bytes, not `));

    await Deno.truncate(join(folder, "unpacked", unpacked!.name, LIBRARY), bytes);
    const mended = await script.run(auto);
    assert.equal(mended.code, 0, mended.stderr);
    assert.ok(mended.stderr.includes(`is damaged (${LIBRARY}): unpacking again`), mended.stderr);
  }
  await Deno.remove(join(cut, LIBRARY));
  const missing = await binary.run(auto);
  assert.equal(missing.code, 3, missing.stderr);
  assert.match(missing.stderr, /libonnxruntime\.so\.1 is missing: the folder runtime belongs/);
}
