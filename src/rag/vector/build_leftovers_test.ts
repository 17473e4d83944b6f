import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../onnx/checkpoint_double.ts";
import { CannotContinueError } from "../../settings/cannot_continue_error.ts";
import { build, failAt, namesIn } from "./build_double.ts";

Deno.test("what a kill can leave behind is gone through", () =>
  inTempFolder(async (folder) => {
    const whole = await build(join(folder, "whole"));
    const leftovers: [string, (building: string) => Promise<void>, number][] = [
      ["a line that was cut off", async (building) => {
        await Deno.writeTextFile(join(building, "progress.jsonl"), '{"done":24,"c', {
          append: true,
        });
      }, 16],
      ["vectors behind the last line", async (building) => {
        await Deno.writeFile(join(building, "vectors.bin"), new Uint8Array(777), { append: true });
      }, 16],
      ["fewer vectors than lines", async (building) => {
        await Deno.truncate(join(building, "vectors.bin"), 32 + 15 * 132 + 131);
      }, 0],
      ["no vectors", (building) => Deno.remove(join(building, "vectors.bin")), 0],
      ["no journal", (building) => Deno.remove(join(building, "progress.jsonl")), 0],
      ["an empty journal", (building) => Deno.truncate(join(building, "progress.jsonl"), 0), 0],
    ];
    for (const [name, change, kept] of leftovers) {
      const cut = join(folder, name);
      await assert.rejects(build(cut, {}, failAt(3)), /model failed/);
      await change(join(cut, "building"));
      // Cut off once more right after, so that what was repaired is read again.
      await assert.rejects(build(cut, {}, failAt(2)), /model failed/);
      const { asked, manifest } = await build(cut);
      assert.equal(asked.length, 50 - kept - 8, name);
      assert.deepEqual(manifest!.vectors, whole.manifest!.vectors, name);
    }
  }));

Deno.test("killed between the last vector and the manifest, nothing is embedded again", () =>
  inTempFolder(async (folder) => {
    const whole = await build(join(folder, "whole"));
    const cut = join(folder, "cut");
    // The manifest can't be written where a folder is in the way.
    await Deno.mkdir(join(cut, "manifest.json.tmp"), { recursive: true });
    await assert.rejects(build(cut), CannotContinueError);
    await Deno.remove(join(cut, "manifest.json.tmp"), { recursive: true }).catch(() => {});
    const { asked, manifest } = await build(cut);
    assert.equal(asked.length, 0);
    assert.deepEqual(manifest!.vectors, whole.manifest!.vectors);
    assert.deepEqual(namesIn(cut), [".build.lock", "manifest.json", manifest!.vectors.file]);
  }));
