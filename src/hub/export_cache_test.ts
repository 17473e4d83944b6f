import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { holdExport, listExports, pruneExports, withExport } from "./export_cache.ts";
import { exportFolderName, exportId, type ExportKey } from "./export_key.ts";

const sha = (digit: string) => digit.repeat(64);
const KEY: ExportKey = {
  name: "Qwen/Qwen3-8B",
  files: { "config.json": sha("a"), "model.safetensors": sha("b") },
  dtype: "q4",
  exporterVersion: "1",
};

async function withCache(
  action: (environment: { houqaCache: string }, root: string) => Promise<void>,
): Promise<void> {
  const houqaCache = await Deno.makeTempDir();
  try {
    await action({ houqaCache }, join(houqaCache, "exports"));
  } finally {
    await Deno.remove(houqaCache, { recursive: true });
  }
}

/** An exporter that writes a folder as large as wanted. */
const writing = (sizeBytes = 10) => async (folder: string) => {
  await Deno.mkdir(join(folder, "onnx"));
  await Deno.writeFile(join(folder, "onnx/model_q4.onnx"), new Uint8Array(sizeBytes));
  await Deno.writeTextFile(join(folder, "config.json"), "{}");
};

const never = () => Promise.reject(new Error("must not be made again"));

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => name !== ".locks").sort();
}

/**
 * A process that makes an export: says "making", waits for a line on its stdin, finishes, says
 * whether the export was cached, and holds it until its stdin ends.
 */
