import assert from "node:assert/strict";
import { main, readOptions } from "../make_demo_dataset.ts";
import { COMMITTED, demoDifferences, demoFiles } from "./demo_files.ts";

const FOLDER = new URL("../../datasets/demo", import.meta.url).pathname;

Deno.test("the committed files are what the generator makes", async () => {
  assert.deepEqual(await demoDifferences(FOLDER, demoFiles(COMMITTED)), []);
});

Deno.test("a missing, a changed and a foreign file are named", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = new Map([["laws/1.xml", "one"], ["laws/2.xml", "two"], ["README.md", "r"]]);
    await Deno.mkdir(`${folder}/laws`);
    await Deno.writeTextFile(`${folder}/laws/1.xml`, "one");
    await Deno.writeTextFile(`${folder}/laws/2.xml`, "changed");
    await Deno.writeTextFile(`${folder}/laws/3.xml`, "three");
    const problems = await demoDifferences(folder, files);
    assert.equal(problems.length, 3);
    assert.match(problems[0]!, /laws\/2\.xml differs/);
    assert.match(problems[1]!, /README\.md is missing/);
    assert.match(problems[2]!, /laws\/3\.xml is not of this dataset/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the command writes files that it then finds up to date", async () => {
  const out = await Deno.makeTempDir();
  try {
    const options = ["--out", out, "--statutes", "2", "--questions", "20", "--seed", "9"];
    assert.equal(await quietly(() => main([...options, "--check"])), 1);
    assert.equal(await quietly(() => main(options)), 0);
    assert.equal(await quietly(() => main([...options, "--check"])), 0);
    const { samples } = JSON.parse(await Deno.readTextFile(`${out}/questions.json`));
    assert.equal(samples.length, 20);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("a bad command line names the option and value and ends with 2", async () => {
  assert.throws(() => readOptions(["--seed", "x"]), /--seed "x": give a whole number/);
  assert.throws(() => readOptions(["--statutes", "321"]), /--statutes "321"/);
  assert.throws(() => readOptions(["--sead", "1"]), /--sead/);
  assert.equal(await quietly(() => main(["--questions", "0"])), 2);
  assert.equal(await quietly(() => main(["--statutes", "1", "--questions", "5000"])), 2);
});

/** Runs a command without its messages in the test's output. */
async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const { log, error } = console;
  console.log = console.error = () => {};
  try {
    return await run();
  } finally {
    Object.assign(console, { log, error });
  }
}
