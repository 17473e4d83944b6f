import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { makeLaws } from "../../../tasks/bench/law_grammar.ts";
import { seededRandom } from "../../../tasks/demo/random.ts";
import { createBm25Search } from "../search/bm25_search.ts";
import { buildIndex } from "./build_index.ts";
import { withIndexFolder } from "./index_double.ts";
import { openIndex } from "./open_index.ts";
import { uncovered } from "./uncovered_double.ts";
import { verifyIndex } from "./verify_index.ts";

const KILLS = 50;
const ROWS = 2500;

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = fileURLToPath(new URL("build_index_double.ts", import.meta.url));

/** Starts a process that builds an index. */
function startBuild(folder: string, seed: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", PROGRAM, folder, String(ROWS), String(seed)],
    cwd: ROOT,
    ...uncovered(),
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Checks that the index finds the longest text of the first law of the corpus with that seed. */
async function assertFinds(folder: string, seed: number): Promise<void> {
  const [law] = makeLaws({ rows: ROWS, seed });
  const texts = law!.units.flatMap((unit) => unit.rows.map((row) => row.text));
  const text = texts.sort((a, b) => b.length - a.length)[0]!;
  const index = await openIndex(folder);
  const [hit] = await createBm25Search(index).search(text, 1);
  assert.equal(index.corpus.row(hit!.bestRow).text, text);
  index.close();
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test(`killed ${KILLS} times, a build leaves the old index working`, async () => {
  await withIndexFolder(async (folder) => {
    await buildIndex(makeLaws({ rows: ROWS, seed: 1000 }), folder, { source: "seed 1000" });
    const started = performance.now();
    const { success, stderr } = await startBuild(folder, 1001).output();
    const wholeMs = performance.now() - started;
    assert.ok(success, new TextDecoder().decode(stderr));
    let standing = 1001;
    let leftovers = 0;
    const random = seededRandom(4);
    for (let seed = 1; seed <= KILLS; seed++) {
      const child = startBuild(folder, seed);
      const output = child.output();
      await new Promise((done) => setTimeout(done, wholeMs * (0.1 + 0.95 * random.next())));
      try {
        child.kill("SIGKILL");
      } catch {
        // It was faster this time.
      }
      const { signal } = await output;

      // Every byte is as it was written, and a search finds what stands in the corpus.
      const { corpus } = await verifyIndex(folder);
      const expected = [`seed ${standing}`, `seed ${seed}`];
      assert.ok(expected.includes(corpus.source!), String(corpus.source));
      if (corpus.source === expected[1]) standing = seed;
      else assert.equal(signal, "SIGKILL");
      await assertFinds(folder, standing);
      const building = names(folder).filter((name) => name.startsWith(".build-"));
      assert.ok(building.length <= 1, `${building.length} leftovers`);
      leftovers += building.length;
    }
    assert.ok(leftovers > KILLS / 4, `only ${leftovers} were killed while they built`);

    const { manifest } = await buildIndex(makeLaws({ rows: ROWS, seed: 1002 }), folder);
    assert.deepEqual(names(folder), [".build.lock", manifest.folder, "manifest.json"].sort());
    await assertFinds(folder, 1002);
  });
});