async function startMaker(houqaCache: string, key: ExportKey) {
  const file = join(houqaCache, `maker_${crypto.randomUUID()}.ts`);
  const module = new URL("./export_cache.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { withExport } from ${JSON.stringify(module)};
    const held = await withExport(${JSON.stringify(key)}, async (folder) => {
      await Deno.writeTextFile(folder + "/config.json", "{}");
      console.log("making");
      await Deno.stdin.read(new Uint8Array(10));
      await Deno.writeTextFile(folder + "/weights", "1234");
    }, {
      environment: { houqaCache: ${JSON.stringify(houqaCache)} },
      onWait: () => console.log("waiting"),
    });
    console.log("cached " + held.wasCached);
    await Deno.stdin.read(new Uint8Array(10));`,
  );
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
      `--allow-read=${houqaCache}`,
      `--allow-write=${houqaCache}`,
      file,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const input = process.stdin.getWriter();
  return {
    process,
    async until(word: string) {
      while (!text.includes(word)) {
        const { value, done } = await lines.read();
        assert.ok(!done, `ended before it said "${word}": ${text}`);
        text += value;
      }
    },
    goOn: () => input.write(new TextEncoder().encode("\n")),
    async end() {
      await input.close().catch(() => {});
      await lines.cancel();
      return await process.status;
    },
  };
}

Deno.test("an export is made once, and found again by its content", () =>
  withCache(async (environment, root) => {
    const first = await withExport(KEY, writing(), { environment });
    assert.equal(first.wasCached, false);
    assert.equal(first.folder, join(root, `Qwen--Qwen3-8B-q4-${exportId(KEY)}`));
    assert.deepEqual(await namesIn(first.folder), ["cache_key.json", "config.json", "onnx"]);
    const again = await withExport({ ...KEY, name: "models/copy" }, never, { environment });
    assert.equal(again.wasCached, true);
    assert.equal(again.folder, first.folder);
    const changed = { ...KEY, files: { ...KEY.files, "config.json": sha("c") } };
    const other = await withExport(changed, writing(), { environment });
    assert.notEqual(other.folder, first.folder);
    for (const held of [first, again, other]) held.release();
    assert.equal((await listExports(environment)).length, 2);
  }));

Deno.test("every part of the key makes another export, the order of files does not", () => {
  const reordered = Object.fromEntries(Object.entries(KEY.files).reverse());
  assert.equal(exportId({ ...KEY, files: reordered }), exportId(KEY));
  const adapter = { name: "runs/a", files: { "adapter_model.safetensors": sha("d") } };
  const others: ExportKey[] = [
    { ...KEY, dtype: "q8" },
    { ...KEY, exporterVersion: "2" },
    { ...KEY, adapter },
    { ...KEY, adapter: { ...adapter, files: { "adapter_model.safetensors": sha("e") } } },
    { ...KEY, files: { "config.json": sha("a") } },
  ];
  assert.equal(new Set([KEY, ...others].map(exportId)).size, 6);
  assert.match(exportFolderName(others[2]!), /^Qwen--Qwen3-8B\+runs--a-q4-[0-9a-f]{16}$/);
  assert.match(
    exportFolderName({ ...KEY, name: "../モデル/my model" }),
    /^_--my_model-q4-[0-9a-f]{16}$/,
  );
});

Deno.test("what a failed or aborted export wrote does not stay", () =>
  withCache(async (environment, root) => {
    const broken = async (folder: string) => {
      await writing()(folder);
      throw new Error("disk trouble");
    };
    await assert.rejects(withExport(KEY, broken, { environment }), /disk trouble/);
    assert.deepEqual(await namesIn(root), []);
    (await withExport(KEY, writing(), { environment })).release();
  }));

Deno.test("an export whose files are not what they were is made again", () =>
  withCache(async (environment) => {
    const damages: ((folder: string) => Promise<void>)[] = [
      (folder) => Deno.truncate(join(folder, "onnx/model_q4.onnx"), 5),
      (folder) => Deno.remove(join(folder, "config.json")),
      (folder) => Deno.writeTextFile(join(folder, "cache_key.json"), "{"),
      async (folder) => {
        const path = join(folder, "cache_key.json");
        await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("q4", "q8"));
      },
    ];
    (await withExport(KEY, writing(), { environment })).release();
    for (const damage of damages) {
      await damage(
        (await withExport(KEY, never, { environment }).then((held) => {
          held.release();
          return held;
        })).folder,
      );
      const held = await withExport(KEY, writing(), { environment });
      assert.equal(held.wasCached, false);
      held.release();
    }
  }));

Deno.test("two processes: the second waits and takes what the first one made", () =>
  withCache(async (environment) => {
    const { houqaCache } = environment;
    const first = await startMaker(houqaCache, KEY);
    await first.until("making");
    const second = await startMaker(houqaCache, KEY);
    await second.until("waiting");
    await first.goOn();
    await first.until("cached false");
    await second.until("cached true");
    const { removed, inUse } = await pruneExports({ all: true, environment });
    assert.deepEqual([removed.length, inUse.length], [0, 1]);
    await Promise.all([first.end(), second.end()]);
    assert.equal((await pruneExports({ all: true, environment })).removed.length, 1);
  }));

Deno.test("who wants the same export at the same moment makes it once", () =>
  withCache(async (environment) => {
    let made = 0;
    const make = async (folder: string) => {
      made++;
      await writing()(folder);
    };
    const all = await Promise.all([1, 2, 3].map(() => withExport(KEY, make, { environment })));
    assert.equal(made, 1);
    assert.equal(all.filter(({ wasCached }) => !wasCached).length, 1);
    for (const held of all) held.release();
  }));

Deno.test("a killed process leaves nothing that looks complete, and its rest is removed", () =>
  withCache(async (environment, root) => {
    const maker = await startMaker(environment.houqaCache, KEY);
    await maker.until("making");
    assert.equal((await pruneExports({ all: true, environment })).leftoverBytes, 0);
    const controller = new AbortController();
    const waiting = withExport(KEY, never, { environment, signal: controller.signal });
    controller.abort(new Error("stopped by the user"));
    await assert.rejects(waiting, /stopped by the user/);
    maker.process.kill("SIGKILL");
    await maker.end();
    assert.match((await namesIn(root)).join(), /^\.tmp-[0-9a-f-]+$/);
    assert.deepEqual(await listExports(environment), []);
    const other = await withExport({ ...KEY, dtype: "q8" }, writing(), { environment });
    assert.deepEqual(await namesIn(root), [`Qwen--Qwen3-8B-q8-${other.folder.slice(-16)}`]);
    other.release();
    const held = await withExport(KEY, writing(), { environment });
    assert.equal(held.wasCached, false);
    held.release();
  }));

Deno.test("prune removes by age, by size and everything, but nothing that is in use", () =>
  withCache(async (environment, root) => {
    const folders: Record<string, string> = {};
    const day = 86_400_000;
    const now = Date.now();
    for (const [dtype, ageDays] of [["q4", 1], ["q8", 10], ["fp16", 40]] as const) {
      const held = await withExport({ ...KEY, dtype }, writing(1000), { environment });
      held.release();
      folders[dtype] = held.folder;
      const used = new Date(now - ageDays * day);
      await Deno.utime(join(held.folder, "cache_key.json"), used, used);
    }
    const dtypes = (entries: readonly { key: ExportKey }[]) => entries.map(({ key }) => key.dtype);
    assert.deepEqual(dtypes(await listExports(environment)), ["q4", "q8", "fp16"]);
    const prune = (options: Parameters<typeof pruneExports>[0]) =>
      pruneExports({ ...options, environment, now: () => now });

    const dry = await prune({ olderThanDays: 30, dryRun: true });
    assert.deepEqual(dtypes(dry.removed), ["fp16"]);
    assert.ok(dry.freedBytes > 1000);
    assert.equal((await listExports(environment)).length, 3);

    const letGo = await holdExport(folders.fp16!, environment);
    assert.deepEqual(dtypes((await prune({ maxBytes: 3000 })).removed), ["q8"]);
    assert.deepEqual(dtypes(await listExports(environment)), ["fp16", "q4"]);
    assert.deepEqual(dtypes((await prune({ all: true })).inUse), ["fp16"]);
    assert.deepEqual(dtypes(await listExports(environment)), ["fp16"]);
    letGo();
    letGo();
    assert.deepEqual(dtypes((await prune({ olderThanDays: 30 })).removed), []);
    assert.deepEqual(dtypes((await prune({ maxBytes: 0 })).removed), ["fp16"]);
    assert.deepEqual(await namesIn(root), []);
  }));

Deno.test("a folder outside the cache is not locked", () =>
  withCache(async (environment) => {
    const folder = join(environment.houqaCache, "mine");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "cache_key.json"), "{}");
    (await holdExport(folder, environment))();
    assert.deepEqual(await namesIn(environment.houqaCache), ["mine"]);
  }));

Deno.test("a cache that can't be written is named, with what to do", () =>
  withCache(async ({ houqaCache }) => {
    const blocked = join(houqaCache, "file");
    await Deno.writeTextFile(blocked, "");
    await assert.rejects(
      withExport(KEY, writing(), { environment: { houqaCache: blocked } }),
      /Can't write .*file.*HOUQA_CACHE/s,
    );
  }));
