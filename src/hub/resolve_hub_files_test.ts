import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import { UsageError } from "../settings/usage_error.ts";
import type { DownloadProgress } from "./download_snapshot.ts";
import { cutAfter, DOUBLE_COMMIT, etagOf, HubDouble, type HubDoubleRepo } from "./hub_double.ts";
import { resolveAdapter } from "./resolve_adapter.ts";
import { resolveModel, type ResolveModelOptions } from "./resolve_model.ts";

const WEIGHTS = "the weights of a model ".repeat(2000);
const SMALL = {
  "config.json": '{"model_type":"qwen3"}',
  "generation_config.json": '{"eos_token_id":[1,2]}',
  "tokenizer.json": "{}",
  "tokenizer_config.json": '{"chat_template":"{{ messages }}"}',
};
const MODEL: HubDoubleRepo = {
  files: {
    ...SMALL,
    "model.safetensors": WEIGHTS,
    "README.md": "# not needed",
    "original/model.safetensors": "not needed either",
  },
};

interface Scene {
  readonly hub: HubDouble;
  readonly environment: HubEnvironment;
  /** Folder of Org/Name in the cache. */
  readonly folder: string;
  readonly model: (
    name?: string,
    options?: Partial<ResolveModelOptions>,
  ) => ReturnType<typeof resolveModel>;
  /** Requests since the last call, without those for the list of files. */
  readonly downloads: () => string[];
}

/** A hub, an empty cache and someone who wants a model. */
async function withHub(
  repo: HubDoubleRepo,
  action: (scene: Scene) => Promise<void>,
  changes: Partial<HubEnvironment> = {},
): Promise<void> {
  const hub = new HubDouble({ "Org/Name": repo });
  const hubCache = await Deno.makeTempDir();
  const environment: HubEnvironment = {
    endpoint: hub.endpoint,
    hubCache,
    houqaCache: hubCache,
    offline: false,
    token: () => undefined,
    ...changes,
  };
  const plain = { hasAdapter: false, environment, retryMs: 1, silenceMs: 5000 };
  try {
    await action({
      hub,
      environment,
      folder: join(hubCache, "models--Org--Name"),
      model: (name = "Org/Name", options = {}) => resolveModel(name, { ...plain, ...options }),
      downloads: () =>
        hub.requests.splice(0).filter(({ path }) => !path.startsWith("/api/"))
          .map(({ host, path, range }) =>
            `${host} ${path.split("/").slice(5).join("/")}${range === null ? "" : ` ${range}`}`
          ),
    });
  } finally {
    await hub.close();
    await Deno.remove(hubCache, { recursive: true });
  }
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const failure = await promise.then(() => undefined, (error: Error) => error);
  assert.ok(failure !== undefined, "must fail");
  return failure;
}

const status = (status: number, headers: Record<string, string> = {}) => () =>
  new Response("no", { status, headers });

