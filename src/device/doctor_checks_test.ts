import assert from "node:assert/strict";
import { startOllamaDouble } from "../llm/ollama_double.ts";
import { doctorReportJson, renderDoctorReport } from "../report/doctor_report.ts";
import { doctorReportSchema } from "../report/doctor_report_schema.ts";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { resolveSettings } from "../settings/resolve_settings.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { Check } from "./doctor_check.ts";
import { type DoctorSources, runDoctorChecks } from "./doctor_checks.ts";
import { checkResults } from "./storage_checks.ts";
import { fakeSystemFiles, FORBIDDEN_FILES } from "./system_files_double.ts";

const GPU_FILES = fakeSystemFiles({
  "/proc/sys/kernel/osrelease": "4.18.0-553.el8_10.x86_64\n",
  "/proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  x\n",
  "/proc/driver/nvidia/gpus/0000:07:00.0/information":
    "Model: \t NVIDIA A100\nDevice Minor: \t 0\n",
  "/dev/nvidia0": "",
  "/dev/nvidiactl": "",
});
const MIG = { name: "NVIDIA A100 MIG 3g.20gb", totalBytes: 20_937_965_568 };
const RUNTIME = {
  folder: "/c/runtime/cuda-12-1.26.0",
  bindingPath: "/c/runtime/cuda-12-1.26.0/onnxruntime_binding.node",
  libraries: [],
  version: "1.26.0",
  cudaMajor: 12 as const,
};

const settingsOf = (environment: Record<string, string>) => () =>
  resolveSettings({ options: {}, environment: (name) => environment[name], dotenv: {} });

