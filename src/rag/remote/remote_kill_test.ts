import assert from "node:assert/strict";
import { join } from "node:path";
import { openSearchDouble } from "./opensearch_double.ts";
import { PROGRAM_ARTICLES } from "./remote_build_program_double.ts";
import { uncovered } from "../index/uncovered_double.ts";

const PROGRAM = join(import.meta.dirname!, "remote_build_program_double.ts");
const ROWS = 3 * PROGRAM_ARTICLES;
const KILLS = 3;

Deno.test(`killed ${KILLS} times, a build over a real connection goes on with what is missing`, async () => {
  const double = openSearchDouble();
  let rows = 0;
  let bulks = 0;
  double.faults.push(({ path, text }) => {
    if (!path.endsWith("_bulk")) return undefined;
    bulks++;
    rows += text.split("\n").length >> 1;
    return undefined;
  });
  // A body that a killed program did not send to its end can't be read.
  const onError = (error: unknown) => {
    if (!(error instanceof Deno.errors.BadResource)) console.error(error);
    return new Response(null, { status: 500 });
  };
  const options = { port: 0, hostname: "127.0.0.1", onListen() {}, onError };
  const server = Deno.serve(options, async (request) => {
    if (request.url.includes("_bulk")) await new Promise((resolve) => setTimeout(resolve, 20));
    return await double.serve(request);
  });
  const start = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", PROGRAM, `opensearch://127.0.0.1:${server.addr.port}/laws`],
      ...uncovered(),
      stdout: "null",
      stderr: "piped",
    }).spawn();
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = start();
      const ended = child.output();
      for (const wanted = bulks + 6; bulks < wanted;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      child.kill("SIGKILL");
      await ended;
      assert.equal(double.aliases.size, 0, "the alias waits for a whole index");
    }
    const { code, stderr } = await start().output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const [name] = double.indexes.keys();
    assert.deepEqual([...double.aliases.get("laws")!], [name]);
    assert.equal(double.indexes.size, 1);
    assert.equal(double.indexes.get(name!)!.visible.size, ROWS);
    // Each run sends at most the ranges it was in again, and what was under way.
    assert.ok(rows > ROWS && rows < 1.7 * ROWS, `${rows} rows were sent for ${ROWS}`);
  } finally {
    await server.shutdown();
  }
});