Deno.test("a model is downloaded into Python's layout, and then found without the network", () =>
  withHub(MODEL, async ({ hub, environment, folder, model, downloads }) => {
    const progress: DownloadProgress[] = [];
    const found = await model(undefined, { onProgress: (step) => progress.push(step) });
    const snapshot = join(folder, "snapshots", DOUBLE_COMMIT);
    assert.deepEqual(found, {
      kind: "safetensors",
      folder: snapshot,
      name: "Org/Name",
      revision: DOUBLE_COMMIT,
      source: "download",
    });
    const names = [...Object.keys(SMALL), "model.safetensors"];
    for (const name of names) {
      const content = MODEL.files[name]!;
      assert.equal(await Deno.readTextFile(join(snapshot, name)), content);
      assert.equal(
        await Deno.readLink(join(snapshot, name)),
        `../../blobs/${etagOf(name, content)}`,
      );
    }
    const present = (await Array.fromAsync(Deno.readDir(snapshot))).map(({ name }) => name);
    assert.deepEqual(present.sort(), names.sort());
    assert.equal(await Deno.readTextFile(join(folder, "refs/main")), DOUBLE_COMMIT);
    assert.ok((await Deno.stat(join(folder, ".no_exist", DOUBLE_COMMIT, "merges.txt"))).isFile);
    assert.deepEqual(downloads().slice(-2), ["hub model.safetensors", "cdn model.safetensors"]);

    const { doneBytes, totalBytes, bytesPerSecond, etaSeconds } = progress.at(-1)!;
    assert.equal(totalBytes, names.reduce((sum, name) => sum + MODEL.files[name]!.length, 0));
    assert.equal(doneBytes, totalBytes);
    assert.ok(bytesPerSecond! > 0);
    assert.equal(etaSeconds, 0);

    assert.deepEqual(await model(), { ...found, source: "hub-cache" });
    const offline = { environment: { ...environment, offline: true } };
    assert.deepEqual(await model(undefined, offline), { ...found, source: "hub-cache" });
    assert.equal(hub.requests.length, 0);
  }));

Deno.test("connections that break off are taken up: no byte is asked for twice", () =>
  withHub(MODEL, async ({ hub, folder, model, downloads }) => {
    for (let cut = 0; cut < 8; cut++) {
      hub.faults.push({ ending: "model.safetensors", fault: () => undefined }, {
        ending: "model.safetensors",
        fault: cutAfter(WEIGHTS, 5000),
      });
    }
    const { folder: snapshot } = await model();
    assert.equal(await Deno.readTextFile(join(snapshot, "model.safetensors")), WEIGHTS);
    const ranges = downloads().filter((line) => line.startsWith("cdn"));
    assert.deepEqual(ranges, [
      "cdn model.safetensors",
      ...Array.from({ length: 8 }, (_, n) => `cdn model.safetensors bytes=${5000 * (n + 1)}-`),
    ]);
    const blobs = (await Array.fromAsync(Deno.readDir(join(folder, "blobs")))).map((e) => e.name);
    assert.ok(!blobs.some((name) => name.endsWith(".incomplete")));
  }));

Deno.test("a download that was stopped goes on in the next run", () =>
  withHub(MODEL, async ({ hub, folder, model, downloads }) => {
    const controller = new AbortController();
    const stopped = failureOf(model(undefined, {
      signal: controller.signal,
      onProgress({ path, doneBytes }) {
        if (path === "model.safetensors" && doneBytes >= 4096) {
          controller.abort(new Error("stopped by the user"));
        }
      },
    }));
    hub.faults.push({ ending: "model.safetensors", fault: () => undefined }, {
      ending: "model.safetensors",
      // It is the user who ends it, not the server.
      fault: cutAfter(WEIGHTS, 4096, 60_000),
    });
    assert.match((await stopped).message, /stopped by the user/);
    const part = join(folder, "blobs", `${etagOf("model.safetensors", WEIGHTS)}.incomplete`);
    assert.equal((await Deno.stat(part)).size, 4096);
    assert.equal(await Deno.stat(join(folder, "refs/main")).catch(() => "none"), "none");
    downloads();
    const { source } = await model();
    assert.equal(source, "download");
    assert.deepEqual(downloads(), [
      "hub model.safetensors bytes=4096-",
      "cdn model.safetensors bytes=4096-",
    ]);
  }));

Deno.test("a wrong part of an earlier run is thrown away once; servers that know no ranges will do", () =>
  withHub(MODEL, async ({ hub, folder, model, downloads }) => {
    const part = join(folder, "blobs", `${etagOf("model.safetensors", WEIGHTS)}.incomplete`);
    await Deno.mkdir(dirname(part), { recursive: true });
    await Deno.writeTextFile(part, "wrong");
    await model();
    const asked = downloads().filter((line) => line.startsWith("cdn"));
    assert.deepEqual(asked, ["cdn model.safetensors bytes=5-", "cdn model.safetensors"]);

    await Deno.remove(folder, { recursive: true });
    await Deno.mkdir(dirname(part), { recursive: true });
    await Deno.writeTextFile(part, WEIGHTS.slice(0, 100));
    hub.faults.push({ ending: "model.safetensors", fault: () => undefined }, {
      ending: "model.safetensors",
      fault: () => new Response(WEIGHTS),
    });
    const { folder: snapshot } = await model();
    assert.equal(await Deno.readTextFile(join(snapshot, "model.safetensors")), WEIGHTS);
  }));

