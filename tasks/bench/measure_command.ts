import { dirname, join } from "node:path";

/** What a command cost, the processes it started included. */
export interface CommandCost {
  readonly wallSeconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
  /**
   * Largest resident memory: every process's own peak, summed over those that lived at the same
   * time. Mapped files count with the pages that were touched.
   */
  readonly peakRssBytes: number;
  /** The part of it that no file on disk backs. */
  readonly peakAnonymousBytes: number;
  readonly stdout: string;
}

/** How a command is run. */
export interface MeasureOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Processors it may use, as `taskset -c` names them; undefined = all. */
  readonly cpus?: string;
  /** Longest time in seconds; default one hour. */
  readonly limitSeconds?: number;
}

/** The houqa that this file belongs to. */
export const HOUQA_ROOT: string = join(dirname(import.meta.filename!), "..", "..");

/** How often the kernel's figures are read; a peak is kept by the kernel itself between readings. */
const POLL_MS = 40;

/**
 * Runs a command to its end and measures it: time by bash's own `time`, memory from /proc (Linux).
 * @throws {Error} with the end of its error output when it fails.
 */
export async function measureCommand(
  command: readonly string[],
  { env = {}, cwd, cpus, limitSeconds = 3600 }: MeasureOptions = {},
): Promise<CommandCost> {
  const pinned = cpus === undefined ? command : ["taskset", "-c", cpus, ...command];
  const mark = "cost-of-command";
  const child = new Deno.Command("bash", {
    args: [
      "-c",
      `TIMEFORMAT='${mark} %R %U %S'; time timeout "$@"`,
      "-",
      String(limitSeconds),
      ...pinned,
    ],
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peakRssBytes = 0;
  let peakAnonymousBytes = 0;
  const poll = setInterval(() => {
    const { rssBytes, anonymousBytes } = memoryOf(descendants(child.pid));
    peakRssBytes = Math.max(peakRssBytes, rssBytes);
    peakAnonymousBytes = Math.max(peakAnonymousBytes, anonymousBytes);
  }, POLL_MS);
  // Whoever ends the benchmark ends what it measures.
  const stop = () => {
    for (const pid of descendants(child.pid)) Deno.kill(pid, "SIGTERM");
    Deno.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  const { success, stdout, stderr } = await child.output().finally(() => {
    clearInterval(poll);
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, stop);
  });
  const errors = new TextDecoder().decode(stderr);
  const [, wall, user, system] = new RegExp(`${mark} (\\S+) (\\S+) (\\S+)`).exec(errors) ?? [];
  if (!success) throw new Error(`${command.join(" ")} failed:\n${errors.slice(-2000)}`);
  return {
    wallSeconds: Number(wall),
    cpuSeconds: Number(user) + Number(system),
    peakRssBytes,
    peakAnonymousBytes,
    stdout: new TextDecoder().decode(stdout),
  };
}

/** Arguments that start this houqa's own command line. */
export function houqaCommand(...words: readonly string[]): string[] {
  return [Deno.execPath(), "run", "--no-prompt", "-A", join(HOUQA_ROOT, "main.ts"), ...words];
}

/** Megabytes, without decimals. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** What a figure is held to. */
export type Target = ({ readonly atMost: number } | { readonly atLeast: number }) & {
  /** What the target was set for, where that is something else than what was measured. */
  readonly setFor?: string;
};

/**
 * Prints one comparison with its target and makes the process end with 1 where it is missed. Where
 * something else was measured than the target was set for, neither is said.
 */
export function reportTarget(what: string, value: number, target: Target): void {
  const [word, limit, ok] = "atMost" in target
    ? ["at most", target.atMost, value <= target.atMost] as const
    : ["at least", target.atLeast, value >= target.atLeast] as const;
  const isJudged = target.setFor === undefined;
  if (isJudged && !ok) Deno.exitCode = 1;
  const verdict = isJudged ? (ok ? "ok" : "MISSED") : `not judged: set for ${target.setFor}`;
  console.log(
    `${what.padEnd(58)} ${value.toFixed(2).padStart(8)}   ${word} ${limit}   ${verdict}`,
  );
}

/** The middle one of some numbers; of an even count the lower one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** A process's children, theirs and so on, without itself. */
function descendants(root: number): number[] {
  const found: number[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    for (const child of childrenOf(pid)) {
      found.push(child);
      waiting.push(child);
    }
  }
  return found;
}

function childrenOf(pid: number): number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter(Boolean)
        .map(Number)
    );
  } catch {
    return [];
  }
}

function memoryOf(pids: readonly number[]): { rssBytes: number; anonymousBytes: number } {
  let rssBytes = 0;
  let anonymousBytes = 0;
  for (const pid of pids) {
    let status: string;
    try {
      status = Deno.readTextFileSync(`/proc/${pid}/status`);
    } catch {
      continue;
    }
    const field = (name: string) =>
      1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    rssBytes += field("VmHWM");
    anonymousBytes += field("RssAnon");
  }
  return { rssBytes, anonymousBytes };
}
