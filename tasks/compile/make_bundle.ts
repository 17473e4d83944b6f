import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import type { BuildRecord } from "../../src/build/build_record.ts";
import { runProgram } from "./run_program.ts";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const here = (path: string) => new URL(path, import.meta.url).href;

/** Packages that other modules stand in for. */
const STAND_INS: Readonly<Record<string, string>> = {
  "@huggingface/transformers": here("stand_ins/transformers.ts"),
  "onnxruntime-node": here("stand_ins/onnxruntime_node.ts"),
  "onnxruntime-web": here("stand_ins/onnxruntime_web.ts"),
  "onnxruntime-web/wasm": here("stand_ins/onnxruntime_web_wasm.ts"),
  "usearch": here("stand_ins/usearch.ts"),
};

/**
 * Puts houqa and its packages into one JavaScript file, with the Deno that runs this. The same
 * sources give the same bytes, wherever they lie.
 * @param path of the file to write; its folder must be there.
 * @param isMinified false: with a comment above each module that names its file.
 * @throws {Error} in the bundler's words.
 */
export async function makeBundle(
  path: string,
  record: BuildRecord,
  isMinified = true,
): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "houqa-bundle-" });
  try {
    const recordPath = join(work, "build_record.ts");
    await Deno.writeTextFile(
      recordPath,
      `export const BUILD_RECORD = ${JSON.stringify(record)};\n`,
    );
    const mapPath = join(work, "import_map.json");
    await Deno.writeTextFile(mapPath, JSON.stringify(bundleImports(recordPath)));
    await runProgram(Deno.execPath(), [
      ...[
        "bundle",
        "--quiet",
        ...(isMinified ? ["--minify"] : []),
        "--no-check",
        "--platform=deno",
      ],
      ...["--frozen", `--lock=${join(ROOT, "deno.lock")}`],
      ...[`--config=${join(ROOT, "deno.json")}`, `--import-map=${mapPath}`],
      ...[`--output=${path}`, fileURLToPath(here("bundle_entry.ts"))],
    ], { cwd: ROOT });
    // A compiled program holds the time of what it was made from.
    await Deno.utime(path, 0, 0);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** deno.json's imports with the stand-ins; what stands in for a package gets the package itself. */
function bundleImports(recordPath: string) {
  const transformers = import.meta.resolve("@huggingface/transformers");
  return {
    imports: {
      ...denoJson.imports,
      ...STAND_INS,
      [here("../../src/start_worker.ts")]: here("stand_ins/start_worker.ts"),
      [here("../../src/build/build_record.ts")]: pathToFileURL(recordPath).href,
    },
    scopes: {
      [here("stand_ins/")]: {
        ...denoJson.imports,
        "@huggingface/transformers": new URL("transformers.web.js", transformers).href,
      },
    },
  };
}