Deno.test("a file that is not what its digest says never appears", async () => {
  for (const name of ["model.safetensors", "tokenizer.json"]) {
    await withHub(MODEL, async ({ hub, folder, model }) => {
      const content = MODEL.files[name]!;
      if (name === "model.safetensors") hub.faults.push({ ending: name, fault: () => undefined });
      hub.faults.push({ ending: name, fault: () => new Response("x".repeat(content.length)) });
      const failure = await failureOf(model());
      assert.ok(failure instanceof CannotContinueError);
      assert.match(failure.message, new RegExp(`${name} of Org/Name is not what it should be`));
      assert.match(failure.message, new RegExp(`instead of ${etagOf(name, content)}`));
      const blobs = await Array.fromAsync(Deno.readDir(join(folder, "blobs")));
      assert.ok(!blobs.some((entry) => entry.name.startsWith(etagOf(name, content))));
      assert.equal((await model()).source, "download");
    });
  }
});

Deno.test("the token goes to the hub and to no other host", () =>
  withHub(MODEL, async ({ hub, model }) => {
    await model();
    const seen = (wanted: string) =>
      new Set(hub.requests.filter(({ host }) => host === wanted).map((r) => r.authorization));
    assert.deepEqual([...seen("hub")], ["Bearer my-secret"]);
    assert.deepEqual([...seen("cdn")], [null]);
  }, { token: () => "my-secret" }));

Deno.test("refusals say what, from where and what to do, are not repeated, and show no token", async () => {
  const gated = { ...MODEL, token: "right" };
  const cases = [
    [MODEL, "Org/Nobody", undefined, /401 for Org\/Nobody: no such model.*Set HF_TOKEN/],
    [MODEL, "Org/Nobody", "my-secret", /404 for Org\/Nobody: no such model.*may not read it/],
    [MODEL, "Org/Name@v9", undefined, /no revision "v9"/],
    [gated, "Org/Name", undefined, /401.*gated.*Accept its licence on http.*then set HF_TOKEN/],
    [gated, "Org/Name", "my-secret", /403.*gated.*Accept its licence.*account that HF_TOKEN/],
  ] as const;
  for (const [repo, name, token, expected] of cases) {
    await withHub(repo, async ({ hub, environment, model }) => {
      const failure = await failureOf(model(name));
      assert.ok(failure instanceof UsageError, failure.message);
      assert.match(failure.message, expected);
      assert.ok(!failure.message.includes("my-secret"));
      assert.equal(hub.requests.length, 1);
      const left = await Array.fromAsync(Deno.readDir(environment.hubCache));
      assert.deepEqual(left, []);
    }, { token: () => token });
  }
});

Deno.test("a token that is not accepted, and other statuses, are told apart", () =>
  withHub(MODEL, async ({ hub, model }) => {
    const cases = [
      [status(401), UsageError, /token in HF_TOKEN .* is not accepted/],
      [status(403), UsageError, /access is not allowed/],
      [status(418), CannotContinueError, /answered 418.*HF_ENDPOINT/],
      [() => new Response("<html>"), CannotContinueError, /does not answer like .* hub/],
      [() => Response.json({ sha: "../../x" }), CannotContinueError, /does not answer like/],
    ] as const;
    for (const [fault, kind, expected] of cases) {
      hub.faults.push({ ending: "/main", fault });
      const failure = await failureOf(model());
      assert.ok(failure instanceof kind, failure.message);
      assert.match(failure.message, expected);
    }
    hub.faults.push({
      ending: "config.json",
      fault: status(404, { "x-error-code": "EntryNotFound" }),
    });
    assert.match((await failureOf(model())).message, /has no file config\.json/);
  }, { token: () => "my-secret" }));

