/**
 * The forms that are handed over, built for real: what works from the sources works in each of them
 * and gives the same. Needs a denort and the Deno of its version (DENORT_BIN, DENO_242).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hashFile } from "../../src/device/hash_file.ts";
import { startOllamaDouble } from "../../src/llm/ollama_double.ts";
import {
  buildForms,
  type CalledForm,
  callProgram,
  callSources,
  copyDemo,
  withoutTimes,
} from "./compiled_forms_double.ts";
import { cutLibraryIsNoticed } from "./cut_library_double.ts";
import { canEnterRoots, copyLibraries, makeEmptyRoot, spawnInRoot } from "./empty_root_double.ts";
import { eachFormRefuses } from "./refusing_forms_double.ts";
import { filesBelow } from "./write_checksums.ts";

const DENORT = Deno.env.get("DENORT_BIN");
const DENO = Deno.env.get("DENO_242");

const MOST_BINARY_BYTES = 95e6;
const MOST_SCRIPT_BYTES = 75e6;
/** WebAssembly is ten times slower. */
const QUESTIONS = { cpu: 30, wasm: 12 } as const;

/** A new file `results/<device>.json` by the demo's model and adapter on a device. */
const evalWords = (device: keyof typeof QUESTIONS) => [
  ...[
    "eval",
    "--llm-backend",
    "hf",
    "--hf-model-name",
    "demo/model",
    "--hf-lora-path",
    "demo/lora",
  ],
  ...["--data", "demo/questions.json", "--context", "gold", "--no-few-shot", "--quiet"],
  ...["--samples", String(QUESTIONS[device]), "--hf-device", device],
  ...["--output", `results/${device}.json`],
];

async function runWell(form: CalledForm, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await form.run(words);
  assert.equal(code, 0, `${form.name} ${words.join(" ")}: ${stderr}`);
  return stdout;
}

const readIn = ({ folder }: CalledForm, path: string) => Deno.readTextFile(join(folder, path));

/** Digests of an exported folder's files; `undefined` where a file holds the time. */
async function digestsBelow(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const path of (await filesBelow(folder)).sort()) {
    digests[path] = path.endsWith(".json")
      ? withoutTimes(await Deno.readTextFile(join(folder, path)))
      : await hashFile(join(folder, path));
  }
  return digests;
}

