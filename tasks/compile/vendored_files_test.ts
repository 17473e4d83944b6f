import assert from "node:assert/strict";
import { defaultAddress } from "../../src/settings/public_addresses.ts";
import { join } from "node:path";
import { runTask } from "../../src/cli/spawn_task.ts";
import { copyDemo } from "./compiled_forms_double.ts";
import { ROOT } from "./make_bundle.ts";
import { registryRecords } from "./registry_records.ts";
import { runProgram } from "./run_program.ts";
import { isNeeded, lockedPackages } from "./vendored_files.ts";

Deno.test("packages are read from the lock file, each version once", () => {
  const npm = { "zod@4.1.0": {}, "@a/b@1.0.0-dev.1_zod@4.1.0": {}, "@a/b@1.0.0-dev.1": {} };
  assert.deepEqual(lockedPackages(JSON.stringify({ npm })), [
    { name: "zod", version: "4.1.0" },
    { name: "@a/b", version: "1.0.0-dev.1" },
  ]);
});

Deno.test("native libraries of other platforms are left out", () => {
  const linux = { os: "linux", arch: "x86_64" };
  const native = (folder: string) => `onnxruntime-node/1.30.0/bin/napi-v6/${folder}/x.node`;
  assert.equal(isNeeded(native("linux/x64"), linux), true);
  assert.equal(isNeeded(native("linux/arm64"), linux), false);
  assert.equal(isNeeded(native("win32/x64"), linux), false);
  assert.equal(isNeeded(native("win32/x64"), { os: "windows", arch: "x86_64" }), true);
  assert.equal(isNeeded("onnxruntime-web/1.0.0/dist/ort.jspi.min.js", linux), false);
  assert.equal(isNeeded("onnxruntime-web/1.0.0/dist/ort-wasm-simd-threaded.wasm", linux), true);
  assert.equal(isNeeded("zod/4.0.0/index.js.map", linux), false);
});

Deno.test("what the registry says is kept of the locked versions, whenever it was fetched", async () => {
  const lock = JSON.stringify({ npm: { "zod@4.1.0": {}, "@a/b@1.0.0_zod@4.1.0": {} } });
  const early = {
    name: "zod",
    "dist-tags": { latest: "4.1.0" },
    versions: { "4.1.0": { version: "4.1.0", dependencies: { x: "1", y: "2" } } },
    time: { "4.1.0": "2026-08-17T10:10:59.865000+00:00" },
    "_deno.packumentFormat": "full",
    "_deno.etag": "1",
  };
  const late = {
    "_deno.etag": "2",
    versions: {
      "4.2.0": { version: "4.2.0" },
      "4.1.0": { dependencies: { y: "2", x: "1" }, version: "4.1.0", deprecated: "old" },
    },
    "dist-tags": { latest: "4.2.0" },
    name: "zod",
  };
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "zod"));
    const records = [];
    for (const cached of [early, late]) {
      await Deno.writeTextFile(join(folder, "zod", "registry.json"), JSON.stringify(cached));
      records.push(await registryRecords(folder, lock));
    }
    assert.deepEqual(records[0], records[1]);
    const [{ path, text }] = records[0] as [{ path: string; text: string }];
    assert.equal(path, "zod/registry.json");
    assert.deepEqual(JSON.parse(text), {
      name: "zod",
      "dist-tags": {},
      versions: { "4.1.0": { version: "4.1.0", dependencies: { x: "1", y: "2" } } },
      "_deno.packumentFormat": "full",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the vendored cache is enough: evaluation from it alone, nothing is fetched", async () => {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    await runProgram(Deno.execPath(), [
      ...["run", "--quiet", "--frozen", "--cached-only", "--allow-read", "--allow-write"],
      ...[`--config=${ROOT}deno.json`, `${ROOT}tasks/vendor.ts`, "--out", folder],
    ]);
    const [archive] = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const cache = join(folder, "cache");
    await Deno.mkdir(cache);
    await runProgram("tar", ["-xzf", join(folder, archive!), "-C", cache]);
    await copyDemo(folder);
    // An address where nobody listens: whatever is not in the cache can't be had.
    const env = {
      DENO_DIR: cache,
      HOUQA_CACHE: "results/cache",
      HF_HOME: "results/cache",
      NPM_CONFIG_REGISTRY: `${defaultAddress("npm")}/`,
      HTTPS_PROXY: "http://127.0.0.1:9",
      HTTP_PROXY: "http://127.0.0.1:9",
    };
    const { code, stderr } = await runTask("eval:hf:offline", [
      ...["--llm-backend", "hf", "--hf-model-name", "demo/model"],
      ...["--data", "demo/questions.json", "--context", "gold", "--samples", "2"],
      ...["--hf-device", "cpu", "--output", "results/vendored.json"],
    ], { cwd: folder, env });
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Download/);
    const result = JSON.parse(await Deno.readTextFile(join(folder, "results", "vendored.json")));
    assert.equal(result.summary.total_count, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
