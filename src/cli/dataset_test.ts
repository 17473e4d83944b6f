import assert from "node:assert/strict";
import { dirname } from "node:path";
import { LAWQA_COMMIT, LAWQA_FILES } from "../dataset/fetch_lawqa.ts";
import { runTask, taskWords } from "./spawn_task.ts";

/** Serves a folder laid out as the repository's raw files; undefined: every file is wrong. */
async function withMirror(
  source: string | undefined,
  action: (address: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const [, commit, ...path] = new URL(request.url).pathname.split("/");
    assert.equal(commit, LAWQA_COMMIT);
    return new Response(
      source === undefined ? "wrong" : await Deno.readFile(`${source}/${path.join("/")}`),
    );
  });
  try {
    await action(`http://127.0.0.1:${server.addr.port}`, folder);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

const withNet = (host: string) => (words: string[]) =>
  words.map((word) => word.startsWith("--allow-net=") ? `--allow-net=${host}` : word);

Deno.test("another address needs another permission: the whole command is printed", () =>
  withMirror(undefined, async (address, cwd) => {
    const env = { HOUQA_LAWQA_URL: address };
    const { code, stderr } = await runTask("dataset:fetch", [], { cwd, env });
    assert.equal(code, 2);
    assert.match(stderr, /no permission to connect to 127\.0\.0\.1:\d+/);
    assert.ok(stderr.includes(`raw.githubusercontent.com,${new URL(address).host} `), stderr);
  }));

Deno.test("an address in .env is used; what is not the pinned content is refused", () =>
  withMirror(undefined, async (address, cwd) => {
    await Deno.writeTextFile(`${cwd}/.env`, `HOUQA_LAWQA_URL=${address}/\n`);
    const edit = withNet(new URL(address).host);
    const { code, stderr } = await runTask("dataset:fetch", [], { cwd, edit });
    assert.equal(code, 3);
    assert.match(stderr, /LICENSE\.md is not what it should be: SHA-256/);
    const bad = await runTask("dataset:fetch", [], { cwd, env: { HOUQA_LAWQA_URL: "nowhere" } });
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /HOUQA_LAWQA_URL is "nowhere"/);
  }));

Deno.test("without any one of its permissions the fetch task refuses with a sentence", () =>
  withMirror(undefined, async (_, cwd) => {
    for (const flag of taskWords("dataset:fetch").filter((word) => word.startsWith("--allow-"))) {
      const name = flag.split("=")[0]!;
      const edit = (words: string[]) => words.filter((word) => word !== flag);
      const { code, stderr } = await runTask("dataset:fetch", [], { cwd, edit });
      assert.equal(code, 2, `${flag}: ${stderr}`);
      assert.ok(stderr.includes(name), `${flag}: ${stderr}`);
      assert.ok(!/\n\s+at /.test(stderr), stderr);
    }
  }));

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real files are fetched under the task's permissions (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  fn: () =>
    withMirror(dirname(dirname(lawqa!)), async (address, cwd) => {
      const env = { HOUQA_LAWQA_URL: address };
      const edit = withNet(new URL(address).host);
      const { code, stdout, stderr } = await runTask("dataset:fetch", [], { cwd, env, edit });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /Public Data License/);
      for (const path of Object.keys(LAWQA_FILES)) {
        assert.ok((await Deno.stat(`${cwd}/datasets/lawqa_jp/${path}`)).isFile);
      }
    }),
});
