import { z } from "zod";

const sizeBytes = z.number().nonnegative();
const count = z.int().nonnegative();

const place = {
  folder: z.string(),
  exists: z.boolean(),
  writable: z.boolean().optional(),
  free_bytes: sizeBytes.optional(),
};
const cache = {
  ...place,
  size_bytes: sizeBytes.optional(),
  size_is_complete: z.boolean().optional(),
};

/** What a check found, for scripts; what could not be found out is left out. */
const data = {
  versions: z.strictObject({
    houqa_version: z.string(),
    form: z.enum(["sources", "binary", "houqa.run"]),
    deno_version: z.string(),
  }),
  system: z.strictObject({
    os: z.string(),
    arch: z.string(),
    kernel: z.string(),
    name: z.string().optional(),
    glibc: z.string().optional(),
  }),
  permissions: z.strictObject({ granted: z.array(z.string()), missing: z.array(z.string()) }),
  settings: z.strictObject({
    backend: z.enum(["ollama", "hf"]),
    model: z.string().optional(),
    chosen: z.array(z.strictObject({
      name: z.string(),
      value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
      origin: z.string(),
    })),
  }),
  processor: z.strictObject({
    model: z.string().optional(),
    usable_threads: count,
    threads: count.optional(),
    allowed_threads: count.optional(),
    quota: z.number().optional(),
    features: z.array(z.string()),
  }),
  memory: z.strictObject({
    total_bytes: sizeBytes.optional(),
    available_bytes: sizeBytes.optional(),
    limit_bytes: sizeBytes.optional(),
  }),
  gpu: z.strictObject({
    driver: z.string().optional(),
    cuda_version: z.string().optional(),
    gpus: z.array(z.strictObject({
      name: z.string(),
      total_bytes: sizeBytes.optional(),
      bus_id: z.string().optional(),
      mig_slices: count.optional(),
    })),
  }),
  cuda_runtime: z.strictObject({
    cuda_major: count,
    onnxruntime_version: z.string(),
    folder: z.string(),
  }),
  device: z.strictObject({
    works: z.boolean(),
    reason: z.string().optional(),
    detail: z.string().optional(),
    is_software: z.boolean(),
  }),
  hub_cache: z.strictObject({
    ...cache,
    models: count,
    token_present: z.boolean(),
    offline: z.boolean(),
    endpoint: z.string(),
  }),
  houqa_cache: z.strictObject(cache),
  results: z.strictObject(place),
  ollama: z.strictObject({
    url: z.string(),
    version: z.string().optional(),
    models: z.array(z.string()).optional(),
  }),
};

const check = <I extends string, D extends z.ZodType>(id: I, shape: D) =>
  z.strictObject({
    id: z.literal(id),
    state: z.enum(["ok", "note", "problem"]),
    summary: z.string().min(1),
    details: z.array(z.string()).optional(),
    advice: z.string().min(1).optional(),
    /** Absent where the check could not be made. */
    data: shape.optional(),
  });

/** `houqa doctor --json`: every check once, in this order. Sizes are in bytes. */
export const doctorReportSchema = z.strictObject({
  schema_version: z.literal(1),
  /** False where a check's state is "problem". */
  ok: z.boolean(),
  checks: z.tuple([
    check("versions", data.versions),
    check("system", data.system),
    check("permissions", data.permissions),
    check("settings", data.settings),
    check("processor", data.processor),
    check("memory", data.memory),
    check("gpu", data.gpu),
    check("cuda_runtime", data.cuda_runtime),
    check("device_cuda", data.device),
    check("device_webgpu", data.device),
    check("device_cpu", data.device),
    check("device_wasm", data.device),
    check("hub_cache", data.hub_cache),
    check("houqa_cache", data.houqa_cache),
    check("results", data.results),
    check("ollama", data.ollama),
  ]),
}).refine(
  ({ ok, checks }) => ok === checks.every(({ state }) => state !== "problem"),
  "ok says something else than the checks",
);

/** What `houqa doctor --json` prints. */
export type DoctorReport = z.infer<typeof doctorReportSchema>;
