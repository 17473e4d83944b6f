import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { makeFolder } from "./make_folder.ts";

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const writeOne = (folder: string) => Deno.writeTextFile(join(folder, "one"), "1");
const LEFT = ".houqa-export-0123456789abcdef";

Deno.test("a folder is there when everything is in it, also in the place of an empty one", () =>
  inTempFolder(async (place) => {
    await makeFolder(join(place, "deep", "new"), async (temporary) => {
      await writeOne(temporary);
      assert.ok(!namesIn(join(place, "deep")).includes("new"));
    });
    assert.deepEqual(namesIn(join(place, "deep")), ["new"]);
    assert.deepEqual(namesIn(join(place, "deep", "new")), ["one"]);
    await Deno.mkdir(join(place, "empty"));
    await makeFolder(join(place, "empty"), writeOne);
    assert.deepEqual(namesIn(join(place, "empty")), ["one"]);
  }));

Deno.test("what a failed try wrote does not stay, and errors that say what to do come through", () =>
  inTempFolder(async (place) => {
    const failing = (error: Error) =>
      makeFolder(join(place, "new"), async (temporary) => {
        await writeOne(temporary);
        throw error;
      });
    await assert.rejects(failing(new UsageError("no")), UsageError);
    await assert.rejects(failing(new DOMException("stopped", "AbortError")), /stopped/);
    await assert.rejects(
      failing(new Error("disk trouble")),
      (error) =>
        error instanceof CannotContinueError &&
        /Can't write .*new: disk trouble/.test(error.message),
    );
    assert.deepEqual(namesIn(place), []);
    await Deno.mkdir(join(place, "full", "of"), { recursive: true });
    await assert.rejects(
      makeFolder(join(place, "full"), () => Promise.reject(new Error("must not be made"))),
      (error) => error instanceof UsageError && /full is not empty/.test(error.message),
    );
    assert.deepEqual(namesIn(place), ["full"]);
  }));

Deno.test("what nobody works in any more is removed; what looks otherwise is not touched", () =>
  inTempFolder(async (place) => {
    await Deno.mkdir(join(place, LEFT, "onnx"), { recursive: true });
    await Deno.writeTextFile(join(place, `${LEFT}.lock`), "");
    await Deno.writeTextFile(join(place, ".houqa-export-fedcba9876543210.lock"), "");
    await Deno.mkdir(join(place, ".houqa-export-mine"));
    await makeFolder(join(place, "new"), writeOne);
    assert.deepEqual(namesIn(place), [".houqa-export-mine", "new"]);
  }));

Deno.test("what another one is at work in stays, and nobody makes the same folder beside it", () =>
  inTempFolder(async (place) => {
    const started = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const first = makeFolder(join(place, "a"), async (temporary) => {
      started.resolve();
      await goOn.promise;
      await writeOne(temporary);
    });
    await started.promise;
    const working = namesIn(place);
    await makeFolder(join(place, "b"), writeOne);
    assert.deepEqual(namesIn(place), [...working, "b"]);
    await assert.rejects(
      makeFolder(join(place, "a"), writeOne),
      (error) =>
        error instanceof UsageError && /Another process is writing .*a\./.test(error.message),
    );
    goOn.resolve();
    await first;
    assert.deepEqual(namesIn(place), ["a", "b"]);
    assert.deepEqual(namesIn(join(place, "a")), ["one"]);
  }));
