import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withExport } from "../hub/export_cache.ts";
import { hashOutputs } from "../onnx/output_digests.ts";

const MODULES = {
  cache: new URL("./cache.ts", import.meta.url).href,
  explain: new URL("./explain_error.ts", import.meta.url).href,
};

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Two caches with two exports and one model, and a way to run `houqa cache …` on them. */
async function withCaches(
  action: (run: (...args: string[]) => Promise<Run>, folders: {
    readonly exports: readonly [used: string, unused: string];
    readonly houqaCache: string;
  }) => Promise<void>,
  permissions = (houqaCache: string, hubCache: string) => [
    `--allow-read=${houqaCache},${hubCache},.env`,
    `--allow-write=${houqaCache}`,
  ],
): Promise<void> {
  const root = await Deno.makeTempDir();
  const houqaCache = join(root, "houqa");
  const hubCache = join(root, "hub");
  try {
    const folders: string[] = [];
    for (const [dtype, size] of [["q4", 2_000_000], ["q8", 4_000_000]] as const) {
      const held = await withExport(
        {
          name: "Qwen/Qwen3-8B",
          files: { "model.safetensors": "a".repeat(64) },
          adapter: dtype === "q8"
            ? { name: "runs/direct", files: { "adapter_model.safetensors": "b".repeat(64) } }
            : undefined,
          dtype,
          exporterVersion: "1",
        },
        (folder) => writeExport(folder, size, dtype),
        { environment: { houqaCache } },
      );
      held.release();
      folders.push(held.folder);
    }
    const [used, unused] = folders as [string, string];
    const longAgo = new Date("2020-01-02T03:04:05Z");
    await Deno.utime(join(unused, "cache_key.json"), longAgo, longAgo);
    await Deno.mkdir(join(hubCache, "models--Org--Name/blobs"), { recursive: true });
    await Deno.writeFile(join(hubCache, "models--Org--Name/blobs/x"), new Uint8Array(3_000_000));

    const script = join(root, "main.ts");
    await Deno.writeTextFile(
      script,
      `import { Command } from "commander";
      import { registerCache } from ${JSON.stringify(MODULES.cache)};
      import { explainError } from ${JSON.stringify(MODULES.explain)};
      const program = new Command("houqa").exitOverride();
      registerCache(program, { words: Deno.args, exit: (code) => Deno.exitCode = code });
      await program.parseAsync(Deno.args, { from: "user" }).catch((error) => {
        const { exitCode, message } = explainError(error);
        console.error(message);
        Deno.exitCode = exitCode;
      });`,
    );
    const run = async (...args: string[]): Promise<Run> => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
          "--allow-env=HF_HOME,HF_HUB_CACHE,HF_HUB_OFFLINE,HF_ENDPOINT,HOUQA_CACHE,XDG_CACHE_HOME,HOME",
          ...permissions(houqaCache, hubCache),
          script,
          "cache",
          ...args,
        ],
        cwd: root,
        env: { HOUQA_CACHE: houqaCache, HF_HUB_CACHE: hubCache },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
      return { code, stdout: out!, stderr: err! };
    };
    await action(run, { exports: [used, unused], houqaCache });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What there is of an export that can be verified. */
