import assert from "node:assert/strict";
import { findCudaRuntime } from "./find_cuda_runtime.ts";
import { parseHttpSource } from "./http_source.ts";
import {
  BINDING,
  cutAfter,
  type PackageServerOptions,
  type PackageServers,
  startPackageServers,
} from "./package_servers_double.ts";
import { type CudaPlan, planCudaSetup, type SetupCudaOptions } from "./plan_cuda_setup.ts";
import { locateArchives, setUpCuda, type SetupProgress } from "./setup_cuda.ts";
import { fakeSystemFiles, FORBIDDEN_FILES } from "./system_files_double.ts";

const driverFiles = (version: string) =>
  fakeSystemFiles({
    "/proc/driver/nvidia/version":
      `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  x\n`,
  });

const noLibrary = () => Promise.reject(new Error("libcuda.so.1: no such file"));

interface World extends PackageServers {
  readonly options: SetupCudaOptions;
  readonly folder: string;
  plan(changes?: Partial<SetupCudaOptions>): Promise<CudaPlan>;
  run(changes?: Partial<SetupCudaOptions>): Promise<SetupProgress[]>;
}

/** Servers, a cache folder, and a machine with a driver for CUDA 12. */
async function inWorld(
  action: (world: World) => Promise<void>,
  serverOptions: PackageServerOptions = {},
): Promise<void> {
  const servers = await startPackageServers(serverOptions);
  const cacheFolder = await Deno.makeTempDir();
  const options: SetupCudaOptions = {
    cacheFolder,
    indexes: [parseHttpSource({ text: servers.index, origin: "test" })],
    registry: parseHttpSource({ text: servers.registry, origin: "test" }),
    files: driverFiles("535.104.05"),
    queryCudaDriver: noLibrary,
    builds: [servers.build],
    bindingFolders: [],
    freeDiskSpace: () => Promise.resolve(1e12),
    platform: "linux x86_64",
    retryMs: 1,
  };
  const plan = (changes = {}) => planCudaSetup({ ...options, ...changes });
  try {
    await action({
      ...servers,
      options,
      folder: `${cacheFolder}/runtime/cuda-12-1.0`,
      plan,
      async run(changes = {}) {
        const all = { ...options, ...changes };
        const planned = await plan(changes);
        const seen: SetupProgress[] = [];
        const addresses = await locateArchives(planned, all);
        await setUpCuda(planned, addresses, { ...all, onProgress: (step) => seen.push(step) });
        return seen;
      },
    });
  } finally {
    await servers.close();
    await Deno.remove(cacheFolder, { recursive: true });
  }
}

/** Every file below a folder, sorted. */
async function filesIn(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
    if (isDirectory) names.push(...await filesIn(folder, `${prefix}${name}/`));
    else names.push(`${prefix}${name}`);
  }
  return names.sort();
}

const WHOLE = [
  "libcore.so.1",
  "libprovider.so",
  "nvidia/libblas.so.12",
  "onnxruntime_binding.node",
  "runtime.json",
];

for (const form of ["json", "html"] as const) {
  Deno.test(`the runtime is fetched, unpacked, found (${form} index)`, () =>
    inWorld(async ({ run, plan, folder, options, requests, build }) => {
      const seen = await run();
      assert.deepEqual(await filesIn(folder), WHOLE);
      assert.equal(
        await Deno.readTextFile(`${folder}/libcore.so.1`),
        // The core goes by another name than npm's.
        "capi/libcore.so.1.0\n".repeat(5000) + "\0libonnxrt_cuda.so.1\0end",
      );
      const runtime = await findCudaRuntime(options);
      const real = await Deno.realPath(folder);
      assert.deepEqual(runtime, {
        folder: real,
        bindingPath: `${real}/onnxruntime_binding.node`,
        libraries: [`${real}/nvidia/libblas.so.12`],
        version: "1.0",
        cudaMajor: 12,
      });
      const { doneBytes, totalBytes } = seen.at(-1)!;
      assert.equal(doneBytes, totalBytes);
      assert.deepEqual(requests.map(({ path }) => path), [
        "/simple/small-runtime/",
        "/simple/small-blas/",
        "/npm/small/-/small-1.0.tgz",
        "/files/small_runtime-1.0-py3-none-any.whl",
        "/files/small_blas-1.0-py3-none-any.whl",
      ]);
      const manifest = JSON.parse(await Deno.readTextFile(`${folder}/runtime.json`));
      assert.deepEqual(
        manifest.sources,
        [{ file: build.binding.member.path, sha256: build.binding.sha256 }, ...build.wheels]
          .map(({ file, sha256 }) => ({ file, sha256 })),
      );
      assert.match(manifest.files["nvidia/libblas.so.12"].sha256, /^[0-9a-f]{64}$/);
      // A second run has nothing to do.
      assert.equal((await plan()).present?.folder, real);
    }, { form }));
}

