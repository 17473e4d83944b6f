/** houqa.run where something is wrong with what it unpacked, or with the place that it is run in. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { canMount } from "../surroundings/small_disk_double.ts";
import { type Place, withScript } from "./run_script_double.ts";

const test = (name: string, fn: () => Promise<void>, ignore = false) =>
  Deno.test({ name: `houqa.run: ${name}`, ignore: ignore || Deno.build.os !== "linux", fn });

/** The folder with the program, after a first start. */
async function unpackedFolder({ run, folder, unpacked }: Place): Promise<string> {
  assert.equal((await run(["exit", "0"])).code, 0);
  return join(folder, "home", unpacked()[0]!);
}

test("what is damaged after it was unpacked is put in its place again", () =>
  withScript(async (place) => {
    const { run, unpacked } = place;
    const home = await unpackedFolder(place);
    const large = join(home, "runtime", "large");
    const bytes = await Deno.readFile(large);
    const cases: [string, () => Promise<void>][] = [
      ["runtime/large", () => Deno.truncate(large, 1000)],
      ["runtime/large", () => Deno.truncate(large, 0)],
      ["runtime/large", () => Deno.remove(large)],
      ["bundle/houqa.js", () => Deno.truncate(join(home, "bundle", "houqa.js"), 0)],
      ["bundle/part-001.js", () => Deno.remove(join(home, "bundle", "part-001.js"))],
      ["bundle/houqa.js", () => Deno.remove(join(home, "bundle"), { recursive: true })],
      ["deno", () => Deno.truncate(join(home, "deno"), 3)],
      ["deno", () => Deno.chmod(join(home, "deno"), 0o644)],
      ["deno", async () => {
        await Deno.remove(home, { recursive: true });
        await Deno.mkdir(home);
      }],
    ];
    for (const [name, damage] of cases) {
      await damage();
      const { code, stdout, stderr } = await run(["part"]);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, `houqa.run: ${home} is damaged (${name}): unpacking again\n`);
      assert.equal(JSON.parse(stdout).part, "loaded");
      assert.deepEqual(await Deno.readFile(large), bytes);
      assert.equal(unpacked().length, 1, unpacked().join());
      assert.deepEqual(await run(["exit", "7"]), { code: 7, stdout: "", stderr: "" });
    }
  }));

test("several that find it damaged at once, and one that runs, all go on", () =>
  withScript(async (place) => {
    const { run, spawn, unpacked } = place;
    const home = await unpackedFolder(place);
    const running = spawn(["wait"]);
    const reader = running.stdout.getReader();
    await reader.read();
    for (const name of ["runtime/large", "bundle/houqa.js", "bundle/part-001.js"]) {
      await Deno.truncate(join(home, name), 0);
    }
    const ends = await Promise.all(Array.from({ length: 6 }, () => run(["part"])));
    for (const { code, stdout, stderr } of ends) {
      assert.equal(code, 0, stderr);
      assert.equal(JSON.parse(stdout).part, "loaded");
    }
    assert.ok(ends.filter(({ stderr }) => stderr.includes("unpacking again")).length > 1);
    assert.deepEqual(unpacked().length, 1, unpacked().join());
    running.kill("SIGTERM");
    assert.equal((await running.status).code, 143);
    await reader.cancel();
    await running.stderr.cancel();
  }));

test("damage that can't be mended is told, with the file", () =>
  withScript(async (place) => {
    const home = await unpackedFolder(place);
    await Deno.remove(join(home, "runtime", "large"));
    // No file can take its name.
    await Deno.mkdir(join(home, "runtime", "large", "large"), { recursive: true });
    const { code, stderr } = await place.run(["exit", "0"]);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /is damaged \(runtime\/large\) and can't be mended \(.*\): delete that folder/,
    );
    assert.equal(place.unpacked().length, 1);

    await Deno.truncate(place.script, (await Deno.stat(place.script)).size - 1000);
    const cut = await place.run(["exit", "0"]);
    assert.equal(cut.code, 3);
    assert.match(cut.stderr, /the download incomplete\?/);
  }));

