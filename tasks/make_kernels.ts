/**
 * Writes the modules that lie in the repository as WebAssembly text into TypeScript files beside
 * them, in base64; with --check it only compares.
 *
 *   deno run --allow-read --allow-write=src tasks/make_kernels.ts [--check]
 */
import wabt from "wabt";

/** Where the kernels' texts are. */
const KERNELS = ["../src/onnx/export_kernels.wat", "../src/rag/vector/dot_rows.wat"];
/** Characters of base64 in a line of a generated file. */
const LINE_CHARACTERS = 80;

/** A kernel's generated file. */
export interface KernelFile {
  readonly target: URL;
  readonly text: string;
}

/**
 * The generated files as their sources give them.
 * @throws {Error} in the assembler's words, with line and column.
 */
export async function makeKernels(): Promise<KernelFile[]> {
  const assembler = await wabt();
  return await Promise.all(KERNELS.map(async (path) => {
    const source = new URL(path, import.meta.url);
    const name = source.pathname.replace(/^.*\/|\.wat$/g, "");
    const module = assembler.parseWat(`${name}.wat`, await Deno.readTextFile(source), {
      simd: true,
    });
    let wasm: Uint8Array;
    try {
      wasm = module.toBinary({ write_debug_names: false }).buffer;
    } finally {
      module.destroy();
    }
    return {
      target: new URL(`${name}_wasm.ts`, source),
      text: describe(name, btoa(String.fromCharCode(...wasm))),
    };
  }));
}

function describe(name: string, base64: string): string {
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g")) ?? [];
  return [
    `// Made from ${name}.wat by tasks/make_kernels.ts.`,
    "",
    `/** The module of ${name}.wat as WebAssembly, in base64. */`,
    `export const ${name.toUpperCase()}_WASM =`,
    lines.map((line) => `  "${line}"`).join(" +\n") + ";",
    "",
  ].join("\n");
}

if (import.meta.main) {
  const isCheck = Deno.args.includes("--check");
  for (const { target, text } of await makeKernels()) {
    if (!isCheck) await Deno.writeTextFile(target, text);
    else if (await Deno.readTextFile(target).catch(() => "") !== text) {
      console.error(`${target.pathname} is not what its .wat gives: run deno task kernels.`);
      Deno.exitCode = 1;
    }
  }
}