Deno.test({
  name: "compiled forms: the same as from the sources (needs DENORT_BIN and DENO_242)",
  ignore: !DENORT || !DENO || Deno.build.os !== "linux",
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
    try {
      const built = await buildForms(join(folder, "dist"), DENO!, DENORT!);
      const sources = await callSources(join(folder, "from sources"));
      const binary = await callProgram("binary", built.binary, join(folder, "from binary"));
      const script = await callProgram("houqa.run", built.script, join(folder, "from script"), {
        HOUQA_HOME: join(folder, "unpacked"),
        PATH: "/usr/bin:/bin",
      });
      const forms = [binary, script];

      await t.step("sizes and checksums", async () => {
        assert.ok((await Deno.stat(built.binary)).size <= MOST_BINARY_BYTES);
        assert.ok((await Deno.stat(built.script)).size <= MOST_SCRIPT_BYTES);
        const sums = (await Deno.readTextFile(join(built.out, "SHA256SUMS"))).trimEnd().split("\n");
        assert.ok(sums.length >= 6);
        for (const line of sums) {
          const [sum, path] = line.split("  ");
          assert.equal(await hashFile(join(built.out, path!)), sum, path!);
        }
      });

      await t.step("built again, the same bytes", async () => {
        const again = await buildForms(join(folder, "again"), DENO!, DENORT!, "binary");
        assert.equal(await hashFile(again.binary), await hashFile(built.binary));
      });

      await t.step("version, and what it was built from", async () => {
        // Both starts unpack, or wait for none.
        const both = await Promise.all([1, 2].map(() => script.run(["--version", "--verbose"])));
        for (const { code, stdout, stderr } of both) {
          assert.equal(code, 0, stderr);
          assert.match(stdout, /^Form: {11}houqa\.run/m);
        }
        const text = await runWell(binary, ["--version", "--verbose"]);
        assert.match(text, /^Form: {11}one binary/m);
        assert.match(text, /^Runs on: {8}Deno 2\.4\.2,/m);
        assert.ok(text.includes(`Bundled by:     Deno ${Deno.version.deno}`));
        assert.match(text, /^deno\.lock: {6}sha256 [0-9a-f]{64}$/m);
      });

      await t.step("help", async () => {
        for (const form of forms) {
          const text = await runWell(form, ["--help"]);
          assert.match(text, /^Usage: houqa/);
          assert.match(text, /^ {2}eval /m);
        }
      });

      for (const device of ["cpu", "wasm"] as const) {
        await t.step(`the same result file, byte for byte: ${device}`, async () => {
          await runWell(sources, evalWords(device));
          const expected = withoutTimes(await readIn(sources, `results/${device}.json`));
          assert.match(expected, /"correct_count": [1-9]/);
          for (const form of forms) {
            await runWell(form, evalWords(device));
            const found = withoutTimes(await readIn(form, `results/${device}.json`));
            assert.equal(found, expected, form.name);
          }
        });
      }

      await t.step("the same export with an adapter, in threads, verified", async () => {
        const words = ["export", "demo/model", "--lora", "demo/lora", "--dtype", "q8", "--verify"];
        for (const form of [sources, ...forms]) {
          const text = await runWell(form, [...words, "--output", "models/exported"]);
          assert.match(text, /^Letters agree: {2}(\d)\/\1$/m, form.name);
        }
        const expected = await digestsBelow(join(sources.folder, "models", "exported"));
        assert.ok("onnx/model_quantized.onnx_data" in expected);
        for (const { folder } of forms) {
          assert.deepEqual(await digestsBelow(join(folder, "models", "exported")), expected);
        }
      });

      await t.step("the same index and searches", async () => {
        const reports: unknown[] = [];
        for (const form of [sources, ...forms]) {
          await runWell(form, ["laws", "build", "--in", "demo/laws", "--out", "data/index"]);
          const report = JSON.parse(
            await runWell(form, [
              ...["retrieve", "--data", "demo/questions.json", "--index", "data/index"],
              ...["--samples", "20", "--json"],
            ]),
            (key, value) => /seconds|_ms|Ms$/.test(key) ? undefined : value,
          );
          // Deno 2.4 has another V8, with other last digits of exp and log.
          await runWell(form, [
            ...[...evalWords("cpu").slice(0, -2), "--output", "results/retrieved.json"],
            ...["--context", "retrieved", "--index", "data/index"],
          ]);
          const result = withoutTimes(await readIn(form, "results/retrieved.json"));
          assert.match(result, /"score": \d+\.\d+/);
          reports.push([report, result]);
        }
        const [expected, ...others] = reports;
        for (const one of others) assert.deepEqual(one, expected);
      });

      await t.step("doctor: both runtimes of the processor start", async () => {
        for (const form of forms) {
          const text = await runWell(form, ["doctor"]);
          assert.match(text, /^ok +Device cpu +starts$/m, form.name);
          assert.match(text, /^ok +Device wasm +starts$/m, form.name);
        }
        assert.match(await runWell(binary, ["doctor"]), /Device webgpu .*does not start/);
      });

      await t.step("messages name the form's own commands", async () => {
        for (
          const [form, command] of [[binary, "houqa"], [script, `sh '${built.script}'`]] as const
        ) {
          const { code, stderr } = await form.run(["eval", "--dry-run"]);
          assert.equal(code, 2, stderr);
          assert.ok(stderr.includes(`Get it with \`${command} dataset fetch\``), stderr);
        }
      });

      await t.step("results that is a link to another disk", async () => {
        for (const { folder: own, name } of forms) {
          await Deno.mkdir(join(own, "disk"));
          await Deno.mkdir(join(own, "linked"));
          await Deno.symlink("../disk", join(own, "linked", "results"));
          const form = name === "binary"
            ? await callProgram(name, built.binary, join(own, "linked"))
            : await callProgram(name, built.script, join(own, "linked"), {
              HOUQA_HOME: join(folder, "unpacked"),
              PATH: "/usr/bin:/bin",
            });
          for (const more of [[], ["--overwrite"]]) {
            await runWell(form, [
              ...[
                "eval",
                "--baseline",
                "longest",
                "--data",
                "demo/questions.json",
                "--samples",
                "3",
              ],
              ...["--context", "gold", "--quiet", "--output", "results/a.json", ...more],
            ]);
            await runWell(form, ["report", "results/a.json"]);
          }
          await Deno.stat(join(own, "disk", "reports", "report.html"));
        }
      });

      await t.step("doctor: a binary without its runtime is a problem", async () => {
        const alone = join(folder, "alone");
        await Deno.mkdir(alone);
        await Deno.copyFile(built.binary, join(alone, "houqa"));
        const bare = await callProgram("binary", join(alone, "houqa"), join(folder, "from alone"));
        const { code, stdout } = await bare.run(["doctor"]);
        assert.equal(code, 1, stdout);
        assert.match(stdout, /^problem +Device cpu +does not start: .* is missing:/m);
        assert.match(stdout, /^problem +Device wasm +does not start: .* is missing:/m);
        assert.match(stdout, /-> Put houqa and what came with it in place again/);
      });

      await t.step("another Ollama: houqa.run asks it, the binary says how", async () => {
        await using double = await startOllamaDouble({ reply: () => "a" });
        const words = [
          ...["eval", "--data", "demo/questions.json", "--context", "gold", "--samples", "3"],
          ...["--llm-model", "double", "--no-structured", "--output", "results/ollama.json"],
        ];
        const asked = await script.run(words, { OLLAMA_HOST: double.url });
        assert.equal(asked.code, 0, asked.stderr);
        assert.equal(double.chats.length, 3);
        const refused = await binary.run(words, { OLLAMA_HOST: double.url });
        assert.equal(refused.code, 2);
        const address = new URL(double.url).host;
        assert.ok(
          refused.stderr.includes(`houqa.run --allow-net=${address} eval`),
          refused.stderr,
        );
      });

      await t.step(
        "the binary writes, loads and asks where its lists say, and nowhere else",
        () => staysInItsLists(binary, join(folder, "outside")),
      );

      await t.step("each form without one of its entries refuses", async () => {
        await eachFormRefuses({ built, script, binary, deno: DENO!, denort: DENORT! });
      });

      await t.step(
        "a cut library: the binary says so, houqa.run puts it in its place again",
        () => cutLibraryIsNoticed(built, script, folder, evalWords("cpu")),
      );

      await t.step({
        name: "in an empty root without network, killed and resumed",
        ignore: !await canEnterRoots(),
        fn: () => inEmptyRoot(join(folder, "root"), built.binary, sources),
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** It runs in a folder of its own, which is not the one that it was compiled in. */
async function staysInItsLists(binary: CalledForm, outside: string): Promise<void> {
  const words = [...evalWords("cpu").slice(0, -2), "--overwrite"];
  const refused = await binary.run([...words, "--output", join(outside, "r.json")]);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /^houqa: The compiled houqa has no permission to write .*outside/);
  assert.match(refused.stderr, /^ {2}.*\/houqa'? '?--allow-write=.*outside'? eval /m);
  assert.ok(!/\n\s+at /.test(refused.stderr), refused.stderr);
  await assert.rejects(Deno.stat(outside), Deno.errors.NotFound);

  const allowed = await binary.run([
    ...[`--allow-write=${outside}`, ...words, "--output", join(outside, "r.json")],
  ]);
  assert.equal(allowed.code, 0, allowed.stderr);
  await Deno.stat(join(outside, "r.json"));

  // Another command has other lists: this one may not write below results.
  const other = await binary.run(["laws", "build", "--in", "demo/laws", "--out", "results/index"]);
  assert.equal(other.code, 2, other.stderr);
  assert.match(other.stderr, /no permission to write .*results/);

  const host = await binary.run(["--allow-net=gpu:11434", "eval"]);
  assert.equal(host.code, 2);
  assert.match(host.stderr, /--allow-net=gpu:11434 can't be added .*houqa\.run takes it/);
}

async function inEmptyRoot(root: string, binary: string, sources: CalledForm): Promise<void> {
  await makeEmptyRoot(root, binary);
  await copyDemo(root);
  const journal = join(root, "results", "wasm.json.journal.jsonl");
  const words = ["/opt/houqa", ...evalWords("wasm")];

  const killed = spawnInRoot(root, words);
  const output = killed.output();
  while (
    (await Deno.readTextFile(journal).catch(() => "")).split('"type":"result"').length < 5 &&
    await Promise.race([output.then(() => false), pause(5).then(() => true)])
  );
  await Promise.race([output.then(failEarly), pause(5)]);
  killed.kill("SIGKILL");
  await output;
  await Deno.stat(journal);

  const { code, stderr } = await spawnInRoot(root, words).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const result = JSON.parse(await Deno.readTextFile(join(root, "results", "wasm.json")));
  assert.equal(result.provenance.sittings, 2);
  const expected = JSON.parse(await readIn(sources, "results/wasm.json"));
  const answers = (file: typeof result) => withoutTimes(JSON.stringify(file.results, null, 2));
  assert.equal(answers(result), answers(expected));

  // ONNX Runtime is C++: the native one needs that library too.
  const without = await spawnInRoot(root, ["/opt/houqa", "doctor"]).output();
  const report = new TextDecoder().decode(without.stdout);
  assert.equal(without.code, 1, report);
  assert.match(report, /^problem +Device cpu +does not start: .*libstdc\+\+\.so\.6/m);
  assert.match(report, /-> Install libstdc\+\+\.so\.6 /);
  await copyLibraries(join(root, "opt", "runtime", "libonnxruntime.so.1"), root);
  const native = await spawnInRoot(root, ["/opt/houqa", ...evalWords("cpu")]).output();
  assert.equal(native.code, 0, new TextDecoder().decode(native.stderr));
  const found = await Deno.readTextFile(join(root, "results", "cpu.json"));
  assert.equal(withoutTimes(found), withoutTimes(await readIn(sources, "results/cpu.json")));
}

function failEarly({ stderr }: Deno.CommandOutput): never {
  throw new Error(`It ended before it could be killed: ${new TextDecoder().decode(stderr)}`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
