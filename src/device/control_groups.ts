import { SYSTEM_FILES, type SystemFiles } from "./system_files.ts";

/** A control group that bounds this process. */
export interface ControlGroup {
  /** Its folder. */
  readonly path: string;
  /** Version of the interface: 2 is the unified one. */
  readonly version: 1 | 2;
}

interface GroupMount {
  readonly version: 1 | 2;
  /** The group that is mounted. */
  readonly root: string;
  readonly point: string;
}

/**
 * Every control group that bounds this process for one resource: its own and those above it, as far
 * as they can be seen from here (cgroups(7); a container sees its own group as the topmost).
 * @throws {Deno.errors.NotCapable} when this process may not look.
 */
export function controlGroups(
  controller: "memory" | "cpu",
  files: SystemFiles = SYSTEM_FILES,
): ControlGroup[] {
  const memberships = files.readText("/proc/self/cgroup") ?? "";
  const mounts = parseMounts(files.readText("/proc/self/mountinfo") ?? "", controller);
  return mounts.flatMap(({ version, root, point }) => {
    const path = membership(memberships, version, controller);
    if (path === undefined) return [];
    return [...upwards(pathBelow(root, path)), ""].map((below) => ({
      path: `${point}${below}`,
      version,
    }));
  });
}

/** The mounted hierarchies that know the controller, as proc_pid_mountinfo(5) describes them. */
function parseMounts(text: string, controller: string): GroupMount[] {
  return text.split("\n").flatMap((line): GroupMount[] => {
    const [front = "", back = ""] = line.split(" - ");
    const [, , , root, point] = front.split(" ");
    const [type, , options = ""] = back.split(" ");
    if (root === undefined || point === undefined) return [];
    if (type === "cgroup2") return [{ version: 2, root, point }];
    const knowsIt = type === "cgroup" && options.split(",").includes(controller);
    return knowsIt ? [{ version: 1, root, point }] : [];
  });
}

/** The group of this process in a hierarchy; lines are `hierarchy:controllers:path`. */
function membership(text: string, version: 1 | 2, controller: string): string | undefined {
  for (const line of text.split("\n")) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (version === 2 && hierarchy === "0" && controllers === "") return path;
    if (version === 1 && controllers!.split(",").includes(controller)) return path;
  }
  return undefined;
}

/** A container often sees its own group mounted as the whole hierarchy, under its full name. */
function pathBelow(root: string, path: string): string {
  if (root === "/") return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length) : "";
}

/** `/a/b` gives `/a/b` and `/a`. */
function* upwards(path: string): Generator<string> {
  for (let at = path.replace(/\/+$/, ""); at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    yield at;
  }
}
