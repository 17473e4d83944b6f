/**
 * Sizes and start times of the forms in `dist/`, against what they may be.
 *
 *   deno task compile && deno task bench:forms [--dist dist]
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const RUNS = 11;
/** Sizes in MB (10⁶ bytes), times in seconds. */
const LIMITS = { binarySize: 95, scriptSize: 75, help: 0.25 };

const { values } = parseArgs({ options: { dist: { type: "string", default: "dist" } } });
const dist = resolve(values.dist);
const home = await Deno.makeTempDir();
try {
  const failed = [
    ...await measure("houqa", LIMITS.binarySize),
    ...await measure("houqa.run", LIMITS.scriptSize),
  ];
  for (const line of failed) console.error(`More than it may be: ${line}`);
  Deno.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await Deno.remove(home, { recursive: true });
}

/** Prints one form's figures; gives those that are too high. */
async function measure(name: string, mostMb: number): Promise<string[]> {
  const sizeMb = (await Deno.stat(join(dist, name))).size / 1e6;
  const firstSeconds = await timeHelp(name);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await timeHelp(name));
  const median = times.sort((a, b) => a - b)[RUNS >> 1]!;
  const lines = [
    `${name}: ${sizeMb.toFixed(1)} MB (at most ${mostMb})`,
    `${name} --help: ${median.toFixed(3)} s, median of ${RUNS} (at most ${LIMITS.help}); ` +
    `${firstSeconds.toFixed(3)} s the first time`,
  ];
  for (const line of lines) console.log(line);
  return [
    ...sizeMb > mostMb ? [lines[0]!] : [],
    ...median > LIMITS.help ? [lines[1]!] : [],
  ];
}

async function timeHelp(name: string): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await new Deno.Command(join(dist, name), {
    args: ["--help"],
    clearEnv: true,
    env: { HOME: home, PATH: "/usr/bin:/bin" },
  }).output();
  if (code !== 0) throw new Error(`${name} --help ended with ${code}: ${decode(stderr)}`);
  return (performance.now() - started) / 1000;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