Deno.test("a busy hub is asked again, after the time that it names", () =>
  withHub(MODEL, async ({ hub, model }) => {
    const times: number[] = [];
    hub.faults.push(
      {
        ending: "/main",
        fault() {
          times.push(Date.now());
          return new Response("later", { status: 429, headers: { "retry-after": "0.3" } });
        },
      },
      {
        ending: "/main",
        fault() {
          times.push(Date.now());
          return undefined;
        },
      },
      { ending: "/config.json", fault: status(500) },
      { ending: "/config.json", fault: status(503) },
      { ending: "model.safetensors", fault: () => undefined },
      { ending: "model.safetensors", fault: status(403) },
    );
    assert.equal((await model()).source, "download");
    assert.ok(times[1]! - times[0]! >= 300, String(times));
  }));

Deno.test("a hub that stays away is named, with every way to go on; signatures are not shown", () =>
  withHub(MODEL, async ({ hub, environment, model }) => {
    for (let n = 0; n < 6; n++) hub.faults.push({ ending: "/main", fault: status(500) });
    const failure = await failureOf(model());
    assert.ok(failure instanceof CannotContinueError);
    assert.match(failure.message, /127\.0\.0\.1:\d+ answered 500\. Run the command again/);
    assert.match(failure.message, /HTTPS_PROXY.*HF_ENDPOINT.*copy its folder models--Org--Name/s);
    assert.ok(failure.message.includes(environment.hubCache));

    const unreachable = { ...environment, endpoint: "http://127.0.0.1:59999" };
    const gone = await failureOf(model(undefined, { environment: unreachable }));
    assert.match(gone.message, /Can't reach 127\.0\.0\.1:59999: .*refused/i);

    const fetchOf: typeof fetch = (input, init) =>
      String(input).includes("signature=")
        ? Promise.reject(new TypeError(`error sending request for url (${input}): broken ${input}`))
        : fetch(input, init);
    const cdn = await failureOf(model(undefined, { fetch: fetchOf }));
    assert.match(cdn.message, /Can't reach 127\.0\.0\.1:\d+: broken the server/);
    assert.ok(!cdn.message.includes("secret"), cdn.message);
  }));

Deno.test("a server that falls silent counts as gone", () =>
  withHub(MODEL, async ({ hub, model, downloads }) => {
    const timers: ReturnType<typeof setTimeout>[] = [];
    hub.faults.push({ ending: "model.safetensors", fault: () => undefined }, {
      ending: "model.safetensors",
      fault: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode(WEIGHTS.slice(0, 1000)));
              timers.push(setTimeout(() => controller.error(new Error("late")), 400));
            },
            cancel: () => clearTimeout(timers[0]),
          }),
        ),
    });
    await model(undefined, { silenceMs: 100 });
    assert.equal(downloads().at(-1), "cdn model.safetensors bytes=1000-");
    timers.forEach((timer) => clearTimeout(timer));
  }));

Deno.test("offline, what is missing is named, and how it gets there", () =>
  withHub(MODEL, async ({ hub, environment, folder, model }) => {
    const offline = { environment: { ...environment, offline: true } };
    const all = await failureOf(model("Org/Name@v1", offline));
    assert.ok(all instanceof UsageError);
    assert.match(all.message, /HF_HUB_OFFLINE is set, and the model Org\/Name@v1 is not in/);
    assert.match(all.message, /copy its folder models--Org--Name .*rsync/);
    assert.equal(hub.requests.length, 0);
    const { folder: snapshot } = await model();
    await Deno.remove(join(snapshot, "model.safetensors"));
    assert.match(
      (await failureOf(model(undefined, offline))).message,
      /model\.safetensors of Org\/Name is missing/,
    );
    // The blob is still there: nothing is downloaded.
    assert.equal((await model()).source, "hub-cache");
    await Deno.remove(join(folder, "blobs"), { recursive: true });
    assert.match((await failureOf(model(undefined, offline))).message, /config\.json, tokenizer/);
  }));