Deno.test("a binding that lies on this machine with the right content saves the download", () =>
  inWorld(async ({ run, plan, folder, options }) => {
    const right = `${options.cacheFolder}/right`;
    const wrong = `${options.cacheFolder}/wrong`;
    for (const at of [right, wrong]) await Deno.mkdir(at);
    await Deno.writeFile(`${right}/onnxruntime_binding.node`, BINDING);
    await Deno.writeTextFile(`${wrong}/onnxruntime_binding.node`, "of another version");
    const bindingFolders = [wrong, `${options.cacheFolder}/none`, right];
    const { archives, bindingPath } = await plan({ bindingFolders });
    assert.equal(bindingPath, `${right}/onnxruntime_binding.node`);
    assert.equal(archives.length, 2);
    await run({ bindingFolders });
    assert.deepEqual(await filesIn(folder), WHOLE);
  }));

Deno.test("an interrupted setup goes on: what was unpacked is not fetched again", () =>
  inWorld(async ({ run, plan, folder, options, requests, faults, build }) => {
    const refuse = () => new Response("gone", { status: 410 });
    faults.push(() => undefined, () => undefined, (_, content) => cutAfter(content, 30), refuse);
    await assert.rejects(run(), /small_blas.*the server answered 410.*go on where it stopped/s);
    assert.deepEqual(await filesIn(`${folder}.partial`), [
      "downloads/small_blas-1.0-py3-none-any.whl.part",
      "libcore.so.1",
      "libprovider.so",
      "onnxruntime_binding.node",
    ]);
    assert.equal(await findCudaRuntime(options), undefined);
    assert.deepEqual((await plan()).archives.map(({ file }) => file), [build.wheels[1]!.file]);
    requests.length = 0;
    await run();
    assert.deepEqual(
      requests.map(({ path, range }) => [path.split("/").at(-1), range]),
      [["", null], ["small_blas-1.0-py3-none-any.whl", "bytes=30-"]],
    );
    assert.deepEqual(await filesIn(folder), WHOLE);
    assert.deepEqual(await filesIn(`${options.cacheFolder}/runtime`), [
      ...WHOLE.map((name) => `cuda-12-1.0/${name}`),
      "setup.lock",
    ]);
  }));

Deno.test("two setups at once: one works, the other waits and finds it done", () =>
  inWorld(async ({ run, folder, requests }) => {
    await Promise.all([run(), run()]);
    assert.deepEqual(await filesIn(folder), WHOLE);
    assert.equal(requests.filter(({ path }) => path.startsWith("/files/small_blas")).length, 1);
  }));

Deno.test("a folder that lost a file, or is of other archives, is set up again", () =>
  inWorld(async ({ run, folder, options }) => {
    await run();
    await Deno.remove(`${folder}/libprovider.so`);
    assert.equal(await findCudaRuntime(options), undefined);
    await run();
    assert.deepEqual(await filesIn(folder), WHOLE);
    const path = `${folder}/runtime.json`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/"sha256": "[0-9a-f]/, '"sha256": "x'));
    assert.equal(await findCudaRuntime(options), undefined);
    await Deno.writeTextFile(path, text.slice(0, 100));
    assert.equal(await findCudaRuntime(options), undefined);
  }));

Deno.test("an index that lists another hash is refused before anything is fetched", () =>
  inWorld(async ({ run, requests }) => {
    await assert.rejects(run(), /lists small_runtime.* with SHA-256 0{64} instead of [0-9a-f]{64}/);
    assert.equal(requests.length, 1);
  }, { listedSha256: "0".repeat(64) }));

Deno.test("a file that is not the published one is refused and not unpacked", () =>
  inWorld(async ({ run, folder }) => {
    await assert.rejects(run(), /served a small_runtime.*not the published file: SHA-256/);
    assert.deepEqual(await filesIn(`${folder}.partial`), ["onnxruntime_binding.node"]);
  }, {
    tamper: (file, content) => {
      const changed = content.slice();
      if (file.startsWith("small_runtime")) changed[40]! ^= 1;
      return changed;
    },
  }));