async function writeExport(folder: string, size: number, dtype: string): Promise<void> {
  await Deno.writeFile(join(folder, "weights"), new Uint8Array(size));
  const report = {
    exporter_version: 1,
    dtype,
    base: { folder: "m", files: {} },
    outputs: await hashOutputs(folder, ["weights"]),
  };
  await Deno.writeTextFile(join(folder, "export.json"), JSON.stringify(report));
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("cache list shows exports and Hugging Face models, for people and as JSON", () =>
  withCaches(async (run, { exports: [used, unused] }) => {
    const { code, stdout, stderr } = await run("list");
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\n");
    assert.match(lines[1]!, /^name +dtype +adapter +size +last used +path$/);
    assert.match(lines[2]!, /^Qwen\/Qwen3-8B +q4 +- +0\.002 GB +20\d\d-\d\d-\d\d +\//);
    assert.match(lines[3]!, /^Qwen\/Qwen3-8B +q8 +runs\/direct +0\.004 GB +2020-01-02 +\//);
    assert.ok(lines[2]!.endsWith(used) && lines[3]!.endsWith(unused));
    assert.equal(lines[4], "2 models, 0.006 GB");
    assert.match(
      stdout,
      /never removed by houqa\)\nname .*\nOrg\/Name +0\.003 GB .*\n1 model, 0\.003/,
    );

    const json = JSON.parse((await run("list", "--json")).stdout);
    assert.equal(json.exports[1].path, unused);
    assert.equal(json.exports[1].adapter, "runs/direct");
    assert.equal(json.exports[1].last_used_at, "2020-01-02T03:04:05.000Z");
    assert.equal(json.hub_models[0].size_bytes, 3_000_000);
  }));

Deno.test("cache prune removes what it is told, and says how much that was", () =>
  withCaches(async (run, { exports: [used, unused], houqaCache }) => {
    const dry = await run("prune", "--older-than", "30", "--dry-run");
    assert.equal(dry.code, 0, dry.stderr);
    assert.ok(dry.stdout.startsWith(`would remove ${unused} (0.004 GB, last used 2020-01-02)`));
    assert.match(dry.stdout, /0\.004 GB would be freed$/);
    assert.ok(await isThere(unused));

    const bySize = await run("prune", "--max-size", "0.0035");
    assert.match(bySize.stdout, /^removed .*-q8-.*\n0\.004 GB freed$/);
    assert.deepEqual([await isThere(used), await isThere(unused)], [true, false]);

    await Deno.mkdir(join(houqaCache, "exports/.tmp-0123456789abcdef-dead"));
    await Deno.writeFile(
      join(houqaCache, "exports/.tmp-0123456789abcdef-dead/x"),
      new Uint8Array(1_000_000),
    );
    const all = await run("prune", "--all");
    assert.match(
      all.stdout,
      /^removed .*-q4-.*\nremoved what interrupted .*0\.001 GB\)\n0\.003 GB/,
    );
    assert.match((await run("list")).stdout, /\n0 models, 0\.000 GB\n/);
  }));

Deno.test("cache list --verify finds a flipped bit and says what to remove, and prune removes just that", () =>
  withCaches(async (run, { exports: [used, unused] }) => {
    const whole = await run("list", "--verify");
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(whole.stdout, /\nVerified: 2 as written, 0 damaged, 0 without digests$/);

    using file = await Deno.open(join(unused, "weights"), { write: true });
    await file.seek(1_234_567, Deno.SeekMode.Start);
    await file.write(Uint8Array.of(64));
    assert.equal((await run("list")).code, 0);
    const found = await run("list", "--verify");
    assert.equal(found.code, 1, found.stderr);
    const [summary, ...lines] = found.stdout.split("\n").slice(-4);
    assert.equal(summary, "Verified: 1 as written, 1 damaged, 0 without digests");
    assert.equal(lines[0], `Damaged: ${unused}`);
    assert.match(
      lines[1]!,
      /^ {2}weights is not what was written \(SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}\)$/,
    );
    assert.ok(lines[2]!.endsWith(`makes it again: houqa cache prune ${unused}`), found.stdout);
    const json = JSON.parse((await run("list", "--verify", "--json")).stdout);
    assert.deepEqual(json.exports[0].damage, []);
    assert.match(json.exports[1].damage[0], /^weights is not what was written/);

    const pruned = await run("prune", unused);
    assert.equal(pruned.code, 0, pruned.stderr);
    assert.match(pruned.stdout, /^removed .*-q8-.*\n0\.004 GB freed$/);
    assert.deepEqual([await isThere(used), await isThere(unused)], [true, false]);
    assert.equal((await run("list", "--verify")).code, 0);

    // What an older version made has nothing to compare with: no finding.
    const report = JSON.parse(await Deno.readTextFile(join(used, "export.json")));
    delete report.outputs;
    await Deno.writeTextFile(join(used, "export.json"), JSON.stringify(report));
    const old = await run("list", "--verify");
    assert.equal(old.code, 0);
    assert.match(old.stdout, /0 damaged, 1 without digests\nWithout digests: .*-q4-/);
    await Deno.remove(join(used, "weights"));
    await Deno.writeTextFile(join(used, "export.json"), "{");
    const broken = await run("list", "--verify");
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /\n {2}export\.json is damaged\n/);
  }));

Deno.test("cache prune without or with a wrong wish is refused", () =>
  withCaches(async (run) => {
    const cases = [
      [["prune"], /Give --older-than <days>, --max-size <GB> or --all/],
      [["prune", "--dry-run"], /Nothing says what to remove/],
      [["prune", "--older-than", "soon"], /--older-than is "soon", but must be a number/],
      [["prune", "--max-size=-1"], /--max-size is "-1"/],
      [["prune", "weights"], /weights is no exported model in .*exports\. See `houqa cache list`/],
    ] as const;
    for (const [args, expected] of cases) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 2);
      assert.match(stderr, expected);
    }
  }));

Deno.test("without permission to write, cache prune names the command that has it", () =>
  withCaches(
    async (run, { houqaCache, exports: [used] }) => {
      const { code, stderr } = await run("prune", "--all");
      assert.equal(code, 2);
      assert.match(stderr, /no permission to write/);
      assert.ok(stderr.includes(`,${houqaCache} `), stderr);
      assert.ok(await isThere(used));
    },
    () => ["--allow-read"],
  ));
