import { join } from "node:path";
import { z } from "zod";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { CUDA_BUILDS, type CudaBuild } from "./cuda_builds.ts";
import { detectCuda, type DetectCudaSources } from "./detect_cuda.ts";

/** ONNX Runtime with its CUDA provider, as `houqa setup cuda` has put it on disk. */
export interface CudaRuntime {
  /** Absolute path. */
  readonly folder: string;
  /** The Node-API binding, for `process.dlopen`; core and providers lie beside it. */
  readonly bindingPath: string;
  /**
   * NVIDIA's libraries, each to be opened by `Deno.dlopen(path, {})` in this order before a session
   * asks for the provider.
   */
  readonly libraries: readonly string[];
  /** Version of ONNX Runtime. */
  readonly version: string;
  readonly cudaMajor: 12 | 13;
}

/** Name of the manifest, which is written last. */
export const MANIFEST_NAME = "runtime.json";

/** What stands in the manifest. */
export const manifestSchema = z.object({
  format: z.literal(1),
  houqa_version: z.string(),
  cuda_major: z.union([z.literal(12), z.literal(13)]),
  onnxruntime_version: z.string(),
  /** The archives that the files came from, and the binding as npm has it. */
  sources: z.array(z.object({ file: z.string(), sha256: z.string() })),
  /** In the order to load. */
  libraries: z.array(z.string()),
  files: z.record(z.string(), z.object({ size_bytes: z.number(), sha256: z.string() })),
});
/** A parsed manifest. */
export type RuntimeManifest = z.infer<typeof manifestSchema>;

/** What the search takes from the world around it. */
export interface FindCudaOptions extends DetectCudaSources {
  /** Default: houqa's own. */
  readonly cacheFolder?: string;
  readonly builds?: readonly CudaBuild[];
}

/** Where a build stands below houqa's cache folder. */
export function runtimeFolder(cacheFolder: string, build: CudaBuild): string {
  return join(cacheFolder, "runtime", `cuda-${build.cudaMajor}-${build.onnxruntimeVersion}`);
}

/**
 * Finds the CUDA runtime that was set up: the newest CUDA that this machine's driver runs, else the
 * newest at all. A folder that is incomplete, damaged, or of a version that this houqa does not use
 * counts as not there.
 * @throws {Deno.errors.NotCapable} when this process may not read the cache folder.
 */
export async function findCudaRuntime(
  options: FindCudaOptions = {},
): Promise<CudaRuntime | undefined> {
  const { cacheFolder = hubEnvironment().houqaCache, builds = CUDA_BUILDS } = options;
  const found: CudaRuntime[] = [];
  for (const build of builds) {
    const runtime = await readRuntime(runtimeFolder(cacheFolder, build), build);
    if (runtime !== undefined) found.push(runtime);
  }
  const highest = found.length > 1 ? await driverMajor(options) : undefined;
  return found.find(({ cudaMajor }) => highest === undefined || cudaMajor <= highest) ?? found[0];
}

async function driverMajor(sources: DetectCudaSources): Promise<12 | 13 | undefined> {
  try {
    return (await detectCuda(sources))?.cudaMajor;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** A runtime whose files all have the size that the manifest says. */
async function readRuntime(folder: string, build: CudaBuild): Promise<CudaRuntime | undefined> {
  let manifest: RuntimeManifest;
  try {
    manifest = manifestSchema.parse(
      JSON.parse(await Deno.readTextFile(join(folder, MANIFEST_NAME))),
    );
    for (const [path, { size_bytes }] of Object.entries(manifest.files)) {
      if ((await Deno.stat(join(folder, path))).size !== size_bytes) return undefined;
    }
    folder = await Deno.realPath(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
  if (!isOf(manifest, build)) return undefined;
  return {
    folder,
    bindingPath: join(folder, build.binding.member.target),
    libraries: manifest.libraries.map((path) => join(folder, path)),
    version: manifest.onnxruntime_version,
    cudaMajor: manifest.cuda_major,
  };
}

/** A newer houqa may pin other archives under the same version. */
function isOf(manifest: RuntimeManifest, { binding, wheels }: CudaBuild): boolean {
  const sources = new Set(manifest.sources.map(({ sha256 }) => sha256));
  return [binding, ...wheels].every(({ sha256 }) => sources.has(sha256));
}
