import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { packTar } from "modern-tar";
import { sha256Hex } from "../../src/dataset/sha256.ts";
import type { CommandTask, PermissionKind, Permissions } from "../../src/build/task_permissions.ts";
import { PERMISSION_KINDS, unitePermissions } from "../../src/build/task_permissions.ts";

/** One file of the archive. */
export interface PackedFile {
  /** Path in the archive, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isExecutable?: boolean;
}

/** Names by which the script calls what the tasks name by variables. */
const PLACES: Readonly<Record<string, string>> = {
  "$HOME/.cache/houqa": "$houqa_cache",
  "$HOME/.cache/houqa/runtime": "$cuda_runtime",
  // npm's packages, wherever Deno keeps them: here their native files lie beside the bundle.
  "$DENO_DIR/npm": "$folder/runtime",
  "$XDG_CACHE_HOME/deno/npm": "$folder/runtime",
  "$HOME/.cache/deno/npm": "$folder/runtime",
  "$HOME/Library/Caches/deno/npm": "$folder/runtime",
  "$LOCALAPPDATA/deno/npm": "$folder/runtime",
  "$HOME/.cache/huggingface": "$hub_cache",
};

/**
 * A shell script with an archive behind it: it unpacks itself once and then runs what it unpacked.
 * The same files give the same bytes.
 * @param template of the script; `@NAME@` stands for what is filled in.
 */
export async function packRunScript(
  template: string,
  files: readonly PackedFile[],
  options: {
    readonly version: string;
    readonly tasks: readonly CommandTask[];
    /** As `uname -m` names it, e.g. `x86_64`. */
    readonly machine: string;
  },
): Promise<Uint8Array> {
  for (const { path } of files) {
    if (!/^\w[\w./-]*$/.test(path)) throw new Error(`houqa.run can't hold a file named ${path}.`);
  }
  const tar = await packTar(files.map(({ path, bytes, isExecutable = false }) => ({
    header: {
      name: path,
      size: bytes.length,
      type: "file" as const,
      mode: isExecutable ? 0o755 : 0o644,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
    },
    body: bytes,
  })));
  const archive = await promisify(gzip)(tar, { level: 9 });
  const sums = await Promise.all(
    files.map(async ({ path, bytes }) => `${await sha256Hex(bytes)}  ${path}`),
  );
  const id = (await sha256Hex(new TextEncoder().encode(sums.join("\n")))).slice(0, 12);
  const script = fillTemplate(template, {
    FOLDER: `houqa-${options.version}-${id}`,
    SUMS: sums.join("\n"),
    FILES: files.map(({ path }) => path).join(" "),
    BYTES: String(files.reduce((sum, { bytes }) => sum + bytes.length, 0)),
    MACHINE: options.machine,
    PERMISSIONS: permissionCases(options.tasks),
  });
  return concatenate(withLength(script), archive);
}

function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z]+)@/g, (found, name) => values[name] ?? found);
}

/** The script knows where its archive begins: the place is written into as many digits as it has. */
function withLength(script: string): Uint8Array {
  const mark = "@START@";
  const bytes = new TextEncoder().encode(script.replace(mark, "0".repeat(mark.length)));
  // `tail -c +N` counts from one.
  const start = String(bytes.length + 1).padStart(mark.length, " ");
  return new TextEncoder().encode(script.replace(mark, start));
}

function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Branches of a shell's `case` over houqa's commands: each gets what its own tasks allow, any other
 * what the task for any command allows.
 */
export function permissionCases(tasks: readonly CommandTask[]): string {
  const commands = [...new Set(tasks.flatMap(({ command }) => command ?? []))].sort();
  const permissionsOf = (wanted: string | undefined) =>
    unitePermissions(
      tasks.filter(({ command }) => command === wanted).map(({ permissions }) => permissions),
    );
  return [
    ...commands.map((one) => branch(one, permissionsOf(one))),
    branch("*", permissionsOf(undefined)),
  ]
    .join("\n");
}

function branch(pattern: string, { allowed, ignoresEnv }: Permissions): string {
  const lines = PERMISSION_KINDS.flatMap((kind) => {
    const list = allowed[kind];
    if (list === undefined) return [];
    return [`    allow_${kind}=${list === true ? "all" : inQuotes(kind, list)}`];
  });
  if (ignoresEnv) lines.push("    ignore_env=yes");
  return [`  ${pattern})`, ...lines, "    ;;"].join("\n");
}

function inQuotes(kind: PermissionKind, list: readonly string[]): string {
  const words = list.map((word) => {
    const known = PLACES[word];
    if (known !== undefined) return known;
    if (!/^[\w@%+=:*./[\]-]+$/.test(word)) {
      throw new Error(`--allow-${kind} names ${word}, which houqa.run does not know.`);
    }
    return word;
  });
  return `"${[...new Set(words)].join(",")}"`;
}
