import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { needsRoom, systemErrorName, systemReason } from "./system_reason.ts";

Deno.test("errors of the system are named by their code, their number, and SQLite's own", () => {
  const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  assert.equal(systemReason(full), "the disk is full (ENOSPC)");
  assert.equal(needsRoom(full), true);
  const readOnly = Object.assign(new Error("x"), { code: "EROFS" });
  assert.equal(systemReason(readOnly), "the file system is read-only (EROFS)");
  assert.equal(needsRoom(readOnly), false);
  if (Deno.build.os === "linux") {
    const quota = new Error("Disk quota exceeded (os error 122)");
    assert.equal(systemReason(quota), "the disk quota is used up (EDQUOT)");
    assert.equal(needsRoom(quota), true);
    assert.match(systemReason(new Error("Too many open files (os error 24)")), /ulimit -n/);
  }
});

Deno.test("any other error keeps its own words; a missing permission is none of the system", () => {
  assert.equal(systemReason(new Error("odd (os error 2)")), "odd (os error 2)");
  assert.equal(systemErrorName("no error at all"), undefined);
  const denied = new Deno.errors.NotCapable("Requires write access (os error 28)");
  assert.equal(systemErrorName(denied), undefined);
});

Deno.test("a full database is a full disk", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA max_page_count = 2; CREATE TABLE t (x)");
  assert.throws(
    () => database.exec("INSERT INTO t VALUES (zeroblob(100000))"),
    (error) => systemReason(error) === "the disk is full (ENOSPC)",
  );
  database.close();
});

Deno.test({
  name: "what Linux says of a full device is recognised as Deno passes it on",
  ignore: Deno.build.os !== "linux",
  // Only who may do everything may open a device.
  fn: async () => {
    const module = new URL("./system_reason.ts", import.meta.url).href;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { systemErrorName } from "${module}";
         using file = Deno.openSync("/dev/full", { write: true });
         try { file.writeSync(new Uint8Array(1)); } catch (error) { console.log(systemErrorName(error)); }`,
      ],
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "ENOSPC\n", new TextDecoder().decode(stderr));
  },
});
