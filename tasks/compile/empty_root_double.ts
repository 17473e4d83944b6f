/** For tests: a root folder that holds a program, the libraries it is linked with, and nothing else. */
import { basename, dirname, join } from "node:path";
import { runProgram } from "./run_program.ts";

/** Makes a root of its own, without network: mount, process and network namespaces. */
const NAMESPACES = [
  ...Deno.build.os === "linux" && Deno.uid() !== 0 ? ["--map-root-user"] : [],
  ...["--mount", "--net", "--pid", "--fork", "--kill-child"],
];
/** Deno finds itself through /proc. */
const ENTER =
  'mount -t proc proc "$1/proc" && cd / && exec env -i HOME=/ "$(command -v chroot)" "$@"';
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Whether this machine lets this user have a root of his own. */
export async function canEnterRoots(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "proc"));
    const script = 'mount -t proc proc "$1/proc" && chroot / true';
    await runProgram("unshare", [...NAMESPACES, "sh", "-c", script, "sh", folder], {
      env: { PATH },
    });
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Puts the libraries that a program is linked with where it finds them in that root. */
export async function copyLibraries(program: string, root: string): Promise<void> {
  const text = await runProgram("ldd", [program]);
  for (const [path] of text.matchAll(/(?<=\s)\/\S+(?= \()/g)) {
    // Libraries of its own folder go with it.
    if (dirname(path) === dirname(program)) continue;
    await Deno.mkdir(join(root, dirname(path)), { recursive: true });
    await Deno.copyFile(path, join(root, path));
  }
}

/** Puts a program with its folder `runtime` into a new root at `root`. */
export async function makeEmptyRoot(root: string, program: string): Promise<void> {
  await Deno.mkdir(join(root, "proc"), { recursive: true });
  await Deno.mkdir(join(root, "opt", "runtime"), { recursive: true });
  await Deno.copyFile(program, join(root, "opt", basename(program)));
  const runtime = join(dirname(program), "runtime");
  for await (const { name } of Deno.readDir(runtime)) {
    await Deno.copyFile(join(runtime, name), join(root, "opt", "runtime", name));
  }
  await copyLibraries(program, root);
}

/** Starts a program in a root, at its top, with no variable but HOME. */
export function spawnInRoot(root: string, words: readonly string[]): Deno.ChildProcess {
  return new Deno.Command("unshare", {
    args: [...NAMESPACES, "sh", "-c", ENTER, "sh", root, ...words],
    clearEnv: true,
    env: { PATH },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