Deno.test("a revision is pinned: branch, tag or commit", () => {
  const commit = "e".repeat(40);
  return withHub({ ...MODEL, refs: { "v1.0": commit, [commit]: commit } }, async (scene) => {
    const { folder, model, hub } = scene;
    const tagged = await model("Org/Name@v1.0");
    assert.equal(tagged.revision, commit);
    assert.equal(tagged.folder, join(folder, "snapshots", commit));
    assert.equal(await Deno.readTextFile(join(folder, "refs/v1.0")), commit);
    hub.requests.length = 0;
    assert.equal((await model(`Org/Name@${commit}`)).source, "hub-cache");
    assert.equal(hub.requests.length, 0);
    // The same bytes at another commit: nothing is downloaded again.
    assert.equal((await model()).source, "hub-cache");
    assert.deepEqual(scene.downloads(), []);
  });
});

Deno.test("weights in shards are downloaded by their index; one that is missing is named", async () => {
  const index = JSON.stringify({
    weight_map: { a: "model-1-of-2.safetensors", b: "model-2-of-2.safetensors" },
  });
  const files = {
    ...SMALL,
    "model.safetensors.index.json": index,
    "model-1-of-2.safetensors": "one",
    "model-2-of-2.safetensors": "two",
    "other.safetensors": "not needed",
  };
  await withHub({ files }, async ({ environment, model }) => {
    const { kind, folder } = await model();
    assert.equal(kind, "safetensors");
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assert.ok(!names.includes("other.safetensors"));
    await Deno.remove(join(folder, "model-2-of-2.safetensors"));
    const offline = { environment: { ...environment, offline: true } };
    assert.match(
      (await failureOf(model(undefined, offline))).message,
      /model-2-of-2\.safetensors of Org\/Name is missing/,
    );
  });
  const { "model-2-of-2.safetensors": _, ...incomplete } = files;
  await withHub({ files: incomplete }, async ({ model }) => {
    assert.match((await failureOf(model())).message, /model-2-of-2\.safetensors missing/);
  });
  const escaping = { ...files, "model.safetensors.index.json": '{"weight_map":{"a":"../x"}}' };
  await withHub({ files: escaping }, async ({ model }) => {
    assert.match((await failureOf(model())).message, /index\.json of Org\/Name is damaged/);
  });
});

