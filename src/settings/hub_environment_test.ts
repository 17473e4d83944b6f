import assert from "node:assert/strict";
import { join } from "node:path";
import { hubEnvironment } from "./hub_environment.ts";

const read = (
  variables: Record<string, string>,
  dotenv: Record<string, string> = {},
  endpoint = "https://huggingface.co",
) =>
  hubEnvironment({
    readVariable: (name) => ({ HOME: "/home/me", ...variables })[name],
    dotenv,
    endpoint,
  });

Deno.test("the caches lie where Python's huggingface_hub looks for them", () => {
  const caches = (variables: Record<string, string>, dotenv: Record<string, string> = {}) => {
    const { hubCache, houqaCache } = read(variables, dotenv);
    return [hubCache, houqaCache];
  };
  assert.deepEqual(caches({}), ["/home/me/.cache/huggingface/hub", "/home/me/.cache/houqa"]);
  assert.deepEqual(caches({ XDG_CACHE_HOME: "/x" }), ["/x/huggingface/hub", "/x/houqa"]);
  assert.deepEqual(caches({ HF_HOME: "/hf", HF_HUB_CACHE: "" }), [
    "/hf/hub",
    "/home/me/.cache/houqa",
  ]);
  assert.deepEqual(caches({ HF_HOME: "/hf", HF_HUB_CACHE: "~/hub", HOUQA_CACHE: "/c" }), [
    "/home/me/hub",
    "/c",
  ]);
  assert.deepEqual(caches({ HF_HOME: "/env" }, { HF_HOME: "/dotenv", HOUQA_CACHE: "/c" }), [
    "/env/hub",
    "/c",
  ]);
  assert.equal(read({ HOUQA_CACHE: "cache" }).houqaCache, join(Deno.cwd(), "cache"));
  const homeless = { HOME: "", HF_HOME: "/hf", HOUQA_CACHE: "/c" };
  assert.deepEqual(caches(homeless), ["/hf/hub", "/c"]);
});

Deno.test("without HOME only a cache that is used has to be named", () => {
  const missing = /HOME is not set; set HF_HOME and HOUQA_CACHE/;
  const ours = read({ HOME: "", HOUQA_CACHE: "/c" });
  assert.equal(ours.houqaCache, "/c");
  assert.throws(() => ours.hubCache, missing);
  const theirs = read({ HOME: "", HF_HOME: "/hf" });
  assert.equal(theirs.hubCache, "/hf/hub");
  assert.throws(() => theirs.houqaCache, missing);
});

Deno.test("offline and the address are read and checked", () => {
  assert.equal(read({}).offline, false);
  assert.equal(read({ HF_HUB_OFFLINE: "1" }).offline, true);
  assert.equal(read({}, { HF_HUB_OFFLINE: "YES" }).offline, true);
  assert.throws(() => read({ HF_HUB_OFFLINE: "maybe" }), /HF_HUB_OFFLINE is "maybe"/);
  for (const endpoint of ["huggingface.co", "file:///models", "localhost:80"]) {
    assert.throws(() => read({}, {}, endpoint), /HF_ENDPOINT is ".*no http or https address/);
  }
});

Deno.test("the token comes from the environment, .env or the file of `hf auth login`", async () => {
  const home = await Deno.makeTempDir();
  const variables = { HF_HOME: home };
  assert.equal(read(variables).token(), undefined);
  await Deno.writeTextFile(join(home, "token"), "hf_file\n");
  assert.equal(read(variables).token(), "hf_file");
  assert.equal(read(variables, { HF_TOKEN: "hf_dotenv" }).token(), "hf_dotenv");
  const both = read({ ...variables, HF_TOKEN: "hf_env" }, { HF_TOKEN: "hf_dotenv" });
  assert.equal(both.token(), "hf_env");
  assert.ok(!Deno.inspect(both).includes("hf_env"));
  assert.throws(() => read({ HF_TOKEN: "hf_a b" }).token(), (error: Error) => {
    assert.match(error.message, /holds characters that no token has/);
    return !error.message.includes("hf_a");
  });
  await Deno.remove(home, { recursive: true });
});
