import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import type { BuildRecord } from "../../src/build/build_record.ts";
import { BUNDLE_ENTRY } from "./bundle_entry_name.ts";
import { nameParts } from "./name_parts.ts";
import { runProgram } from "./run_program.ts";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const here = (path: string) => new URL(path, import.meta.url).href;

const ENTRY = "bundle_entry.ts";

/** Packages that other modules stand in for. */
const STAND_INS: Readonly<Record<string, string>> = {
  "onnxruntime-node": here("stand_ins/onnxruntime_node.ts"),
  "onnxruntime-web": here("stand_ins/onnxruntime_web.ts"),
  "onnxruntime-web/wasm": here("stand_ins/onnxruntime_web_wasm.ts"),
  "usearch": here("stand_ins/usearch.ts"),
};

/**
 * Puts houqa and its packages into JavaScript files, with the Deno that runs this: one that everything
 * begins with, `BUNDLE_ENTRY`, and beside it parts that are loaded when they are needed. The same
 * sources give the same names and bytes, wherever they lie.
 * @param folder of the files; what is in it is replaced.
 * @throws {Error} in the bundler's words.
 */
export async function makeBundle(folder: string, record: BuildRecord): Promise<void> {
  await inWorkFolder(async (work) => {
    const written = join(work, "parts");
    await runBundler(work, record, ["--minify", "--code-splitting", `--outdir=${written}`]);
    const files = new Map<string, string>();
    for await (const { name } of Deno.readDir(written)) {
      files.set(name, await Deno.readTextFile(join(written, name)));
    }
    const parts = nameParts(files, ENTRY.replace(/ts$/, "js"), BUNDLE_ENTRY);
    await Deno.remove(folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.mkdir(folder, { recursive: true });
    for (const [name, text] of parts) {
      const path = join(folder, name);
      await Deno.writeTextFile(path, text);
      // A compiled program holds the time of what it was made from.
      await Deno.utime(path, 0, 0);
    }
  });
}

/**
 * The same in one file, to be read: with a comment above each module that names its file.
 * @param work folder for what the bundler is handed.
 * @throws {Error} in the bundler's words.
 */
export async function makeReadableBundle(
  path: string,
  work: string,
  record: BuildRecord,
): Promise<void> {
  await runBundler(work, record, [`--output=${path}`]);
}

async function inWorkFolder(body: (work: string) => Promise<void>): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "houqa-bundle-" });
  try {
    await body(work);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The flags say what is written, and where. */
async function runBundler(
  work: string,
  record: BuildRecord,
  flags: readonly string[],
): Promise<void> {
  const recordPath = join(work, "build_record.ts");
  await Deno.writeTextFile(
    recordPath,
    `export const BUILD_RECORD = ${JSON.stringify(record)};\n`,
  );
  const mapPath = join(work, "import_map.json");
  await Deno.writeTextFile(mapPath, JSON.stringify(bundleImports(recordPath)));
  await runProgram(Deno.execPath(), [
    ...["bundle", "--quiet", "--no-check", "--platform=deno", ...flags],
    ...["--frozen", `--lock=${join(ROOT, "deno.lock")}`],
    ...[`--config=${join(ROOT, "deno.json")}`, `--import-map=${mapPath}`],
    fileURLToPath(here(ENTRY)),
  ], { cwd: ROOT });
}

/** deno.json's imports with the stand-ins; what stands in for a package gets the package itself. */
function bundleImports(recordPath: string) {
  return {
    imports: {
      ...denoJson.imports,
      ...STAND_INS,
      [here("../../src/start_worker.ts")]: here("stand_ins/start_worker.ts"),
      [here("../../src/build/build_record.ts")]: pathToFileURL(recordPath).href,
    },
    scopes: {
      [here("stand_ins/")]: denoJson.imports,
    },
  };
}