Deno.test("onnx of a repository is used where the wanted file is there", async () => {
  const onnx = {
    ...SMALL,
    "config.json": '{"transformers.js_config":{"use_external_data_format":{"model_q4.onnx":2}}}',
    "onnx/model_q4.onnx": "graph",
    "onnx/model_q4.onnx_data": "data",
    "onnx/model_q4.onnx_data_1": "more data",
    "onnx/model_q4f16.onnx": "another",
  };
  const q4 = { onnxFile: "onnx/model_q4.onnx" };
  await withHub({ files: { ...onnx, "model.safetensors": WEIGHTS } }, async (scene) => {
    const { model } = scene;
    const found = await model(undefined, q4);
    assert.equal(found.kind, "onnx");
    const names = (await Array.fromAsync(Deno.readDir(join(found.folder, "onnx")))).map((e) =>
      e.name
    );
    assert.deepEqual(names.sort(), ["model_q4.onnx", "model_q4.onnx_data", "model_q4.onnx_data_1"]);
    scene.downloads();
    assert.deepEqual(await model(undefined, q4), { ...found, source: "hub-cache" });
    assert.equal(scene.hub.requests.length, 0);
    await Deno.remove(join(found.folder, "onnx/model_q4.onnx_data_1"));
    assert.equal((await model(undefined, q4)).kind, "onnx");

    const q8 = { onnxFile: "onnx/model_quantized.onnx" };
    assert.equal((await model(undefined, q8)).kind, "safetensors");
    assert.equal((await model(undefined, { ...q4, hasAdapter: true })).kind, "safetensors");
  });
  await withHub({ files: onnx }, async ({ model }) => {
    assert.match((await failureOf(model(undefined, { hasAdapter: true }))).message, /an adapter/);
    assert.match(
      (await failureOf(model(undefined, { onnxFile: "onnx/model.onnx" }))).message,
      /only exported files \(onnx\/model_q4\.onnx, .*not onnx\/model\.onnx/,
    );
  });
  const pickle = { ...SMALL, "pytorch_model.bin": "" };
  await withHub({ files: pickle }, async ({ model }) => {
    assert.match((await failureOf(model())).message, /^Org\/Name has its weights in .*a pickle/);
  });
});

Deno.test("an adapter is downloaded the same way", async () => {
  const files = { "adapter_config.json": "{}", "adapter_model.safetensors": "AB", "README.md": "" };
  await withHub({ files }, async ({ environment, downloads }) => {
    const adapter = await resolveAdapter("Org/Name", { environment });
    assert.equal(adapter.source, "download");
    assert.equal(adapter.revision, DOUBLE_COMMIT);
    assert.equal(downloads().length, 3);
    assert.equal((await resolveAdapter("Org/Name", { environment })).source, "hub-cache");
  });
  await withHub(MODEL, async ({ environment }) => {
    assert.match(
      (await failureOf(resolveAdapter("Org/Name", { environment }))).message,
      /^Org\/Name is a model, not a LoRA adapter/,
    );
  });
});

Deno.test("what another program left out of the cache is fetched, or its lack is said", () =>
  withHub(MODEL, async ({ hub, environment, folder, model, downloads }) => {
    // As Python's huggingface_hub lays it down for a program that wants only some files.
    const snapshot = join(folder, "snapshots", DOUBLE_COMMIT);
    await Deno.mkdir(join(folder, "blobs"), { recursive: true });
    await Deno.mkdir(join(folder, "refs"));
    await Deno.mkdir(snapshot, { recursive: true });
    await Deno.writeTextFile(join(folder, "refs/main"), DOUBLE_COMMIT);
    for (const name of ["config.json", "tokenizer.json", "model.safetensors"]) {
      const content = MODEL.files[name]!;
      const etag = etagOf(name, content);
      await Deno.writeTextFile(join(folder, "blobs", etag), content);
      await Deno.symlink(`../../blobs/${etag}`, join(snapshot, name));
    }
    const offline = { environment: { ...environment, offline: true } };
    assert.equal((await model(undefined, offline)).source, "hub-cache");
    assert.equal(hub.requests.length, 0);

    const warnings: string[] = [];
    hub.faults.push({ ending: DOUBLE_COMMIT, fault: status(500) });
    const found = await model(undefined, { onWarning: (message) => warnings.push(message) });
    assert.equal(found.source, "hub-cache");
    assert.match(warnings.join(), /without generation_config\.json, .*500/);

    downloads();
    await model(undefined, { onWarning: (message) => warnings.push(message) });
    assert.deepEqual(downloads(), ["hub generation_config.json", "hub tokenizer_config.json"]);
    await model();
    assert.equal(hub.requests.length, 0);
    assert.equal(warnings.length, 1);
  }));

Deno.test("a disk without room is seen before the first byte; a full one keeps what is there", () =>
  withHub(MODEL, async ({ hub, folder, model, downloads }) => {
    const tight = await failureOf(model(undefined, { freeBytes: () => Promise.resolve(1000) }));
    assert.ok(tight instanceof CannotContinueError);
    assert.match(tight.message, /Org\/Name still needs 0\.000 GB.*0\.000 GB left.*HF_HOME/);
    assert.ok(!hub.requests.some(({ path }) => path.includes("/resolve/")));

    // The system's own words, in the middle of the weights.
    const noSpace = Object.assign(new Error("No space left on device (os error 28)"), {
      code: "ENOSPC",
    });
    const filling: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).includes("signature=")) return response;
      await response.body!.cancel();
      let sent = false;
      const body = new ReadableStream({
        pull(controller) {
          if (sent) controller.error(noSpace);
          else controller.enqueue(new TextEncoder().encode(WEIGHTS.slice(0, 700)));
          sent = true;
        },
      });
      return new Response(body, { status: response.status });
    };
    const full = await failureOf(model(undefined, { fetch: filling }));
    assert.ok(full instanceof CannotContinueError);
    assert.match(full.message, /No room for model\.safetensors in .*What was downloaded stays/);
    assert.ok((await Deno.stat(join(folder, "refs/main")).catch(() => undefined)) === undefined);
    downloads();
    await model();
    assert.equal(downloads().at(-1), "cdn model.safetensors bytes=700-");
  }));

