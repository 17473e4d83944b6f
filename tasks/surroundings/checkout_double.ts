/** For tests: a copy of the sources in which `deno task` runs as users call it. */
import { dirname, join } from "node:path";
import { ROOT } from "../../src/cli/spawn_task.ts";
import { defaultAddress } from "../../src/settings/public_addresses.ts";
import { registryFolder } from "../compile/registry_folder.ts";
import { registryRecords } from "../compile/registry_records.ts";
import { vendoredFiles } from "../compile/vendored_files.ts";

/** The sources in that folder: links to the real ones, with a folder for results of its own. */
export async function makeCheckout(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  // Deno takes the folder of these two for the project's.
  for (const name of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(join(ROOT, name), join(folder, name));
  }
  for (const name of ["main.ts", "src", "tasks", "datasets"]) {
    await Deno.symlink(join(ROOT, name), join(folder, name));
  }
}

/** Puts the npm packages into a folder of Deno's caches, as the archive of `deno task vendor` does. */
export async function fillDenoFolder(folder: string): Promise<void> {
  const lockText = await Deno.readTextFile(join(ROOT, "deno.lock"));
  const registry = registryFolder();
  const target = join(folder, "npm", new URL(defaultAddress("npm")).host);
  const folders = new Set<string>();
  const place = async (path: string) => {
    const to = join(target, path);
    if (!folders.has(dirname(to))) await Deno.mkdir(dirname(to), { recursive: true });
    folders.add(dirname(to));
    return to;
  };
  for (const { path, text } of await registryRecords(registry, lockText)) {
    await Deno.writeTextFile(await place(path), text);
  }
  for (const path of await vendoredFiles(registry, lockText)) {
    const [from, to] = [join(registry, path), await place(path)];
    // Another disk has no name for the same file.
    await Deno.link(from, to).catch(() => Deno.copyFile(from, to));
  }
}
