import { join } from "node:path";
import type { Verification } from "../report/verify_report.ts";
import { UsageError } from "../settings/usage_error.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print, printError } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";

/** The options of `houqa laws verify`. */
export interface LawsVerifyFlags {
  readonly index: string;
  readonly json?: boolean;
}

/**
 * Runs `houqa laws verify`.
 * @returns 1 for damage that was found; a folder that is no index at all is a wrong option.
 */
export async function runLawsVerify(flags: LawsVerifyFlags, context: CliContext): Promise<number> {
  const { defaultVectorStore } = await import("../settings/search_config.ts");
  const folder = flags.index;
  const vectorFolder = defaultVectorStore(folder);
  await requirePermissions(
    [{ name: "read", path: folder }, { name: "read", path: vectorFolder }],
    "laws",
    context.words.slice(1),
  );
  const { verifyIndex } = await import("../rag/index/verify_index.ts");
  const { INDEX_FILES, indexFilePath, MANIFEST_NAME } = await import(
    "../rag/index/index_manifest.ts"
  );
  const { renderVerification, verificationJson } = await import("../report/verify_report.ts");
  const startedMs = performance.now();
  const onFile = showReading();
  let manifest: Verification["manifest"];
  let vectors: Verification["vectors"];
  try {
    manifest = await verifyIndex(folder, onFile);
    vectors = await verifyVectorsIn(vectorFolder, folder, manifest.corpus, onFile);
  } catch (error) {
    // Where there is nothing to verify, the option was wrong.
    if (!(error instanceof UsageError) || !await exists(join(folder, MANIFEST_NAME))) throw error;
    if (flags.json) print(JSON.stringify({ index: folder, damage: error.message }, null, 2));
    printError(`houqa: ${error.message}`);
    return EXIT.finding;
  }
  const verification: Verification = {
    folder,
    manifest,
    files: INDEX_FILES.map((name) => {
      const { size_bytes, sha256 } = manifest.files[name];
      return { path: indexFilePath(folder, manifest, name), sizeBytes: size_bytes, sha256 };
    }),
    ...(vectors === undefined ? {} : { vectors }),
    seconds: (performance.now() - startedMs) / 1000,
  };
  print(
    flags.json
      ? JSON.stringify(verificationJson(verification), null, 2)
      : renderVerification(verification),
  );
  return EXIT.done;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The vectors beside an index; undefined where there is no such folder. */
async function verifyVectorsIn(
  folder: string,
  index: string,
  corpus: Verification["manifest"]["corpus"],
  onFile: (path: string, sizeBytes: number) => void,
): Promise<Verification["vectors"]> {
  const isThere = await Deno.stat(folder).then(({ isDirectory }) => isDirectory, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
  if (!isThere) return undefined;
  const { vectorFilesOf, verifyVectors } = await import("../rag/index/verify_vectors.ts");
  const { embedCommand } = await import("../rag/index_commands.ts");
  const manifest = await verifyVectors({
    folder,
    corpus,
    onFile,
    rebuildCommand: (model) =>
      embedCommand({
        index,
        vectorStore: folder,
        ...(model === undefined ? {} : { embeddingModel: model }),
      }),
  });
  if (manifest === undefined) return { folder, files: [] };
  const files = vectorFilesOf(manifest).map(({ file, size_bytes, sha256 }) => ({
    path: join(folder, file),
    sizeBytes: size_bytes,
    sha256,
  }));
  return { folder, manifest, files };
}

/** Says on a terminal what is being read: hundreds of megabytes take a while. */
function showReading(): (path: string, sizeBytes: number) => void {
  if (!canDraw(Deno.stderr)) return () => {};
  return (path, sizeBytes) => {
    printError(`reading ${path} (${sizeBytes.toLocaleString("en-US")} bytes) …`);
  };
}