test("a file or a dangling link in the folder's place is told", () =>
  withScript(async (place) => {
    const home = await unpackedFolder(place);
    await Deno.remove(home, { recursive: true });
    const told = async () => {
      const { code, stderr } = await place.run(["exit", "0"]);
      assert.equal(code, 3);
      assert.match(
        stderr,
        /^houqa\.run: .*houqa-1\.2\.3-\w+ is no folder: delete it, or set HOUQA_HOME/,
      );
    };
    await Deno.writeTextFile(home, "");
    await told();
    await Deno.remove(home);
    await Deno.symlink("nowhere", home);
    await told();
  }));

/** The first part of a line that runs the script as a user without rights. */
const AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups";
const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

test(
  "a folder that another user unpacked for himself is not called damaged",
  () =>
    withScript(async (place) => {
      const { folder, shell, script } = place;
      await Deno.chmod(folder, 0o755);
      assert.equal((await shell('umask 077; "$0" exit 0')).code, 0);
      const home = join(folder, "home");
      const asNobody = () => shell(`${AS_NOBODY} "$0" exit 5`);
      // The folder above is closed too.
      const closed = await asNobody();
      assert.equal(closed.code, 3, closed.stderr);
      assert.match(
        closed.stderr,
        /^houqa\.run: can't write in .* \(Permission denied\): set HOUQA_HOME/m,
      );
      await Deno.chmod(home, 0o755);
      for (const mode of [0o700, 0o711, 0o755]) {
        const [name] = place.unpacked();
        await Deno.chmod(join(home, name!), mode);
        const { code, stderr } = await asNobody();
        assert.equal(code, 3, stderr);
        assert.match(
          stderr,
          /^houqa\.run: \S.*houqa-1.* can't be read by this user: set HOUQA_HOME .*chmod -R go\+rX\)\.\n$/,
        );
      }
      assert.equal((await shell(`chmod -R go+rX '${home}'`)).code, 0);
      assert.equal((await asNobody()).code, 5);
      await Deno.truncate(join(home, place.unpacked()[0]!, "runtime", "large"), 5);
      const damaged = await asNobody();
      assert.equal(damaged.code, 3, damaged.stderr);
      assert.match(
        damaged.stderr,
        /is damaged \(runtime\/large\)[\s\S]*Permission denied.*set HOUQA_HOME to a folder/,
      );
      assert.ok((await Deno.stat(script)).isFile);
    }),
  !isRoot,
);

test(
  "a full disk is one sentence, with the first thing that went wrong",
  () =>
    withScript(async ({ folder, shell, unpacked }) => {
      await Deno.mkdir(join(folder, "home"));
      for (const size of ["64k", "4m"]) {
        const user = Deno.uid() === 0 ? "" : "--map-root-user";
        const { code, stderr } = await shell(
          `unshare --mount ${user} sh -c 'mount -t tmpfs -o size=${size} tmpfs home && "$0" exit 0' "$0"`,
        );
        assert.equal(code, 3, stderr);
        const [first, second, ...others] = stderr.trimEnd().split("\n");
        assert.match(first!, /^houqa\.run: unpacking into /);
        assert.match(
          second!,
          /^houqa\.run: could not be unpacked into .* \((?:No space left on device|Wrote only .*)\): is the disk full,/,
        );
        assert.deepEqual(others, []);
      }
      assert.deepEqual(unpacked(), []);
    }),
  !canMount,
);

test("another machine and a current folder that is gone are told before anything is unpacked", () =>
  withScript(async ({ folder, shell, run, unpacked }) => {
    await Deno.mkdir(join(folder, "bin"));
    for (const machine of ["Linux riscv64", "Darwin arm64"]) {
      await Deno.writeTextFile(join(folder, "bin", "uname"), `#!/bin/sh\necho ${machine}\n`, {
        mode: 0o755,
      });
      const { code, stderr } = await run(["exit", "0"], { PATH: `${folder}/bin:/usr/bin:/bin` });
      assert.equal(code, 2);
      const made = `made for Linux ${Deno.build.arch}, not for ${machine}`;
      assert.ok(stderr.startsWith("houqa.run: ") && stderr.includes(made), stderr);
    }
    const gone = await shell('mkdir gone && cd gone && rmdir ../gone && exec "$0" exit 0');
    assert.equal(gone.code, 2, gone.stderr);
    // The shell has its own word before it.
    assert.match(gone.stderr, /^houqa\.run: the current folder is gone: change to one/m);
    assert.deepEqual(unpacked(), []);
  }));
