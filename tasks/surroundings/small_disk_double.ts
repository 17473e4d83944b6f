/** For tests: runs houqa in a folder that is a small disk of its own, which can be full or read-only. */
import { join } from "node:path";
import { taskArguments } from "../../src/cli/spawn_task.ts";
import { quoteForShell } from "../../src/settings/quote_for_shell.ts";

/** What is done on the disk, one after the other. */
export type Step =
  /** Runs a command of houqa with the permissions of a task; its end is kept by name. */
  | {
    readonly run: string;
    readonly task: Parameters<typeof taskArguments>[0];
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  }
  /** Changes how the disk is mounted, e.g. `size=1m` or `ro`. */
  | { readonly remount: string }
  /** A line of the shell, in the disk's folder. */
  | { readonly shell: string };

/** How a command ended, and what lay on the disk then. */
export interface EndedOnDisk {
  readonly code: number;
  readonly stderr: string;
  /** Texts of all files, by their paths on the disk. */
  readonly files: Readonly<Record<string, string>>;
}

/** A mount namespace of its own: what is mounted in it is gone with it. */
const NAMESPACE = [
  "--mount",
  ...(Deno.build.os === "linux" && Deno.uid() !== 0 ? ["--map-root-user"] : []),
];

/** Whether this machine lets this user mount a disk in memory. */
export const canMount = Deno.build.os === "linux" && await hasMounts();

async function hasMounts(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const script = 'mount -t tmpfs -o size=4k tmpfs "$0"';
    const { success } = await new Deno.Command("unshare", {
      args: [...NAMESPACE, "sh", "-c", script, folder],
    }).output();
    return success;
  } catch {
    return false;
  } finally {
    await Deno.remove(folder);
  }
}

/**
 * Mounts a disk, does the steps on it, and tells how each command ended.
 * @param mount options of the disk, e.g. `size=64k`; sizes are rounded up to pages of 4 kB.
 */
export async function onSmallDisk(
  mount: string,
  steps: readonly Step[],
): Promise<Record<string, EndedOnDisk>> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  const disk = join(folder, "disk");
  const kept = join(folder, "kept");
  try {
    await Deno.mkdir(disk);
    await Deno.mkdir(kept);
    const script = [
      "set -e",
      `mount -t tmpfs -o ${mount} tmpfs ${quoteForShell(disk)}`,
      `cd ${quoteForShell(disk)}`,
      ...steps.map((step) => lineOf(step, disk, kept)),
    ].join("\n");
    const { success, stderr } = await new Deno.Command("unshare", {
      args: [...NAMESPACE, "sh", "-c", script],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const ends: Record<string, EndedOnDisk> = {};
    for (const step of steps) if ("run" in step) ends[step.run] = await readEnd(kept, step.run);
    return ends;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function lineOf(step: Step, disk: string, kept: string): string {
  if ("shell" in step) return step.shell;
  if ("remount" in step) return `mount -o remount,${step.remount} .`;
  const { run, task, args, env = {} } = step;
  const command = [
    "env",
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Deno.execPath(),
    ...taskArguments(task, args, { cwd: disk, env }),
  ].map(quoteForShell).join(" ");
  const to = quoteForShell(join(kept, run));
  return `${command} > ${to}.out 2> ${to}.err < /dev/null && echo 0 > ${to}.code || echo $? > ${to}.code
mkdir ${to} && cp -a . ${to}`;
}

async function readEnd(kept: string, name: string): Promise<EndedOnDisk> {
  const read = (end: string) => Deno.readTextFile(join(kept, `${name}.${end}`));
  return {
    code: Number(await read("code")),
    stderr: await read("err"),
    files: Object.fromEntries(await textsBelow(join(kept, name))),
  };
}

async function textsBelow(folder: string, above = ""): Promise<[path: string, text: string][]> {
  const texts: [string, string][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) texts.push(...await textsBelow(path, `${above}${name}/`));
    else texts.push([`${above}${name}`, await Deno.readTextFile(path)]);
  }
  return texts.sort();
}
