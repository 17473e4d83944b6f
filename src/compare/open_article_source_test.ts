import assert from "node:assert/strict";
import { loadDataset } from "../dataset/load_dataset.ts";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { UsageError } from "../settings/usage_error.ts";
import { makeComparedRun } from "./compared_run_double.ts";
import { openArticleSource } from "./open_article_source.ts";

Deno.test("a run's question file counts only while it holds the same bytes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/q.json`;
    await Deno.writeTextFile(path, formatSampleFile(makeSampleQuestions(3)));
    const { sha256 } = await loadDataset(path);
    const unknown = makeComparedRun("a.json", ["a"]);
    const run = makeComparedRun("b.json", ["a"], { dataset: { path, sha256 } });
    // Any of the runs may know it.
    assert.equal((await openArticleSource([unknown, run], undefined)).dataset?.length, 3);
    await Deno.writeTextFile(path, formatSampleFile(makeSampleQuestions(4)));
    const changed = await openArticleSource([run], undefined);
    assert.equal(changed.dataset, undefined);
    assert.match(changed.reason!, /q\.json has changed since the run/);
    // Named by the user it counts as it is.
    assert.equal((await openArticleSource([run], path)).dataset?.length, 4);
    await Deno.remove(path);
    assert.match((await openArticleSource([run], undefined)).reason!, /can't be read/);
    await assert.rejects(openArticleSource([run], path), UsageError);
    assert.match((await openArticleSource([unknown], undefined)).reason!, /no result names/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
