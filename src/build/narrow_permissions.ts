import { dirname, join } from "node:path";
import { hubEnvironment } from "../settings/hub_environment.ts";
import { UsageError } from "../settings/usage_error.ts";
import { type CommandTask, commandTasks, unitePermissions } from "./task_permissions.ts";

/** Kinds whose lists hold paths. Compiled in, each names all of the file system, as `/`. */
export const PATH_KINDS = ["read", "write", "ffi"] as const;
/** One of the {@linkcode PATH_KINDS}. */
export type PathKind = (typeof PATH_KINDS)[number];

/** Folders that the tasks' lists name through variables. */
export interface Places {
  readonly houqaCache?: string;
  readonly hubCache?: string;
  /** Folder `runtime` beside the program. */
  readonly runtime: string;
}

/** A kind's paths; true: all of the file system. */
export type PathLists = Readonly<Record<PathKind, true | readonly string[]>>;

/**
 * A compiled program's own list of paths. What was compiled in can name no folder relative to the
 * one it is run in, nor one beside the program, so that it names `/`; before anything else happens,
 * this process keeps what the tasks of deno.json give to the command that was typed, and gives the
 * rest back for good. Deno itself then refuses every other path, in every thread.
 * @param args of the program; `--allow-read|write|ffi[=paths]` in front of the command adds to it.
 * @returns the arguments without those.
 * @throws {UsageError} for a permission that was settled when the program was compiled.
 */
export function narrowPermissions(args: readonly string[]): readonly string[] {
  const { added, rest } = splitArguments(args);
  const lists = pathLists(rest, added, commandTasks(), placesOf(dirname(Deno.execPath())));
  const ffi = lists.ffi === true ? true : lists.ffi.flatMap((path) => [path, withoutLinks(path)]);
  for (
    const [kind, list] of Object.entries({ ...lists, ffi }) as [PathKind, PathLists[PathKind]][]
  ) {
    if (list === true) continue;
    // A path that is granted already is put on the process's list of its own…
    for (const path of list) Deno.permissions.requestSync({ name: kind, path });
    // …and stays there when the one above it goes.
    Deno.permissions.revokeSync({ name: kind, path: "/" });
  }
  return rest;
}

/** As libraries are loaded. */
function withoutLinks(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // Not there.
    return path;
  }
}

/** Permissions in front of the command, and what is behind them. */
export function splitArguments(
  args: readonly string[],
): {
  readonly added: Partial<Record<PathKind, true | string[]>>;
  readonly rest: readonly string[];
} {
  const added: Partial<Record<PathKind, true | string[]>> = {};
  let count = 0;
  for (; args[count]?.startsWith("--allow-"); count++) {
    const [, kind = "", list] = /^--allow-([^=]*)(?:=(.*))?$/s.exec(args[count]!) ?? [];
    if (!isPathKind(kind)) {
      throw new UsageError(
        `${
          args[count]
        } can't be added to a compiled program, only --allow-read, --allow-write and ` +
          `--allow-ffi. houqa.run takes it.`,
      );
    }
    if (list?.split(",").includes("")) {
      throw new UsageError(`${args[count]} names an empty path; a comma ends a path.`);
    }
    const before = added[kind] ?? [];
    added[kind] = list === undefined || before === true ? true : [...before, ...list.split(",")];
  }
  return { added, rest: args.slice(count) };
}

function isPathKind(kind: string): kind is PathKind {
  return (PATH_KINDS as readonly string[]).includes(kind);
}

/** What a command may read, write and load. */
export function pathLists(
  words: readonly string[],
  added: Partial<Record<PathKind, true | readonly string[]>>,
  tasks: readonly CommandTask[],
  places: Places,
): PathLists {
  const typed = words.find((word) => word !== "--");
  const command = tasks.some((task) => task.command === typed) ? typed : undefined;
  const { allowed } = unitePermissions(
    tasks.filter((task) => task.command === command).map(({ permissions }) => permissions),
  );
  const listOf = (kind: PathKind): true | readonly string[] => {
    const [own = [], more = []] = [allowed[kind], added[kind]];
    if (own === true || more === true) return true;
    return [...new Set([...own.flatMap((word) => placeOf(word, places)), ...more])];
  };
  const read = listOf("read");
  return {
    // Its own WebAssembly and libraries.
    read: read === true ? true : [...read, dirname(places.runtime)],
    write: listOf("write"),
    ffi: listOf("ffi"),
  };
}

/** Paths of a word in a task's list, for a program with `runtime` beside it. */
function placeOf(word: string, { houqaCache, hubCache, runtime }: Places): readonly string[] {
  if (word.endsWith("/deno/npm") || word === "$DENO_DIR/npm") return [runtime];
  if (word === "$HOME/.cache/huggingface") return hubCache === undefined ? [] : [hubCache];
  if (word.startsWith("$HOME/.cache/houqa")) {
    const below = word.slice("$HOME/.cache/houqa".length);
    return houqaCache === undefined ? [] : [join(houqaCache, below)];
  }
  if (word.includes("$")) throw new Error(`${word} is not known to a compiled program.`);
  return [word];
}

/** Where the caches are is not known without HOME; commands that need them say so. */
function placesOf(folder: string): Places {
  const known = (name: "houqaCache" | "hubCache") => {
    try {
      return { [name]: hubEnvironment()[name] };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return {};
    }
  };
  return { ...known("houqaCache"), ...known("hubCache"), runtime: join(folder, "runtime") };
}
