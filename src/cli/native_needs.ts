import { join } from "node:path";
import { libcPath } from "../device/open_libc.ts";
import { LIBCUDA_PLACES } from "../device/open_libcuda.ts";
import { nativeFolder } from "../runtime/native_folder.ts";
import type { Need } from "./require_permissions.ts";

/**
 * What running a model here loads: ONNX Runtime and the C library; where `houqa setup cuda` has put
 * a CUDA runtime into houqa's cache, that and the driver's library.
 * @param houqaCache undefined: without CUDA.
 */
export async function nativeNeeds(houqaCache?: string): Promise<Need[]> {
  const paths = [nativeFolder("onnxruntime-node")];
  const libc = libcPath();
  if (libc !== undefined) paths.push(libc);
  const cuda = houqaCache && join(houqaCache, "runtime");
  if (cuda && await exists(cuda)) {
    // As it is loaded: without links, which a home folder of a cluster often is.
    paths.push(await Deno.realPath(cuda));
    for (const path of LIBCUDA_PLACES) {
      if (path.startsWith("/") && await exists(path)) paths.push(path);
    }
  }
  return paths.map((path) => ({ name: "ffi", path }));
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