Deno.test("two processes that want the same file download it once", () =>
  withHub(MODEL, async ({ model, downloads }) => {
    const sources = (await Promise.all([model(), model()])).map(({ source }) => source);
    assert.ok(sources.includes("download"));
    assert.equal(downloads().filter((line) => line === "cdn model.safetensors").length, 1);
  }));

Deno.test("lists of permissions are enough; without links files lie in the snapshot", () =>
  withHub(MODEL, async ({ hub, environment, folder, model }) => {
    const { hubCache } = environment;
    const script = join(hubCache, "resolve.ts");
    const module = new URL("./resolve_model.ts", import.meta.url).href;
    await Deno.writeTextFile(
      script,
      `import { resolveModel } from ${JSON.stringify(module)};
      const environment = { ...${JSON.stringify(environment)}, token: () => undefined };
      const { source } = await resolveModel("Org/Name", { hasAdapter: false, environment });
      console.log(source);`,
    );
    const run = () =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
          `--allow-read=${hubCache}`,
          `--allow-write=${hubCache}`,
          `--allow-net=${new URL(hub.endpoint).host},${hub.cdnHost}`,
          script,
        ],
      }).output().then(({ stdout, stderr }) => {
        assert.equal(new TextDecoder().decode(stderr), "");
        return new TextDecoder().decode(stdout).trim();
      });
    assert.equal(await run(), "download");
    const snapshot = join(folder, "snapshots", DOUBLE_COMMIT);
    assert.ok((await Deno.lstat(join(snapshot, "model.safetensors"))).isFile);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder, "blobs"))), []);
    assert.equal(await run(), "hub-cache");
    assert.equal((await model()).source, "hub-cache");
  }));

Deno.test("for embeddings the files are had too that say how they are made, later ones as well", () =>
  withHub({
    files: {
      ...MODEL.files,
      "modules.json": "[]",
      "1_Pooling/config.json": '{"pooling_mode_mean_tokens":true}',
      "2_Dense/config.json": "{}",
    },
  }, async ({ model, downloads, hub }) => {
    const { folder } = await model();
    const pooling = join(folder, "1_Pooling", "config.json");
    await assert.rejects(Deno.stat(pooling), Deno.errors.NotFound);
    downloads();
    await model(undefined, { forEmbeddings: true });
    assert.equal(await Deno.readTextFile(pooling), '{"pooling_mode_mean_tokens":true}');
    assert.deepEqual(downloads().sort(), ["hub 1_Pooling/config.json", "hub modules.json"]);
    // What the model does not have is not asked for again.
    await model(undefined, { forEmbeddings: true });
    assert.deepEqual(hub.requests, []);
  }));
