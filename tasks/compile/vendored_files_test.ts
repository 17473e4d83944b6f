import assert from "node:assert/strict";
import { defaultAddress } from "../../src/settings/public_addresses.ts";
import { join } from "node:path";
import { runTask } from "../../src/cli/spawn_task.ts";
import { copyDemo } from "./compiled_forms_double.ts";
import { ROOT } from "./make_bundle.ts";
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
    const result = JSON.parse(await Deno.readTextFile(join(folder, "results", "vendored.json")));
    assert.equal(result.summary.total_count, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
