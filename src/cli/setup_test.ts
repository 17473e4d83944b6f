import assert from "node:assert/strict";
import { startPackageServers } from "../device/package_servers_double.ts";
import { runTask } from "./spawn_task.ts";

/** Runs `setup cuda` with a cache folder of its own. */
async function setup(
  args: readonly string[],
  env: Record<string, string> = {},
  net?: string,
) {
  const cwd = await Deno.makeTempDir();
  const edit = (words: string[]) =>
    words.map((word) => {
      if (word.startsWith("--allow-write=")) return "--allow-write=.";
      return net !== undefined && word.startsWith("--allow-net=") ? `--allow-net=${net}` : word;
    });
  try {
    return await runTask("setup:cuda", args, { cwd, env: { HOUQA_CACHE: cwd, ...env }, edit });
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

const isHere = `${Deno.build.os} ${Deno.build.arch}` === "linux x86_64";

Deno.test({
  name: "--dry-run shows what would be fetched and asks nobody; passwords stay hidden",
  ignore: !isHere,
  async fn() {
    const env = { PIP_INDEX_URL: "https://someone:geheim@mirror.invalid/simple/" };
    const { code, stdout, stderr } = await setup(["--cuda", "12", "--dry-run"], env);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^CUDA 12 with ONNX Runtime 1\.26\.0/);
    assert.match(stdout, /fetch +595 MB +nvidia_cublas_cu12-12\.8\.4\.1/);
    assert.match(stdout, /from +https:\/\/mirror\.invalid\/simple and https:\/\/registry/);
    assert.match(stdout, /in all +\d+ MB to fetch/);
    assert.ok(!(stdout + stderr).includes("geheim"));
  },
});

Deno.test({
  name: "another index needs another permission: the whole command is printed",
  ignore: !isHere,
  async fn() {
    const env = { PIP_INDEX_URL: "http://127.0.0.1:9/simple" };
    const { code, stderr } = await setup(["--cuda", "13"], env);
    assert.equal(code, 2);
    assert.match(stderr, /no permission to connect to 127\.0\.0\.1:9/);
    assert.match(stderr, /--allow-net=\S+,127\.0\.0\.1:9 .*main\.ts setup cuda --cuda 13/);
  },
});

Deno.test({
  name: "an index that does not have the files ends with exit code 3",
  ignore: !isHere,
  async fn() {
    const servers = await startPackageServers();
    const { host } = new URL(servers.index);
    try {
      const env = { PIP_INDEX_URL: servers.index };
      const { code, stderr } = await setup(["--cuda", "13"], env, host);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /Can't find onnxruntime_gpu-1\.30\.0.*answered 404.*PIP_INDEX_URL/s);
    } finally {
      await servers.close();
    }
  },
});

Deno.test("a CUDA version that houqa does not know is a wrong command line", async () => {
  const { code, stderr } = await setup(["--cuda", "11"]);
  assert.equal(code, 2);
  assert.match(stderr, /Use 12 or 13/);
});
