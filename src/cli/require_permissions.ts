import denoJson from "../../deno.json" with { type: "json" };
import { type BuildForm, buildForm } from "../build/build_form.ts";
import { PATH_KINDS } from "../build/narrow_permissions.ts";
import { splitScriptPath } from "../build/script_path.ts";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import { UsageError } from "../settings/usage_error.ts";
import { typedWords } from "./cli_context.ts";
import { runningCall, type TaskCall, taskNames } from "./permitted_task.ts";

/** Something a command will need: a host, a path to read, write or load, a variable, a fact. */
export type Need =
  | { readonly name: "env"; readonly variable: string }
  | { readonly name: "net"; readonly host: string; readonly listens?: boolean }
  | { readonly name: "sys"; readonly kind: "statfs" | "uid" }
  | { readonly name: "read" | "write" | "ffi"; readonly path: string };

const FORM_NAMES: Readonly<Record<Exclude<BuildForm, "sources">, string>> = {
  binary: "The compiled houqa",
  "houqa.run": "houqa.run",
};

/**
 * Looks ahead, so that a permission that is missing is found before anything was started.
 * @param task that usually does this; where another one is running, the printed command is that one's.
 * @param args what the user typed after the task's name.
 * @throws {UsageError} with the exact command that has the permission.
 */
export async function requirePermissions(
  needs: readonly Need[],
  task: keyof typeof denoJson.tasks,
  args: readonly string[],
): Promise<void> {
  const missing: Need[] = [];
  const known = new Set<string>();
  for (const need of needs) {
    const key = JSON.stringify(need);
    if (known.has(key)) continue;
    known.add(key);
    if ((await Deno.permissions.query(descriptorOf(need))).state !== "granted") missing.push(need);
  }
  if (missing.length === 0) return;
  refuseCommas(missing);
  const form = buildForm();
  if (form === "sources") {
    throw new UsageError(refuseTask(missing, { task, args }, typedWords(Deno.args)));
  }
  throw new UsageError(
    `${FORM_NAMES[form]} has no permission to ${describeNeeds(missing)}. Run:\n  ${
      permittedProgram(form, missing, Deno.args)
    }`,
  );
}

/**
 * No command can be printed that would allow a path with a comma.
 * @throws {UsageError} for such a path.
 */
export function refuseCommas(missing: readonly Need[]): void {
  for (const need of missing) {
    if (!("path" in need) || !need.path.includes(",")) continue;
    throw new UsageError(
      `There is no permission to ${describeNeed(need)}, and none can be given: Deno's lists of ` +
        "paths can't hold a comma. Rename the file or folder, or choose another.",
    );
  }
}

/**
 * What a task says that lacks permissions: the task that has them, or its own command with them.
 * @param usual task that usually does this.
 * @param words all that the program was given.
 */
export function refuseTask(
  missing: readonly Need[],
  usual: TaskCall,
  words: readonly string[],
  isGranted?: (need: Need) => boolean,
): string {
  if (taskNames(usual.task, missing, isGranted)) {
    return nameTask(missing, usual);
  }
  const { task, args } = runningCall(usual, words, isGranted);
  const line = permittedCommand(denoJson.tasks[task].command, missing, args);
  return `The task "${task}" has no permission to ${describeNeeds(missing)}. Run:\n  ${line}`;
}

/** Names the task that has what is missing. */
export function nameTask(missing: readonly Need[], { task, args }: TaskCall): string {
  const flags = missing.map((need) => `--allow-${need.name}=${valueOf(need)}`).join(", ");
  const line = ["deno task", task, ...args.map(quoteForShell)].join(" ");
  return `This call has no permission to ${describeNeeds(missing)} (${flags}), but a task has. ` +
    `Run:\n  ${line}`;
}

function describeNeeds(needs: readonly Need[]): string {
  return needs.map(describeNeed).join(" and ");
}

/** All hosts of a domain can't be asked for; who may reach them all may reach the domain itself. */
function descriptorOf(need: Need): Deno.PermissionDescriptor {
  return need.name === "net" ? { name: "net", host: need.host.replace(/^\*\./, "") } : need;
}

function describeNeed(need: Need): string {
  switch (need.name) {
    case "net":
      return `${need.listens ? "listen at" : "connect to"} ${need.host}`;
    case "ffi":
      return `load native libraries from ${need.path}`;
    case "env":
      return `read the variable ${need.variable}`;
    case "sys":
      return `ask the system for ${need.kind}`;
    default:
      // A full stop may follow.
      return `${need.name} ${need.path.endsWith(".") ? `"${need.path}"` : need.path}`;
  }
}

/** The task's own command with the missing permissions added. */
export function permittedCommand(
  command: string,
  missing: readonly Need[],
  args: readonly string[],
): string {
  let extended = command;
  for (const name of new Set(missing.map((need) => need.name))) {
    const flag = `--allow-${name}`;
    const values = new Set(missing.filter((need) => need.name === name).map(valueOf));
    const [present, written] = new RegExp(`${flag}=((?:"[^"]*"|[^\\s"])+)`).exec(extended) ?? [];
    // A list that is there stays as it is written: its variables are the shell's to fill in.
    const own = written?.replaceAll('"', "").split(",") ?? [];
    const more = [...values].filter((value) => !own.includes(value)).map(quoteForShell).join(",");
    if (present === undefined) {
      extended = extended.replace("deno run", () => `deno run ${flag}=${more}`);
    } else if (more !== "") extended = extended.replace(present, () => `${present},${more}`);
  }
  return [extended, ...args.map(quoteForShell)].join(" ");
}

/**
 * A form that was handed over takes further permissions in front of the command, a compiled program
 * only those for paths: its others were settled when it was compiled.
 * @param args of the program, with what houqa.run puts in front of them.
 * @param binary path of a compiled program.
 */
export function permittedProgram(
  form: Exclude<BuildForm, "sources">,
  missing: readonly Need[],
  args: readonly string[],
  binary: string = Deno.execPath(),
): string {
  const isPath = ({ name }: Need) => (PATH_KINDS as readonly string[]).includes(name);
  const { script = "houqa.run", words } = splitScriptPath(args);
  // As it was called it need not be found by its name alone.
  const program = form === "binary" && missing.every(isPath) ? [binary] : ["sh", script];
  const flags = missing.map((need) => `--allow-${need.name}=${valueOf(need)}`);
  return [...program, ...flags, ...words].map(quoteForShell).join(" ");
}

/** What a permission is for, as the flag names it. */
function valueOf(need: Need): string {
  switch (need.name) {
    case "net":
      return need.host;
    case "env":
      return need.variable;
    case "sys":
      return need.kind;
    default:
      return need.path;
  }
}
