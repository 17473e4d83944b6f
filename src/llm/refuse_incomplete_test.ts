import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../onnx/checkpoint_double.ts";
import { exportTo, makeForeign } from "../onnx/exported_double.ts";
import { writeTinyAdapter, writeTinyModel } from "../onnx/tiny_model_double.ts";
import { UsageError } from "../settings/usage_error.ts";
import { prepareModel } from "./prepare_model.ts";

const DATA = "onnx/model_q4.onnx_data";

/** Exports a model, damages a copy in each way, and gives what is said of it. */
async function refusals(
  damages: readonly ((folder: string) => Promise<unknown>)[],
  prepare: (folder: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const messages: string[] = [];
  await inTempFolder(async (folder) => {
    const adapterFolder = await writeTinyAdapter(join(folder, "law-lora"));
    const model = await writeTinyModel(join(folder, "tiny-qwen"));
    for (const [index, damage] of damages.entries()) {
      const exported = join(folder, `out${index}`);
      await exportTo(exported, model, "q4", { adapterFolder });
      await prepare(exported);
      await damage(exported);
      const wanted = { modelName: exported, dtype: "q4" } as const;
      const environment = { houqaCache: join(folder, "cache") };
      await assert.rejects(prepareModel(wanted, { environment }), (error: Error) => {
        assert.ok(error instanceof UsageError, `${error.stack}`);
        assert.ok(error.message.includes(exported), error.message);
        messages.push(error.message.replaceAll(exported, "OUT"));
        return true;
      });
    }
  });
  return messages;
}

Deno.test("what is missing or short in an exported folder is named, with the command that makes it again", async () => {
  const messages = await refusals([
    (folder) => Deno.remove(join(folder, DATA)),
    (folder) => Deno.truncate(join(folder, DATA), 1000),
    (folder) => Deno.remove(join(folder, "tokenizer.json")),
    (folder) => Deno.remove(join(folder, "tokenizer_config.json")),
    (folder) => Deno.remove(join(folder, "export.json")),
  ]);
  const again = (made: string, adapter: string) =>
    "Copy or download the whole folder again, or make it again from the safetensors" +
    `${made}: houqa export <model>${adapter} --dtype q4 --output <new folder>`;
  const known = again(
    " (it was made from tiny-qwen and the adapter law-lora)",
    " --lora <adapter>",
  );
  const [missing, short, ...others] = messages;
  assert.match(
    missing!,
    /^OUT is incomplete: onnx\/model_q4\.onnx_data \(\d{5,} bytes\) is missing\. /,
  );
  assert.match(short!, /^OUT is incomplete: .*_data is cut short \(1000 of \d{5,} bytes\)\. /);
  assert.ok(missing!.endsWith(known) && short!.endsWith(known), missing!);
  assert.deepEqual(others, [
    `OUT is incomplete: tokenizer.json is missing. ${known}`,
    `OUT is incomplete: tokenizer_config.json is missing. ${known}`,
    `OUT is incomplete: export.json is missing. ${again("", " [--lora <adapter>]")}`,
  ]);
});

Deno.test("damaged graphs and reports are named; without its graph a folder is incomplete too", async () => {
  const graph = "onnx/model_q4.onnx";
  assert.deepEqual(
    await refusals([
      (folder) => Deno.writeTextFile(join(folder, graph), ""),
      (folder) => Deno.truncate(join(folder, graph), 3000),
      (folder) => Deno.writeTextFile(join(folder, "export.json"), "[]"),
      async (folder) => {
        await Deno.remove(join(folder, graph));
      },
    ]),
    [
      `OUT/${graph} is damaged or cut short: it is no ONNX graph.`,
      `OUT/${graph} is damaged or cut short: it is no ONNX graph.`,
      "OUT/export.json is damaged: it must be a JSON object.",
      `OUT is incomplete: ${graph} is missing, and its data files are there. Copy or download the ` +
      "whole folder again, or make it again from the safetensors with houqa export.",
    ],
  );
});

Deno.test("a folder that others exported needs no export.json, but all of its files", async () => {
  const [message] = await refusals([(folder) => Deno.remove(join(folder, DATA))], makeForeign);
  assert.match(
    message!,
    /onnx_data \(\d+ bytes\) is missing\..*: houqa export <model> --dtype q4 /,
  );
  await inTempFolder(async (folder) => {
    const exported = join(folder, "out");
    await exportTo(exported, await writeTinyModel(join(folder, "m")), "q4");
    const prepare = () =>
      prepareModel({ modelName: exported, dtype: "q4" }, {
        environment: { houqaCache: join(folder, "cache") },
      });
    const own = await prepare();
    assert.match(own.exporter!, /^\d+$/);
    await makeForeign(exported);
    const foreign = await prepare();
    assert.equal(foreign.exporter, undefined);
    // Data files that the graph does not name are not its own.
    await Deno.writeTextFile(join(exported, "onnx/model_q4.onnx_data.bak"), "x");
    assert.equal((await prepare()).modelDigest, foreign.modelDigest);
  });
});
