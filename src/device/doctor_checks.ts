import { type BuildForm, buildForm } from "../build/build_form.ts";
import { formCommand } from "../build/form_command.ts";
import { type DeviceName, DEVICES } from "../runtime/device.ts";
import { nativeFolder } from "../runtime/native_folder.ts";
import type { DeviceProbe } from "../runtime/probe_devices.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import type { ResolvedSettings } from "../settings/resolve_settings.ts";
import { SETTING_TABLE } from "../settings/setting_table.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { DetectCudaSources } from "./detect_cuda.ts";
import { type Check, type Finding, runCheck } from "./doctor_check.ts";
import { type CudaRuntime, findCudaRuntime } from "./find_cuda_runtime.ts";
import {
  checkCudaRuntime,
  examineGpus,
  type GpuFacts,
  judgeProbe,
  type Wanted,
} from "./gpu_checks.ts";
import { checkOllama } from "./ollama_check.ts";
import { checkSettings } from "./settings_check.ts";
import {
  checkHouqaCache,
  checkHubCache,
  checkResults,
  type StorageSources,
} from "./storage_checks.ts";
import { checkMemory, checkProcessor, checkSystem, checkVersions } from "./system_checks.ts";
import { SYSTEM_FILES } from "./system_files.ts";

/** What the doctor takes from the world around it. */
export interface DoctorSources extends StorageSources, DetectCudaSources {
  /** @throws {UsageError} for a value that is not allowed. */
  readonly settings: () => ResolvedSettings;
  /** @throws {UsageError} for a value that is not allowed. */
  readonly environment: () => HubEnvironment;
  /** Starts a session on a device, and says whether that worked. */
  readonly probe: (device: DeviceName) => Promise<DeviceProbe>;
  readonly findCudaRuntime?: typeof findCudaRuntime;
  /** As what houqa was handed over. */
  readonly form?: BuildForm;
  /** For tests: asks the Ollama server. */
  readonly fetch?: typeof fetch;
}

/** A cold GPU takes seconds to wake; a machine without one answers at once. */
const PROBE_LIMIT_MS = 15_000;

const DEVICE_TITLES: Readonly<Record<DeviceName, string>> = {
  cuda: "Device cuda",
  webgpu: "Device webgpu",
  cpu: "Device cpu",
  wasm: "Device wasm",
};

/** Looks at everything that houqa runs on. Never throws, writes nothing. */
export async function runDoctorChecks(sources: DoctorSources): Promise<Check[]> {
  const { files = SYSTEM_FILES, form = buildForm() } = sources;
  const settings = attempt(sources.settings);
  const wanted = wantedOf(settings);
  const environment = attempt(sources.environment);
  let gpus: GpuFacts = { finding: { state: "note", summary: "" }, hasGpu: false };
  let runtime: CudaRuntime | undefined;

  // The sessions come last: while one starts, nothing else in this process gets on.
  const [before, gpu, after] = await Promise.all([
    Promise.all([
      runCheck("versions", "houqa", () => checkVersions(Deno.version.deno, form)),
      runCheck("system", "System", () => checkSystem(files)),
      runCheck("permissions", "Permissions", checkPermissions),
      runCheck("settings", "Settings", () => checkSettings(settings())),
      runCheck("processor", "Processor", () => checkProcessor(files)),
      runCheck("memory", "Memory", () => checkMemory()),
    ]),
    runCheck("gpu", "GPU", async () => {
      gpus = await examineGpus(sources);
      return gpus.finding;
    }),
    Promise.all([
      runCheck("hub_cache", "Hugging Face", () => checkHubCache(environment(), sources)),
      runCheck("houqa_cache", "houqa's cache", () => checkHouqaCache(environment(), sources)),
      runCheck("results", "Results", () => checkResults(sources)),
      runCheck("ollama", "Ollama", () => checkOllama(ollamaOptions(settings, wanted, sources))),
    ]),
  ]);
  const cuda = await runCheck("cuda_runtime", "CUDA runtime", async () => {
    const cacheFolder = cacheOf(environment);
    // What is wrong with the environment is said where the folders are.
    if (cacheFolder === undefined) return { state: "note", summary: "not looked for" };
    runtime = await (sources.findCudaRuntime ?? findCudaRuntime)({ ...sources, cacheFolder });
    return checkCudaRuntime(runtime, gpus);
  });
  const devices: Check[] = [];
  // One after the other: two sessions of onnxruntime-web can't be set up at once.
  for (const device of DEVICES) {
    const check = runCheck(`device_${device}`, DEVICE_TITLES[device], async () => {
      const probe = await sources.probe(device);
      return judgeProbe(probe, wanted, gpus, runtime !== undefined, form);
    }, PROBE_LIMIT_MS);
    devices.push(await check);
  }
  return [...before, gpu, cuda, ...devices, ...after];
}

/** Calls at once, and gives back or throws what came of it as often as it is asked. */
function attempt<T>(make: () => T): () => T {
  try {
    const value = make();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** houqa's cache; undefined where the environment does not say where it is. */
function cacheOf(environment: () => HubEnvironment): string | undefined {
  try {
    return environment().houqaCache;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Only what somebody has chosen: a default that is not there is no fault of the machine. */
function wantedOf(settings: () => ResolvedSettings): Wanted {
  try {
    const { values, origins } = settings();
    return {
      ...(origins.llm_backend.kind === "default" ? {} : { backend: values.llm_backend }),
      ...(values.hf_device === "auto" ? {} : { device: values.hf_device }),
    };
  } catch {
    return {};
  }
}

function ollamaOptions(
  settings: () => ResolvedSettings,
  wanted: Wanted,
  { fetch }: DoctorSources,
): Parameters<typeof checkOllama>[0] {
  const isWanted = wanted.backend === "ollama";
  try {
    const { ollama_host: host, llm_model: model } = settings().values;
    return { host, model, isWanted, fetch };
  } catch {
    // What is wrong with the settings is said where they are checked.
    const { ollama_host, llm_model } = SETTING_TABLE;
    return { host: ollama_host.fallback, model: llm_model.fallback, isWanted, fetch };
  }
}

/** What Deno was allowed, as far as the doctor needs it. */
async function checkPermissions(): Promise<Finding> {
  const libraries = nativeFolder("onnxruntime-node");
  const needed: readonly [string, Deno.PermissionDescriptor, string][] = [
    // By a path, so that a list that holds it will do.
    ["read", { name: "read", path: "/" }, "--allow-read"],
    ["ffi", { name: "ffi", path: libraries }, `--allow-ffi=${libraries}`],
    ...(["osRelease", "systemMemoryInfo", "statfs"] as const).map((kind) =>
      [`sys ${kind}`, { name: "sys", kind }, `--allow-sys=${kind}`] as [
        string,
        Deno.PermissionDescriptor,
        string,
      ]
    ),
  ];
  const granted: string[] = [];
  const flags: string[] = [];
  for (const [name, descriptor, flag] of needed) {
    if ((await Deno.permissions.query(descriptor)).state === "granted") granted.push(name);
    else flags.push(flag);
  }
  return {
    state: flags.length === 0 ? "ok" : "note",
    summary: flags.length === 0 ? "all that this report needs" : `not given: ${flags.join(", ")}`,
    ...(flags.length === 0 ? {} : {
      advice: `\`${
        formCommand("doctor")
      }\` has them all; without them some of this report is missing.`,
    }),
    data: { granted, missing: flags },
  };
}
