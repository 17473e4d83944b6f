import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildForm } from "../build/build_form.ts";

/** npm packages with native libraries. */
export type NativePackage = "onnxruntime-node" | "usearch";

/**
 * The folder that a package's native libraries are loaded from: its own in Deno's npm cache, or
 * `runtime` beside a program that was handed over. Nothing is loaded.
 */
export function nativeFolder(name: NativePackage): string {
  if (buildForm() !== "sources") return join(dirname(Deno.execPath()), "runtime");
  const folders = new URL(".", import.meta.resolve(name)).href.split("/");
  // …/npm/registry.npmjs.org/onnxruntime-node/1.30.0/dist/
  return fileURLToPath(folders.slice(0, folders.indexOf(name) + 2).join("/"));
}
