/**
 * Writes Deno's cache of npm packages, as far as houqa needs it on a machine like this one, into one
 * archive: unpacked into another machine's DENO_DIR, all tasks run there without network.
 *
 *   deno task vendor [--out dist]
 */
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createTarPacker } from "modern-tar";
import { registryFolder } from "./compile/registry_folder.ts";
import { registryRecords } from "./compile/registry_records.ts";
import { vendoredFiles } from "./compile/vendored_files.ts";
import { defaultAddress } from "../src/settings/public_addresses.ts";

/** Where Deno looks without any setting, wherever the packages were fetched from here. */
const REGISTRY = new URL(defaultAddress("npm")).host;

const { values: { out } } = parseArgs({
  args: Deno.args,
  options: { out: { type: "string", default: "dist" } },
});
const lockText = await Deno.readTextFile(new URL("../deno.lock", import.meta.url));
const registry = registryFolder();
const records = await registryRecords(registry, lockText);
const paths = await vendoredFiles(registry, lockText);
await Deno.mkdir(resolve(out), { recursive: true });
const { os, arch } = Deno.build;
const target = join(resolve(out), `npm-cache-${os}-${arch}.tar.gz`);

const { readable, controller } = createTarPacker();
const file = await Deno.open(target, { write: true, create: true, truncate: true });
const written = readable.pipeThrough(new CompressionStream("gzip")).pipeTo(file.writable);
const add = (path: string, size: number) =>
  controller.add({
    name: `npm/${REGISTRY}/${path}`,
    size,
    type: "file",
    mode: 0o644,
    mtime: new Date(0),
  });
for (const { path, text } of records) {
  const bytes = new TextEncoder().encode(text);
  await ReadableStream.from([bytes]).pipeTo(add(path, bytes.length));
}
for (const path of paths) {
  const source = join(registry, path);
  const { size } = await Deno.stat(source);
  const entry = add(path, size);
  const from = await Deno.open(source);
  await from.readable.pipeTo(entry);
}
controller.finalize();
await written;
const { size } = await Deno.stat(target);
console.log(`${(size / 1e6).toFixed(1).padStart(7)} MB  ${join(out, basename(target))}`);
console.log(
  `Unpack it there with: tar xzf ${basename(target)} -C "\${DENO_DIR:-$HOME/.cache/deno}"`,
);
