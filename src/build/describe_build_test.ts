import assert from "node:assert/strict";
import { runTask } from "../cli/spawn_task.ts";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { buildForm } from "./build_form.ts";

Deno.test("--version --verbose tells what is running, in either order", async () => {
  for (const args of [["--version", "--verbose"], ["--verbose", "--version"]]) {
    const { code, stdout, stderr } = await runTask("houqa", args, { cwd: Deno.cwd() });
    assert.equal(code, 0, stderr);
    const [first, commit, form, runs] = stdout.split("\n");
    assert.equal(first, `houqa ${HOUQA_VERSION}`);
    assert.match(commit!, /^Commit: {9}([0-9a-f]{40}|unknown)$/);
    assert.equal(form, "Form:           sources, run by Deno");
    assert.ok(runs!.includes(`Deno ${Deno.version.deno}`), runs!);
  }
});

Deno.test("the form follows from whether this is a bundle, and compiled", () => {
  assert.equal(buildForm(false, false), "sources");
  assert.equal(buildForm(true, true), "binary");
  assert.equal(buildForm(true, false), "houqa.run");
});