/** The doctor on a made-up machine: no GPU, no server, and only the processor works. */
async function examine(changes: Partial<DoctorSources> = {}): Promise<Map<string, Check>> {
  const folder = await Deno.makeTempDir();
  try {
    const checks = await runDoctorChecks({
      settings: settingsOf({}),
      environment: () =>
        hubEnvironment({
          dotenv: {},
          endpoint: "https://huggingface.co",
          readVariable: (name) =>
            ({ HOME: folder, HF_HOME: `${folder}/hf`, HF_TOKEN: "hf_geheim" })[name],
        }),
      probe: (device) =>
        Promise.resolve(
          device === "cpu"
            ? { device, works: true }
            : { device, works: false, reason: "not on this machine" },
        ),
      files: fakeSystemFiles({ "/proc/sys/kernel/osrelease": "6.1.0\n" }),
      queryCudaDriver: () => Promise.reject(new Error("libcuda.so.1: no such file")),
      freeDiskSpace: () => Promise.resolve(100e9),
      findCudaRuntime: () => Promise.resolve(undefined),
      fetch: () => Promise.reject(new TypeError("connection refused")),
      ...changes,
    });
    const report = renderDoctorReport(checks, false) + doctorReportJson(checks);
    assert.ok(!report.includes("geheim"));
    doctorReportSchema.parse(JSON.parse(doctorReportJson(checks)));
    return new Map(checks.map((check) => [check.id, check]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const problems = (checks: Map<string, Check>) =>
  [...checks.values()].filter(({ state }) => state === "problem").map(({ id }) => id);

Deno.test("a machine without GPU and Ollama has notes, no problem", async () => {
  const checks = await examine();
  assert.deepEqual(problems(checks), []);
  assert.deepEqual([...checks.keys()], [
    "versions",
    "system",
    "permissions",
    "settings",
    "processor",
    "memory",
    "gpu",
    "cuda_runtime",
    "device_cuda",
    "device_webgpu",
    "device_cpu",
    "device_wasm",
    "hub_cache",
    "houqa_cache",
    "results",
    "ollama",
  ]);
  assert.equal(checks.get("gpu")!.summary, "no NVIDIA driver here");
  assert.equal(checks.get("device_cpu")!.state, "ok");
  assert.match(checks.get("ollama")!.summary, /could not be reached/);
  assert.match(checks.get("ollama")!.advice!, /Only needed for the ollama backend/);
  assert.match(checks.get("hub_cache")!.summary, /not there yet.*a token is set/);
  assert.equal(checks.get("hub_cache")!.data!.token_present, true);
});

Deno.test("what the settings choose and is not there is a problem", async () => {
  const ollama = await examine({ settings: settingsOf({ LLM_BACKEND: "ollama" }) });
  assert.deepEqual(problems(ollama), ["ollama"]);
  const probe: DoctorSources["probe"] = (device) =>
    Promise.resolve({ device, works: false, reason: "no such library" });
  const hf = await examine({ settings: settingsOf({ LLM_BACKEND: "hf" }), probe });
  assert.deepEqual(problems(hf), ["device_cpu"]);
  const neither = await examine({ probe });
  assert.deepEqual(problems(neither), []);
});

Deno.test("a device that the settings choose must start", async () => {
  const settings = settingsOf({ LLM_BACKEND: "hf", HF_DEVICE: "cuda" });
  const checks = await examine({ settings });
  assert.deepEqual(problems(checks), ["device_cuda"]);
  assert.match(checks.get("device_cuda")!.advice!, /leave the device out/);
});

Deno.test("Ollama: version and models; a missing model is named", async () => {
  await using double = await startOllamaDouble();
  const environment = { OLLAMA_HOST: double.url, LLM_MODEL: "double", LLM_BACKEND: "ollama" };
  const there = await examine({ settings: settingsOf(environment), fetch });
  assert.equal(there.get("ollama")!.state, "ok");
  assert.match(there.get("ollama")!.summary, /version 0\.17\.4, \d+ models?: /);
  const missing = await examine({
    settings: settingsOf({ ...environment, LLM_MODEL: "other" }),
    fetch,
  });
  assert.deepEqual(problems(missing), ["ollama"]);
  assert.match(missing.get("ollama")!.advice!, /ollama pull other/);
});

Deno.test("a GPU that the CUDA runtime was not set up for: what to do", async () => {
  const queryCudaDriver = () => Promise.resolve({ cudaVersion: "12.2", devices: [MIG] });
  const checks = await examine({ files: GPU_FILES, queryCudaDriver });
  assert.equal(
    checks.get("gpu")!.summary,
    "NVIDIA A100 MIG 3g.20gb (20.9 GB), driver 535.104.05, runs CUDA 12.2",
  );
  assert.equal(checks.get("gpu")!.state, "ok");
  assert.match(checks.get("cuda_runtime")!.advice!, /houqa setup cuda/);
  assert.deepEqual(problems(checks), []);
});

Deno.test("a runtime that was set up for a GPU that is there must start", async () => {
  const probe: DoctorSources["probe"] = (device) =>
    Promise.resolve({
      device,
      works: false,
      reason: "CudaCall(…) CUDA failure 2: out of memory ; GPU=0 ; hostname=h",
    });
  const checks = await examine({
    files: GPU_FILES,
    queryCudaDriver: () => Promise.resolve({ cudaVersion: "12.2", devices: [MIG] }),
    findCudaRuntime: () => Promise.resolve(RUNTIME),
    probe,
  });
  assert.deepEqual(problems(checks), ["device_cuda"]);
  assert.match(
    checks.get("device_cuda")!.summary,
    /^does not start: CUDA failure 2: out of memory/,
  );
  assert.match(checks.get("cuda_runtime")!.summary, /CUDA 12 with ONNX Runtime 1\.26\.0/);
});

Deno.test("a runtime for a newer CUDA than the driver runs", async () => {
  const checks = await examine({
    files: GPU_FILES,
    findCudaRuntime: () => Promise.resolve({ ...RUNTIME, cudaMajor: 13 }),
  });
  assert.match(checks.get("cuda_runtime")!.advice!, /driver runs CUDA 12: run `houqa setup cuda`/);
});

Deno.test("a driver whose library is not here, and one that is too old", async () => {
  const checks = await examine({ files: GPU_FILES });
  assert.equal(checks.get("gpu")!.summary, "NVIDIA A100, driver 535.104.05");
  assert.match(
    checks.get("gpu")!.advice!,
    /libcuda\.so\.1: no such file\. \/dev\/nvidia-uvm is missing here/,
  );
  const old = await examine({
    queryCudaDriver: () => Promise.resolve({ cudaVersion: "11.4", devices: [MIG] }),
  });
  assert.match(old.get("gpu")!.advice!, /too old: CUDA 12 needs 525\.60\.13/);
});

Deno.test("a software adapter works and is called what it is", async () => {
  const checks = await examine({
    probe: (device) =>
      Promise.resolve({ device, works: true, detail: "llvmpipe", isSoftware: device === "webgpu" }),
  });
  assert.equal(checks.get("device_webgpu")!.state, "note");
  assert.match(checks.get("device_webgpu")!.summary, /llvmpipe; computed by the processor/);
  assert.equal(checks.get("device_cpu")!.state, "ok");
});

Deno.test("without permissions each check says which one it lacks", async () => {
  const forbid = (what: string) => () => {
    throw new Deno.errors.NotCapable(`Requires ${what}, run again with the --allow flag`);
  };
  const checks = await examine({
    files: FORBIDDEN_FILES,
    settings: forbid('env access to "LLM_BACKEND"'),
    environment: forbid('env access to "HF_HOME"'),
    queryCudaDriver: () => Promise.reject(new Deno.errors.NotCapable("Requires ffi access")),
    probe: forbid('ffi access to "x.node"'),
  });
  assert.deepEqual(problems(checks), []);
  assert.match(checks.get("gpu")!.advice!, /--allow-ffi, to read \/proc\/driver\/nvidia\/version/);
  assert.equal(checks.get("settings")!.advice, "Run with --allow-env=LLM_BACKEND.");
  assert.equal(checks.get("houqa_cache")!.advice, "Run with --allow-env=HF_HOME.");
  assert.equal(checks.get("device_cpu")!.advice, "Run with --allow-ffi=x.node.");
});

Deno.test("a wrong setting is a problem and stops nothing else", async () => {
  const checks = await examine({
    settings: () => {
      throw new UsageError("LLM_MAX_TOKENS in .env is -3, but must be a whole number.");
    },
  });
  assert.deepEqual(problems(checks), ["settings"]);
  assert.match(checks.get("settings")!.summary, /LLM_MAX_TOKENS in \.env is -3/);
  assert.equal(checks.get("ollama")!.state, "note");
});

Deno.test("a folder that can't be written, and one on a full disk", async () => {
  const readOnly = { ...fakeSystemFiles({}), canWrite: () => false };
  const locked = await examine({ files: readOnly });
  assert.deepEqual(problems(locked), ["hub_cache", "houqa_cache", "results"]);
  assert.match(locked.get("houqa_cache")!.advice!, /choose another folder.*HOUQA_CACHE/);
  assert.match(locked.get("hub_cache")!.advice!, /HF_HOME/);
  const full = await examine({ freeDiskSpace: () => Promise.resolve(3e9) });
  assert.match(full.get("houqa_cache")!.summary, /3\.0 GB of disk free/);
  assert.match(full.get("houqa_cache")!.advice!, /8B model/);
  assert.deepEqual(problems(full), []);
});

Deno.test("without HOME the folders that can't be known are told once each", async () => {
  const environment: DoctorSources["environment"] = () =>
    hubEnvironment({ dotenv: {}, endpoint: "https://x.example", readVariable: () => undefined });
  const checks = await examine({ environment });
  assert.deepEqual(problems(checks), ["hub_cache", "houqa_cache"]);
  assert.match(checks.get("hub_cache")!.summary, /set HF_HOME and HOUQA_CACHE/);
  assert.equal(checks.get("cuda_runtime")!.summary, "not looked for");
});

Deno.test("what was chosen stands with where, secrets masked; a misspelt name of .env is told", async () => {
  const settings = () =>
    resolveSettings({
      options: {},
      environment: (name) => ({ OLLAMA_HOST: "http://me:geheim@box:1" })[name],
      dotenv: { LLM_BACKEND: "hf", LLM_MODLE: "x" },
    });
  const check = (await examine({ settings })).get("settings")!;
  assert.equal(check.state, "note");
  assert.equal(check.summary, "backend hf (LLM_BACKEND in .env), model not chosen");
  assert.deepEqual(check.details, [
    "llm_backend = hf (LLM_BACKEND in .env)",
    "ollama_host = http://***@box:1 (environment variable OLLAMA_HOST)",
    ".env sets LLM_MODLE, which houqa does not know. (Did you mean LLM_MODEL?)",
  ]);
  assert.match(check.advice!, /--hf-model-name/);
});

Deno.test("results that can't be written are told before a run", async () => {
  const locked = await examine({ files: { ...fakeSystemFiles({}), canWrite: () => false } });
  assert.match(locked.get("results")!.advice!, /--output/);
  const full = await examine({ freeDiskSpace: () => Promise.resolve(5e6) });
  assert.deepEqual(
    [full.get("results")!.state, full.get("results")!.advice],
    ["note", "Make room: every answer is written at once, and a full disk stops a run."],
  );
  const none = await examine({ freeDiskSpace: () => Promise.resolve(0) });
  assert.deepEqual(problems(none), ["hub_cache", "houqa_cache", "results"]);
  assert.match(none.get("results")!.advice!, /^Make room/);
  assert.match(none.get("houqa_cache")!.advice!, /make room.*HOUQA_CACHE/);
});

Deno.test({
  name: "results that is a link to nothing is a problem",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const results = `${folder}/results`;
      await Deno.symlink("gone", results);
      const sources = { freeDiskSpace: () => Promise.resolve(100e9) };
      const { state, summary } = await checkResults(sources, results);
      assert.equal(state, "problem");
      assert.match(summary, /results is a link to gone, which is not there: make that folder/);
      await Deno.mkdir(`${folder}/gone`);
      assert.equal((await checkResults(sources, results)).state, "ok");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a form that was handed over: a runtime of its own that does not start is a problem", async () => {
  const failing = (reason: string): Partial<DoctorSources> => ({
    form: "binary",
    probe: (device) =>
      Promise.resolve({
        device,
        works: device === "wasm" && !reason.includes("is missing"),
        reason,
      }),
  });
  const bare = await examine(failing("/x/runtime/onnxruntime_binding.node is missing: copy both."));
  assert.deepEqual(problems(bare), ["device_cpu", "device_wasm"]);
  assert.match(bare.get("device_cpu")!.advice!, /in place again.*SHA256SUMS/);
  const missing = "cannot open shared object file: No such file or directory";
  const old = await examine(failing(`libstdc++.so.6: ${missing}`));
  assert.deepEqual(problems(old), ["device_cpu"]);
  assert.match(
    old.get("device_cpu")!.advice!,
    /^Install libstdc\+\+\.so\.6 .*--hf-device wasm.*slower/,
  );
  const cut = await examine(failing(`libonnxruntime.so.1: ${missing}`));
  assert.match(cut.get("device_cpu")!.advice!, /in place again/);
  const sources = await examine({ ...failing(`libstdc++.so.6: ${missing}`), form: "sources" });
  assert.deepEqual(problems(sources), []);
});
