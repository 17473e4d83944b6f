/** For tests: a self-extracting script with a small program in it, as `deno task compile` packs houqa. */
import { join } from "node:path";
import { packRunScript } from "./pack_run_script.ts";
import { type CommandTask, parsePermissions } from "../../src/build/task_permissions.ts";

/** The script before anything is filled in. */
export const TEMPLATE = await Deno.readTextFile(new URL("houqa_run.sh", import.meta.url));
/** UTF-8 of a text. */
export const encode = (text: string) => new TextEncoder().encode(text);

/** Tells what it was given and allowed, and does what it is asked to. */
export const PROGRAM = `
import { join } from "node:path";
const ask = async (descriptor) => (await Deno.permissions.query(descriptor)).state === "granted";
const [script, ...words] = Deno.args;
const [command, ...args] = words;
if (command === "exit") Deno.exit(Number(args[0]));
if (command === "wait") {
  Deno.addSignalListener("SIGTERM", () => Deno.exit(143));
  console.log("waiting");
  setInterval(() => {}, 1000);
} else {
  const hosts = {};
  for (const host of command === "hosts" || command === "eval" ? args : []) {
    hosts[host] = await ask({ name: "net", host });
  }
  console.log(JSON.stringify({
    script,
    args: words,
    part: command === "part" ? (await import("./part-001.js")).part : undefined,
    hosts,
    read: await ask({ name: "read" }),
    write: {
      results: await ask({ name: "write", path: "results/x" }),
      cache: await ask({ name: "write", path: "cache 法/x" }),
      elsewhere: await ask({ name: "write", path: "/elsewhere" }),
    },
    ffi: {
      runtime: await ask({
        name: "ffi",
        path: join(import.meta.dirname, "..", "runtime", "x.so"),
      }),
      cuda: await ask({ name: "ffi", path: "/c/runtime/x.so" }),
      libc: await ask({ name: "ffi", path: "/lib64/libc.so.6" }),
      elsewhere: await ask({ name: "ffi", path: "/elsewhere/x.so" }),
      all: await ask({ name: "ffi" }),
    },
    run: await ask({ name: "run" }),
  }));
}
`;

/** Tasks whose permissions the script's commands get. */
export const TASKS: readonly CommandTask[] = [
  { permissions: parsePermissions("deno run --allow-read --allow-env=HOME") },
  {
    command: "eval",
    permissions: parsePermissions(
      "deno run --allow-read --allow-write=results,$HOME/.cache/houqa --allow-net=localhost:11434 " +
        "--allow-ffi=$DENO_DIR/npm,$HOME/.cache/deno/npm,$HOME/.cache/houqa/runtime," +
        "/lib64/libc.so.6 --ignore-env --allow-env=OLLAMA_HOST,HF_ENDPOINT,HOUQA_CACHE",
    ),
  },
];

/** A folder with a script in it. */
export interface Place {
  readonly folder: string;
  readonly script: string;
  run(args: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** Runs a line of the shell in which `"$0"` is the script. */
  shell(line: string, env?: Record<string, string>): Promise<Ended>;
  spawn(args: readonly string[]): Deno.ChildProcess;
  /** What lies where the script unpacks into. */
  unpacked(): string[];
}

/** How a call ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script with this Deno in it, by its path: the real one is 90 MB. */
const SCRIPT = packRunScript(TEMPLATE, [
  {
    path: "deno",
    bytes: encode(`#!/bin/sh\nexec '${Deno.execPath()}' "$@"\n`),
    isExecutable: true,
  },
  { path: "bundle/houqa.js", bytes: encode(PROGRAM) },
  { path: "bundle/part-001.js", bytes: encode('export const part = "loaded";\n') },
  // A module of types alone is an empty part.
  { path: "bundle/part-002.js", bytes: encode("") },
  // So that unpacking takes a moment.
  { path: "runtime/large", bytes: new Uint8Array(30e6).map((_, at) => at * at >> 7) },
], { version: "1.2.3", tasks: TASKS, machine: Deno.build.arch });

/** Gives a new folder with the script, which unpacks into `home` there. */
export async function withScript(body: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  const script = join(folder, "houqa.run");
  await Deno.writeFile(script, await SCRIPT, { mode: 0o755 });
  const command = (
    args: readonly string[],
    env: Record<string, string> = {},
    program: string = script,
  ) =>
    new Deno.Command(program, {
      args: [...args],
      cwd: folder,
      clearEnv: true,
      env: { HOUQA_HOME: join(folder, "home"), PATH: "/usr/bin:/bin", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  const toEnd = async (...given: Parameters<typeof command>) => {
    const { code, stdout, stderr } = await command(...given).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  };
  try {
    await body({
      folder,
      script,
      run: (args, env) => toEnd(args, env),
      shell: (line, env) => toEnd(["-c", line, script], env, "/bin/sh"),
      spawn: (args) => command(args).spawn(),
      unpacked: () => {
        try {
          return [...Deno.readDirSync(join(folder, "home"))].map(({ name }) => name).sort();
        } catch {
          return [];
        }
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
