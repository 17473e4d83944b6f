/**
 * Makes the forms of houqa that are handed over: one program with the folder `runtime` beside it, and
 * the self-extracting `houqa.run`. `--help` says how.
 */
import { join, resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { HOUQA_VERSION } from "../src/houqa_version.ts";
import { UsageError } from "../src/settings/usage_error.ts";
import { RUNTIME_NOTICES } from "./audit/third_party_text.ts";
import { compileBinary } from "./compile/compile_binary.ts";
import { type DenoProgram, readDenoProgram } from "./compile/deno_program.ts";
import { makeBuildRecord } from "./compile/make_build_record.ts";
import { makeBundle, ROOT } from "./compile/make_bundle.ts";
import { packRunScript } from "./compile/pack_run_script.ts";
import { requireDenort } from "./compile/require_denort.ts";
import { runtimeFiles, TARGETS } from "./compile/runtime_files.ts";
import { commandTasks, unitePermissions } from "../src/build/task_permissions.ts";
import { filesBelow, writeChecksums } from "./compile/write_checksums.ts";

/** What the licences of others ask for, beside the programs. */
const THIRD_PARTY = [
  { path: "THIRD_PARTY.md", source: join(ROOT, "THIRD_PARTY.md") },
  { path: RUNTIME_NOTICES, source: join(ROOT, "tasks/audit/texts/onnxruntime_notices.txt") },
];

const FORMS = ["all", "binary", "run", "bundle"] as const;

interface CompileArguments {
  readonly out: string;
  readonly form: (typeof FORMS)[number];
  readonly deno?: string;
  readonly denort?: string;
  readonly target?: string;
}

const program = new Command("compile")
  .description("make the forms of houqa that are handed over")
  .option("--out <folder>", "where they are written; what is there is replaced", "dist")
  .addOption(
    new Option("--form <name>", "binary = program and runtime/, run = houqa.run, bundle = neither")
      .choices(FORMS).default("all"),
  )
  .option(
    "--deno <path>",
    "the Deno that compiles, of denort's version (variable: DENO_242; default: the one that runs this)",
  )
  .option("--denort <path>", "base of the program (variable: DENORT_BIN; default: downloaded)")
  .addOption(new Option("--target <name>", "default: this machine").choices(TARGETS))
  .addHelpText(
    "after",
    `
Examples:
  deno task compile
  eval "$(denort.sh /tmp/denort)" && DENORT_BIN=$DENORT_BIN deno task compile --deno "$DENO_242"
  deno task compile --form binary --target aarch64-unknown-linux-gnu --out dist/arm64`,
  )
  .exitOverride();

async function compile(args: CompileArguments): Promise<void> {
  const out = resolve(args.out);
  const isWanted = (form: (typeof FORMS)[number]) => args.form === "all" || args.form === form;
  const bundler = await readDenoProgram(Deno.execPath());
  const denort = args.denort ?? (Deno.env.get("DENORT_BIN") || undefined);
  const denoPath = args.deno ??
    (denort === undefined ? undefined : Deno.env.get("DENO_242") || undefined);
  const compiler = denoPath === undefined ? bundler : await readDenoProgram(denoPath);
  const target = args.target ?? bundler.target;
  if (args.form !== "bundle" && !TARGETS.includes(target)) {
    throw new UsageError(`houqa is not made for ${target}, only for ${TARGETS.join(", ")}.`);
  }

  if (denort !== undefined && isWanted("binary")) await requireDenort(denort, compiler, target);

  await Deno.mkdir(out, { recursive: true });
  const bundle = join(out, "bundle");
  // The same bundle goes into both forms.
  const targets = [...new Set([bundler.target, target])].filter((one) => TARGETS.includes(one));
  const runtimes = targets.map((one) => [one, runtimeFiles(one, bundler.version)]);
  await makeBundle(bundle, await makeBuildRecord(ROOT, Object.fromEntries(runtimes)));
  if (isWanted("binary")) {
    const permissions = unitePermissions(commandTasks().map((task) => task.permissions));
    await compileBinary({ bundle, deno: compiler, denort, target, out, permissions });
    await copyRuntime(target, compiler.version, join(out, "runtime"));
  }
  if (isWanted("run")) await writeRunScript(bundle, bundler, out);
  for (const { path, source } of THIRD_PARTY) await Deno.copyFile(source, join(out, path));
  await writeChecksums(out);
  for (const [path, bytes] of await sizesIn(out)) {
    console.log(`${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${join(args.out, path)}`);
  }
}

/** In bytes, by path; a bundle's many files count as one. */
async function sizesIn(out: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const path of (await filesBelow(out)).sort()) {
    const shown = path.startsWith("bundle/") ? "bundle/" : path;
    sizes.set(shown, (sizes.get(shown) ?? 0) + (await Deno.stat(join(out, path))).size);
  }
  return sizes;
}

async function copyRuntime(target: string, version: string, folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);
  for (const { name, source } of runtimeFiles(target, version)) {
    await Deno.copyFile(source, join(folder, name));
  }
}

/** With the Deno that runs this: it is at hand, and its WebGPU runs models. */
async function writeRunScript(
  bundle: string,
  { path, version, target }: DenoProgram,
  out: string,
): Promise<void> {
  if (!target.includes("linux")) {
    console.error(`houqa.run is made on Linux only, not on ${target}.`);
    return;
  }
  const runtime = runtimeFiles(target, version);
  const script = await packRunScript(
    await Deno.readTextFile(new URL("compile/houqa_run.sh", import.meta.url)),
    [
      { path: "deno", bytes: await Deno.readFile(path), isExecutable: true },
      ...await Promise.all(
        (await filesBelow(bundle)).sort().map(async (path) => ({
          path: `bundle/${path}`,
          bytes: await Deno.readFile(join(bundle, path)),
        })),
      ),
      ...await Promise.all(runtime.map(async ({ name, source }) => ({
        path: `runtime/${name}`,
        bytes: await Deno.readFile(source),
      }))),
      ...await Promise.all(THIRD_PARTY.map(async ({ path, source }) => ({
        path,
        bytes: await Deno.readFile(source),
      }))),
    ],
    { version: HOUQA_VERSION, tasks: commandTasks(), machine: target.split("-")[0]! },
  );
  await Deno.writeFile(join(out, "houqa.run"), script, { mode: 0o755 });
}

try {
  await program.action(() => compile(program.opts())).parseAsync(Deno.args, { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) Deno.exit(error.exitCode === 0 ? 0 : 2);
  console.error(`compile: ${(error as Error).message}`);
  Deno.exit(error instanceof UsageError ? 2 : 1);
}
