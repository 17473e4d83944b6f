/**
 * The smoke tasks work under their own lists, and without any one entry of them they refuse with a
 * sentence that names the flag. Entries whose absence can't be seen here stand in tables, with why.
 */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, ROOT, runTask, type SpawnOptions } from "../src/cli/spawn_task.ts";
import { libcPath } from "../src/device/open_libc.ts";
import { startOllamaDouble } from "../src/llm/ollama_double.ts";
import { entriesOf, type Entry, withoutEntry } from "./each_entry_double.ts";

/** The folder that Deno keeps packages in: DENO_DIR or its default. */
const DENO_FOLDER = fileURLToPath(import.meta.resolve("onnxruntime-node")).split("/npm/")[0]!;

function assertRefused({ code, stdout, stderr }: Ended, { flag, value }: Entry, what: string) {
  assert.ok(code === 2 || code === 3, `${what}: ended with ${code}: ${stderr}`);
  assert.ok(stderr.includes(flag), `${what}: ${stderr}`);
  if (value !== undefined && !value.includes("$")) {
    assert.ok(stderr.includes(value), `${what}: ${stderr}`);
  }
  assert.match(stderr, /^houqa: .*[.:]$/m, what);
  assert.ok(!/\n\s+at /.test(stdout + stderr), `${what}: ${stderr}`);
  assert.ok(!/Allow\?|\[y\/n/.test(stdout + stderr), `${what}: ${stderr}`);
}

/** Runs the checks of all entries, two at a time. */
async function eachRefuses(
  entries: readonly Entry[],
  run: (entry: Entry) => Promise<Ended>,
): Promise<void> {
  const rest = [...entries];
  const worker = async () => {
    for (let entry = rest.shift(); entry !== undefined; entry = rest.shift()) {
      assertRefused(await run(entry), entry, `without ${entry.flag}=${entry.value}`);
    }
  };
  await Promise.all([worker(), worker()]);
}

/** A folder with the demo's files, as the repository has them. */
async function withDemo(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  try {
    for (const part of ["", "model", "lora"]) {
      const path = join("datasets", "demo", part);
      await Deno.mkdir(join(folder, path), { recursive: true });
      for await (const { name, isFile } of Deno.readDir(join(ROOT, path))) {
        if (isFile) await Deno.copyFile(join(ROOT, path, name), join(folder, path, name));
      }
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Not to be seen by its absence, and why it stands there all the same. */
const UNSEEN: Readonly<Record<string, string>> = {
  HOUQA_DEBUG: "looked at after a failure, and only where it may be",
  TERM: "looked at on a terminal, and only where it may be",
  CLICOLOR_FORCE: "looked at where help is shown",
  USERPROFILE: "Windows: HOME's name there",
  HF_TOKEN: "looked at when something is fetched",
  XDG_RUNTIME_DIR: "looked at by WebGPU's adapter search",
};

Deno.test("smoke:ollama: every entry of its lists is needed", () =>
  withDemo(async (folder) => {
    await using double = await startOllamaDouble();
    const { port } = new URL(double.url);
    // By variables: one that an option overrules is not looked at.
    const env = { LLM_MODEL: "double", OLLAMA_HOST: double.url };
    const options = { cwd: folder, ollamaPort: Number(port), env };
    const whole = await runTask("smoke:ollama", [], options);
    assert.equal(whole.code, 0, whole.stderr);
    assert.equal(double.chats.length, 1);
    const seen = entriesOf("smoke:ollama").filter(({ value }) => !(value! in UNSEEN));
    await eachRefuses(seen, async (entry) => {
      const [host] = entry.flag === "--allow-net" ? entry.value!.split(":") : ["127.0.0.1"];
      const ended = await runTask("smoke:ollama", [], {
        ...options,
        env: { ...env, OLLAMA_HOST: `http://${host}:${port}` },
        edit: withoutEntry(entry),
      });
      // The list names Ollama's own port, which the test has replaced.
      return { ...ended, stderr: ended.stderr.replaceAll(`:${port}`, ":11434") };
    });
    assert.equal(double.chats.length, 1);
  }));

/** Variables by which Deno looks for its packages where an entry allows it. */
const PACKAGES: Readonly<Record<string, Record<string, string> | undefined>> = {
  "$DENO_DIR/npm": { DENO_DIR: DENO_FOLDER },
  "$XDG_CACHE_HOME/deno/npm": basename(DENO_FOLDER) === "deno"
    ? { DENO_DIR: "", XDG_CACHE_HOME: dirname(DENO_FOLDER), HOUQA_CACHE: "results/cache" }
    : undefined,
  "$HOME/.cache/deno/npm": DENO_FOLDER.endsWith("/.cache/deno")
    ? { DENO_DIR: "", HOME: dirname(dirname(DENO_FOLDER)), HOUQA_CACHE: "results/cache" }
    : undefined,
};

/** The hub's cache and the variables that say where it is. */
const HUB_ENTRIES = new Set(["$HOME/.cache/huggingface", "HF_HOME", "HF_HUB_CACHE"]);

/** Places of libraries on other machines than this one. */
const ELSEWHERE = /^(?:\$LOCALAPPDATA|\$HOME\/Library)\/|\/libcuda\.so\.1$|\/libc\.so\.6$/;

Deno.test({
  name: "smoke:hf: every entry of its lists is needed",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withDemo(async (folder) => {
      // A home of its own, with caches of its own.
      const home = join(folder, "home");
      await Deno.mkdir(join(home, ".cache", "houqa", "runtime"), { recursive: true });
      const args = [
        ...["--data", "datasets/demo/questions.json", "--context", "gold", "--no-few-shot"],
      ];
      const run = (name: string, env: Record<string, string>, edit?: SpawnOptions["edit"]) =>
        runTask("smoke:hf", args, {
          cwd: folder,
          env: { HOME: home, HF_MODEL_NAME: name, HF_DEVICE: "cpu", ...env },
          edit,
        });
      const whole = await run("datasets/demo/model", { DENO_DIR: DENO_FOLDER });
      assert.equal(whole.code, 0, whole.stderr);

      const isHere = ({ value }: Entry) =>
        value === undefined
          ? true
          : value in PACKAGES
          ? PACKAGES[value] !== undefined
          : value === libcPath() || !(value in UNSEEN || ELSEWHERE.test(value));
      await eachRefuses(entriesOf("smoke:hf").filter(isHere), (entry) => {
        // What only a model of the hub takes.
        const isHub = entry.flag === "--allow-net" || HUB_ENTRIES.has(entry.value ?? "");
        const place = PACKAGES[entry.value ?? ""] ?? { DENO_DIR: DENO_FOLDER };
        const name = isHub ? "houqa/none" : "datasets/demo/model";
        return run(name, place, withoutEntry(entry));
      });
    }),
});

Deno.test("smoke:binary asks the binary that deno task compile writes, with its own lists", async () => {
  const { default: denoJson } = await import("../deno.json", { with: { type: "json" } });
  const { command } = denoJson.tasks["smoke:binary"];
  assert.ok(command.startsWith("dist/houqa eval "), command);
  assert.ok(!command.includes("--allow-"), command);
  assert.equal(dirname(command.split(" ")[0]!), "dist");
});
