import denoJson from "../../deno.json" with { type: "json" };
import { houqaCall } from "../build/command_words.ts";
import { parsePermissions, type Permissions } from "../build/task_permissions.ts";
import type { Need } from "./require_permissions.ts";

/** A task's name in deno.json. */
export type TaskName = keyof typeof denoJson.tasks;

/** A task of deno.json that runs houqa. */
interface HouqaTask {
  readonly name: TaskName;
  /** Words behind `main.ts`, which the task types itself. */
  readonly words: readonly string[];
  readonly permissions: Permissions;
}

const TASKS: readonly HouqaTask[] = Object.entries(denoJson.tasks).flatMap(([name, task]) => {
  const call = houqaCall(task.command);
  if (call === undefined) return [];
  return [{
    name: name as TaskName,
    words: call.words,
    permissions: parsePermissions(call.deno),
  }];
});

/** A call of a task: its name and what is typed behind it. */
export interface TaskCall {
  readonly task: TaskName;
  readonly args: readonly string[];
}

/**
 * The call that is most likely running, of tasks that do what `call` does: of those whose words were
 * typed, the one whose permissions are most like the process's own.
 * @param call where no other is more like it.
 * @param words all that the program was given.
 */
export function runningCall(
  call: TaskCall,
  words: readonly string[],
  isGranted: (need: Need) => boolean = isGrantedHere,
): TaskCall {
  const usual = TASKS.find(({ name }) => name === call.task);
  if (usual === undefined) return call;
  const tasks = TASKS.filter((task) =>
    startsWith(task.words, usual.words) && startsWith(words, task.words)
  );
  // What they name between them tells them apart.
  const entries = tasks.flatMap(({ permissions }) => entriesOf(permissions))
    .map((need) => ({ need, granted: isGranted(need) }));
  const likeness = ({ permissions }: HouqaTask) =>
    entries.filter(({ need, granted }) => allows(permissions, need) === granted).length;
  const best = tasks.reduce(
    (found, task) => likeness(task) > likeness(found) ? task : found,
    usual,
  );
  return best === usual ? call : { task: best.name, args: words.slice(best.words.length) };
}

/**
 * The task that does what the words say and names all of the needs.
 * @param words all that the program was given.
 */
export function taskThatNames(
  needs: readonly Need[],
  words: readonly string[],
  isGranted?: (need: Need) => boolean,
): TaskCall | undefined {
  const task = TASKS.filter((one) => startsWith(words, one.words))
    // The more of the words a task types itself, the more it is made for them.
    .sort((a, b) => b.words.length - a.words.length)
    .find(({ name }) => taskNames(name, needs, isGranted));
  return task && { task: task.name, args: words.slice(task.words.length) };
}

/**
 * Whether a task that is not the one running names all of the needs. Not of paths behind a variable,
 * which the shell alone knows.
 */
export function taskNames(
  task: TaskName,
  needs: readonly Need[],
  isGranted: (need: Need) => boolean = isGrantedHere,
): boolean {
  const permissions = TASKS.find(({ name }) => name === task)?.permissions;
  if (permissions === undefined) return false;
  // One that is running would not help: a link, say, may lead out of its folders.
  return needs.every((need) => allows(permissions, need)) &&
    entriesOf(permissions).some((need) => !isGranted(need));
}

function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, at) => words[at] === word);
}

/**
 * A task's entries as needs; those with a variable are known to the shell alone. All of the file
 * system is its root.
 */
function entriesOf({ allowed }: Permissions): Need[] {
  return Object.entries(allowed).flatMap(([name, list]) =>
    (list === true ? ["/"] : list).filter((entry) => !entry.includes("$")).map((entry) => {
      switch (name) {
        case "net":
          return { name, host: entry.replace(/^\*\./, "") };
        case "env":
          return { name, variable: entry };
        case "sys":
          return { name, kind: entry };
        default:
          return { name, path: entry };
      }
    }) as Need[]
  );
}

function allows({ allowed }: Permissions, need: Need): boolean {
  const list = allowed[need.name];
  if (list === undefined || list === true) return list === true;
  switch (need.name) {
    case "net":
      return list.some((entry) => {
        const domain = entry.replace(/^\*\./, "");
        const host = need.host.replace(/^\*\./, "");
        return host === domain || host.replace(/:\d+$/, "") === domain ||
          (entry !== domain && host.endsWith(`.${domain}`));
      });
    case "env":
      return list.includes(need.variable);
    case "sys":
      return list.includes(need.kind);
    default:
      return list.some((entry) =>
        need.path === entry ||
        (need.path.startsWith(`${entry}/`) && !need.path.split("/").includes(".."))
      );
  }
}

function isGrantedHere(need: Need): boolean {
  return Deno.permissions.querySync(need).state === "granted";
}
