import { type Command, InvalidArgumentError, Option } from "commander";
import type { CudaPlan, SetupCudaOptions } from "../device/plan_cuda_setup.ts";
import { canDraw } from "./can_draw.ts";
import type { CliContext } from "./cli_context.ts";
import { EXIT } from "./exit_code.ts";
import { print, printError } from "./print.ts";
import { requirePermissions } from "./require_permissions.ts";
import { nameWords } from "./value_words.ts";

const NOTES = `
Takes Microsoft's onnxruntime-gpu and NVIDIA's libraries from the Python package index that pip uses
(PIP_INDEX_URL, pip.conf) and the binding from npm's onnxruntime-node, checks their SHA-256, and
unpacks what is needed into houqa's cache folder (HOUQA_CACHE). Run it again after an interruption.
NVIDIA's libraries come under NVIDIA's own licence terms.

Examples:
  houqa setup cuda --dry-run
  houqa setup cuda
  PIP_INDEX_URL=https://user:password@mirror.example.org/simple houqa setup cuda
`;

/** Registers `houqa setup …`. */
export function registerSetup(program: Command, context: CliContext): void {
  const setup = program.command("setup").description("make this machine ready")
    .addHelpText("after", "\nExamples:\n  houqa setup cuda --dry-run\n");
  setup.command("cuda")
    .description("fetch what the hf backend needs to run on an NVIDIA GPU")
    .addOption(
      nameWords(
        new Option("--cuda <major>", "12 or 13 instead of what the driver allows"),
        ["12", "13"],
      ).argParser(parseMajor),
    )
    .option("--dry-run", "show what would be fetched; fetch nothing")
    .allowExcessArguments(false)
    .addHelpText("after", NOTES)
    .action(async (options: { cuda?: 12 | 13; dryRun?: boolean }) => {
      context.exit(await runSetupCuda(options, context));
    });
}

async function runSetupCuda(
  { cuda, dryRun = false }: { cuda?: 12 | 13; dryRun?: boolean },
  context: CliContext,
): Promise<number> {
  const { planCudaSetup } = await import("../device/plan_cuda_setup.ts");
  const { locateArchives, setUpCuda } = await import("../device/setup_cuda.ts");
  const { packageIndexes, packageRegistry } = await import("../settings/package_indexes.ts");
  const { hubEnvironment } = await import("../settings/hub_environment.ts");
  const { parseHttpSource } = await import("../device/http_source.ts");
  const options: SetupCudaOptions = {
    cacheFolder: hubEnvironment().houqaCache,
    indexes: packageIndexes().map(parseHttpSource),
    registry: parseHttpSource(packageRegistry()),
    ...(cuda === undefined ? {} : { cudaMajor: cuda }),
  };
  const plan = await planCudaSetup(options);
  for (const warning of plan.warnings) printError(`WARNING: ${warning}`);
  for (const line of describePlan(plan, options)) print(line);
  if (plan.present !== undefined || dryRun) return EXIT.done;

  const words = context.words.slice(2);
  const need = (urls: Iterable<string>) =>
    requirePermissions(
      [
        ...Array.from(new Set(Array.from(urls, (url) => new URL(url).host)), (host) => ({
          name: "net" as const,
          host,
        })),
        { name: "read", path: options.cacheFolder },
        { name: "write", path: options.cacheFolder },
      ],
      "setup:cuda",
      words,
    );
  await need(options.indexes.map(({ url }) => url));
  const addresses = await locateArchives(plan, options);
  await need(Array.from(addresses.values(), ({ url }) => url));

  const { createDownloadBar, createDownloadLines } = await import("../report/download_display.ts");
  const display = canDraw(Deno.stderr) ? createDownloadBar() : createDownloadLines(printError);
  try {
    const runtime = await setUpCuda(plan, addresses, {
      ...options,
      onProgress: display.update,
      onWait: () => printError("Waiting for another `houqa setup` …"),
    });
    display.stop();
    print(`CUDA ${runtime.cudaMajor} is set up in ${runtime.folder}.`);
    if (plan.hasDriver) await tryCuda();
  } finally {
    display.stop();
  }
  return EXIT.done;
}

/** What was fetched is in place, whether it starts or not: that is said, and no failure of the setup. */
async function tryCuda(): Promise<void> {
  const { probeDevice } = await import("../runtime/probe_devices.ts");
  const { explainCudaError } = await import("../device/explain_cuda_error.ts");
  const { works, reason = "" } = await probeDevice("cuda");
  if (works) print("It starts: --hf-device auto uses the GPU from now on.");
  else printError(`WARNING: It does not start: ${explainCudaError(reason)}. See \`houqa doctor\`.`);
}

function describePlan(plan: CudaPlan, options: SetupCudaOptions): string[] {
  const { build, driver, folder, present, archives } = plan;
  const title = `CUDA ${build.cudaMajor} with ONNX Runtime ${build.onnxruntimeVersion}` +
    (driver === undefined ? "" : `, for NVIDIA driver ${driver}`);
  if (present !== undefined) return [`${title}: set up already in ${present.folder}.`];
  return [
    title,
    `into    ${folder}`,
    `from    ${options.indexes.map(({ url }) => url).join(", ")} and ${options.registry.url}`,
    ...archives.map(({ file, sizeBytes }) => `fetch   ${megabytes(sizeBytes)} MB  ${file}`),
    ...(plan.bindingPath === undefined ? [] : [`copy    ${plan.bindingPath}`]),
    `in all  ${megabytes(plan.downloadBytes)} MB to fetch; ${megabytes(plan.neededBytes)} MB of ` +
    "disk space while it works" +
    (plan.freeBytes === undefined ? "" : `, ${megabytes(plan.freeBytes)} MB are free`),
  ];
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toString().padStart(5);
}

function parseMajor(text: string): 12 | 13 {
  if (text === "12") return 12;
  if (text === "13") return 13;
  throw new InvalidArgumentError("Use 12 or 13.");
}
