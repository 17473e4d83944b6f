import assert from "node:assert/strict";
import { formCommand } from "./form_command.ts";

Deno.test("a task is named as the form that runs calls it", () => {
  assert.equal(formCommand("dataset:fetch", [], "sources"), "deno task dataset:fetch");
  assert.equal(formCommand("dataset:fetch", [], "binary"), "houqa dataset fetch");
  assert.equal(
    formCommand("dataset:fetch", [], "houqa.run", ["--houqa-run=/opt/my tools/houqa.run", "eval"]),
    "sh '/opt/my tools/houqa.run' dataset fetch",
  );
  assert.equal(formCommand("doctor", ["--json"], "houqa.run", []), "sh houqa.run doctor --json");
  assert.equal(
    formCommand("houqa", ["compare", "a b.json"], "binary"),
    "houqa compare 'a b.json'",
  );
  assert.equal(
    formCommand("houqa", ["compare", "a b.json"], "sources"),
    "deno task houqa compare 'a b.json'",
  );
});

Deno.test("a task without a command of houqa is never named in another form", () => {
  assert.equal(formCommand("train", [], "sources"), "deno task train");
  assert.throws(() => formCommand("train", [], "binary"), /train is for the sources alone/);
});