Deno.test("user and password of the address are used, for that server only, and never shown", () =>
  inWorld(async ({ run, index, registry, requests }) => {
    const withUser = (text: string) => text.replace("//", "//someone:p%40ss@");
    const source = (text: string) => parseHttpSource({ text, origin: "PIP_INDEX_URL" });
    const wrong = await run({ indexes: [source(index)] }).catch((error: Error) => error);
    assert.match((wrong as Error).message, /401/);
    const indexes = [source(withUser(index))];
    assert.equal(indexes[0]!.url, index);
    const noRegistry = await run({ indexes }).catch((error: Error) => error) as Error;
    assert.match(noRegistry.message, /small-1\.0\.tgz.*401/);
    assert.ok(!noRegistry.message.includes("p@ss") && !noRegistry.message.includes("p%40ss"));
    requests.length = 0;
    await run({ indexes, registry: source(withUser(registry)) });
    assert.ok(requests.every(({ authorization }) => authorization !== null));
  }, { authorization: `Basic ${btoa("someone:p@ss")}` }));

Deno.test("another index is asked when the first does not have the file", () =>
  inWorld(async ({ run, index, requests }) => {
    const empty = index.replace("/simple", "/empty");
    const sources = [empty, index].map((text) => parseHttpSource({ text, origin: "test" }));
    await run({ indexes: sources });
    assert.equal(requests[0]!.path, "/empty/small-runtime/");
    await assert.rejects(
      run({ indexes: sources.slice(0, 1), cacheFolder: `${index}/elsewhere`.slice(22) }),
      /Can't find small_runtime.*answered 404.*PIP_INDEX_URL/s,
    );
  }));

Deno.test("too little disk space is said before anything is fetched", () =>
  inWorld(async ({ run, requests }) => {
    const freeDiskSpace = () => Promise.resolve(1000);
    await assert.rejects(run({ freeDiskSpace }), /takes 0\.1 GB .* 0\.0 GB are free.*HOUQA_CACHE/);
    assert.ok(requests.every(({ path }) => path.startsWith("/simple/")));
  }));

Deno.test("the driver decides; without one, or with an old one, it says what is needed", () =>
  inWorld(async ({ plan, build }) => {
    const builds = [{ ...build, cudaMajor: 13 as const }, build];
    const majorFor = async (files: SetupCudaOptions["files"], cudaMajor?: 12 | 13) =>
      (await plan({ builds, files, ...(cudaMajor && { cudaMajor }) })).build.cudaMajor;
    assert.equal(await majorFor(driverFiles("580.65.06")), 13);
    assert.equal(await majorFor(driverFiles("535.104.05")), 12);
    assert.equal(await majorFor(driverFiles("580.65.06"), 12), 12);
    assert.equal(await majorFor(fakeSystemFiles({}), 13), 13);
    assert.equal(await majorFor(FORBIDDEN_FILES, 12), 12);
    await assert.rejects(majorFor(driverFiles("470.199.02")), /too old \(470\.199\.02\): CUDA 12/);
    await assert.rejects(majorFor(fakeSystemFiles({})), /no NVIDIA driver here.*--cuda 12/);
    await assert.rejects(majorFor(FORBIDDEN_FILES), /--allow-ffi.*525\.60\.13.*580\.65\.06/);
    // In WSL only the driver's library is visible; it has the last word elsewhere too.
    const says = (cudaVersion: string, devices = 1) => () =>
      Promise.resolve({ cudaVersion, devices: Array(devices).fill({ name: "x", totalBytes: 1 }) });
    const byLibrary = async (queryCudaDriver: SetupCudaOptions["queryCudaDriver"], version = "") =>
      (await plan({
        builds,
        queryCudaDriver,
        files: version ? driverFiles(version) : fakeSystemFiles({}),
      }))
        .build.cudaMajor;
    assert.equal(await byLibrary(says("13.1")), 13);
    assert.equal(await byLibrary(says("12.8")), 12);
    assert.equal(await byLibrary(says("13.0"), "535.104.05"), 13);
    await assert.rejects(byLibrary(says("11.8")), /too old \(one for CUDA 11\.8\)/);
    await assert.rejects(byLibrary(says("12.8", 0)), /no NVIDIA driver here/);
    const { warnings } = await plan({ builds, cudaMajor: 13 });
    assert.deepEqual(warnings, ["CUDA 13 needs driver 580.65.06 or newer; this is 535.104.05."]);
  }));

Deno.test("another system is told what to use instead", () =>
  inWorld(async ({ plan }) => {
    for (const platform of ["windows x86_64", "darwin aarch64", "linux aarch64"]) {
      await assert.rejects(plan({ platform }), /Linux on x86-64 only.*webgpu/);
    }
  }));
