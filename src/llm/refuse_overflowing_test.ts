import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo, makeForeign } from "../onnx/exported_double.ts";
import { INTEGER_WEIGHTS, type IntegerWeights } from "../onnx/integer_weights.ts";
import { writeTinyAdapter, writeTinyModel } from "../onnx/tiny_model_double.ts";
import { UsageError } from "../settings/usage_error.ts";
import { prepareModel } from "./prepare_model.ts";

/** Prepares a folder as on a machine that wants this form of integers. */
const prepare = (folder: string, integerWeights: IntegerWeights, dtype: "q8" | "q4" = "q8") =>
  prepareModel({ modelName: folder, dtype }, {
    environment: { houqaCache: join(folder, "..", "cache") },
    integerWeights,
  });

Deno.test("signed integers are refused where their products overflow, with what to do; else all work", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const adapterFolder = await writeTinyAdapter(join(folder, "a"));
    for (const made of INTEGER_WEIGHTS) {
      for (const hasAdapter of [false, true]) {
        const out = join(folder, `${made}-${hasAdapter}`);
        await exportTo(out, model, "q8", {
          integerWeights: made,
          ...hasAdapter ? { adapterFolder } : {},
        });
        for (const here of INTEGER_WEIGHTS) {
          if (made === "int8" && here === "uint8") {
            await assert.rejects(
              prepare(out, here),
              (error) =>
                error instanceof UsageError &&
                error.message.startsWith(`${out} was made for ARM`) &&
                error.message.includes(
                  `houqa export <model>${hasAdapter ? " --lora <adapter>" : ""} --dtype q8 ` +
                    "--any-processor --output <new folder>",
                ),
            );
          } else {
            const { exporter, release } = await prepare(out, here);
            assert.match(exporter!, new RegExp(`^\\d+-${made}$`));
            release();
          }
        }
      }
    }
  }));

Deno.test("who does not say how the integers are stored may have signed ones; others' models are not judged", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const out = join(folder, "o");
    await exportTo(out, model, "q8");
    const path = join(out, "export.json");
    const { integer_weights: _, ...old } = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...old, exporter_version: 5 }));
    await assert.rejects(prepare(out, "uint8"), /without an error/);
    (await prepare(out, "int8")).release();
    await makeForeign(out);
    (await prepare(out, "uint8")).release();

    const four = join(folder, "four");
    await exportTo(four, model, "q4");
    (await prepare(four, "uint8", "q4")).release();
  }));

Deno.test("what is made of safetensors fits the machine", () =>
  inTempFolder(async (folder) => {
    const model = await writeTinyModel(join(folder, "m"));
    const folders = new Set<string>();
    for (const here of INTEGER_WEIGHTS) {
      const prepared = await prepare(model, here);
      assert.match(prepared.exporter!, new RegExp(`^\\d+-${here}$`));
      folders.add(prepared.folder);
      prepared.release();
    }
    assert.equal(folders.size, 2);
  }));
