/** docs/permissions.md gives a reason for every entry of the tasks' lists, and for no other. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { commandWords } from "../build/command_words.ts";
import { commandTasks, unitePermissions } from "../build/task_permissions.ts";
import { compileFlags } from "../../tasks/compile/compile_flags.ts";

const DOCUMENT = await Deno.readTextFile(new URL("../../docs/permissions.md", import.meta.url));

const wordsIn = (cell: string) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, word]) => word!);

/** Rows of the tables below headings that begin with this, as their cells. */
function rowsBelow(heading: string): string[][] {
  const [, text = ""] = DOCUMENT.split(`\n### ${heading}`);
  const [part = ""] = text.split(/\n##+ /);
  return part.split("\n").filter((line) => line.startsWith("| `")).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

/** `kind task entry` of every entry that a user's task has. */
function entriesOfTasks(): string[] {
  return Object.entries(denoJson.tasks).flatMap(([task, { command }]) => {
    if (task.startsWith("bench") || !command.includes("deno run")) return [];
    assert.ok(!command.includes("--allow-all") && !/ -A /.test(command), task);
    assert.match(command, /deno run --no-prompt --frozen /, task);
    return commandWords(command).flatMap((word) => {
      const [, kind, list] = /^--allow-(\w+)(?:=(.*))?$/.exec(word) ?? [];
      if (kind === undefined) return [];
      return (list?.split(",") ?? [`--allow-${kind}`]).map((entry) => `${kind} ${task} ${entry}`);
    });
  });
}

Deno.test("docs/permissions.md: every entry of every task has a row with a reason", () => {
  const documented = ["read", "write", "net", "ffi", "sys", "run", "env"].flatMap((kind) =>
    rowsBelow(`${kind}（`).flatMap(([entries = "", tasks = "", reason = ""]) => {
      assert.ok(reason.length > 3, entries);
      return wordsIn(tasks).flatMap((task) =>
        wordsIn(entries).map((entry) => `${kind} ${task} ${entry}`)
      );
    })
  );
  assert.ok(documented.length > 400);
  assert.equal(new Set(documented).size, documented.length);
  assert.deepEqual(documented.toSorted(), entriesOfTasks().toSorted());
});

Deno.test("docs/permissions.md: every flag that is compiled in has a row", () => {
  const permissions = unitePermissions(commandTasks().map((task) => task.permissions));
  const flags = compileFlags("2.4.2", permissions).filter((flag) => flag.startsWith("--allow-"));
  const rows = rowsBelow("単一バイナリに書き込む権限");
  // Lists of names stand in the other tables.
  const expected = flags.map((flag) => flag.endsWith("=/") ? flag : flag.split("=")[0]!);
  assert.deepEqual(rows.map(([flag]) => wordsIn(flag!)[0]).toSorted(), expected.toSorted());
  assert.ok(rows.every(([, reason]) => reason!.length > 1));
});
