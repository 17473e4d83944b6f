import assert from "node:assert/strict";
import { readTextIfThere } from "./read_text_if_there.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("a text is read; no file is no text; what can't be read is said", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a`, "法令");
    assert.equal(await readTextIfThere(`${folder}/a`), "法令");
    assert.equal(await readTextIfThere(`${folder}/none`), undefined);
    assert.equal(await readTextIfThere(`${folder}/a/below`), undefined);
    await assert.rejects(
      readTextIfThere(folder),
      (error: Error) => error instanceof UsageError && error.message.includes(`read ${folder}: `),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
