/**
 * Writes src/rag/vector/dot_rows_wasm.ts from dot_rows.wat; with --check it only compares.
 *
 *   deno run --allow-read --allow-write=src/rag/vector tasks/make_dot_kernel.ts [--check]
 */
import wabt from "wabt";

const FOLDER = new URL("../src/rag/vector/", import.meta.url);
const TARGET = new URL("dot_rows_wasm.ts", FOLDER);
/** Characters of base64 in a line of the generated file. */
const LINE_CHARACTERS = 80;

/**
 * The generated file as dot_rows.wat gives it.
 * @throws {Error} in the assembler's words, with line and column.
 */
export async function makeDotKernel(): Promise<string> {
  const wat = await Deno.readTextFile(new URL("dot_rows.wat", FOLDER));
  const module = (await wabt()).parseWat("dot_rows.wat", wat, { simd: true });
  let wasm: Uint8Array;
  try {
    wasm = module.toBinary({ write_debug_names: false }).buffer;
  } finally {
    module.destroy();
  }
  const base64 = btoa(String.fromCharCode(...wasm));
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g")) ?? [];
  return [
    "// Made from dot_rows.wat by tasks/make_dot_kernel.ts.",
    "",
    "/** The module of dot_rows.wat as WebAssembly, in base64. */",
    "export const DOT_ROWS_WASM =",
    lines.map((line) => `  "${line}"`).join(" +\n") + ";",
    "",
  ].join("\n");
}

/** The generated file as it lies in the repository. */
export async function readDotKernel(): Promise<string> {
  return await Deno.readTextFile(TARGET);
}

if (import.meta.main) {
  const text = await makeDotKernel();
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(TARGET, text);
  else if (await readDotKernel() !== text) {
    console.error("src/rag/vector/dot_rows_wasm.ts is not what dot_rows.wat gives: make it again.");
    Deno.exitCode = 1;
  }
}
