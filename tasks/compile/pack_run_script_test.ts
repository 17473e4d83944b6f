import assert from "node:assert/strict";
import { join } from "node:path";
import { packRunScript } from "./pack_run_script.ts";
import { encode, PROGRAM, TASKS, TEMPLATE, withScript } from "./run_script_double.ts";

const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: `houqa.run: ${name}`, ignore: Deno.build.os === "windows", fn });

test("unpacks once; arguments and exit codes pass through", () =>
  withScript(async ({ run, unpacked, script }) => {
    const odd = ["", "a b", "it's", "法", "$HOME", "*", "--allow-net=x", "\\n"];
    const first = await run(["other", ...odd]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^houqa\.run: unpacking into .*home\/houqa-1\.2\.3-[0-9a-f]{12}/);
    assert.deepEqual(JSON.parse(first.stdout).args, ["other", ...odd]);
    assert.equal(JSON.parse(first.stdout).script, `--houqa-run=${script}`);
    const [folder, ...others] = unpacked();
    assert.match(folder!, /^houqa-1\.2\.3-[0-9a-f]{12}$/);
    assert.deepEqual(others, []);
    const second = await run(["exit", "7"]);
    assert.deepEqual(second, { code: 7, stdout: "", stderr: "" });
    assert.deepEqual(JSON.parse((await run([])).stdout).args, []);
    assert.equal(JSON.parse((await run(["part"])).stdout).part, "loaded");
  }));

test("the same files give the same bytes", async () => {
  const pack = () =>
    packRunScript(TEMPLATE, [{ path: "bundle/houqa.js", bytes: encode(PROGRAM) }], {
      version: "1",
      tasks: TASKS,
      machine: "x86_64",
    });
  const first = await pack();
  await new Promise((done) => setTimeout(done, 1100));
  assert.deepEqual(await pack(), first);
});

test("each command has its own tasks' permissions, and what the user's variables name", () =>
  withScript(async ({ run }) => {
    const hosts = ["localhost:11434", "gpu:11434", "gpu:8080", "[::1]:5", "hub:443", "evil:80"];
    const ask = async (args: string[], env: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await run(args, env);
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    };
    const plain = await ask(["eval", ...hosts], { HOUQA_CACHE: "cache 法" });
    assert.deepEqual(Object.values(plain.hosts), [true, false, false, false, false, false]);
    assert.deepEqual(plain.write, { results: true, cache: true, elsewhere: false });
    assert.equal(plain.read, true);
    assert.equal(plain.run, false);
    const other = await ask(["hosts", "localhost:11434"], { OLLAMA_HOST: "localhost:11434" });
    assert.deepEqual(other.hosts, { "localhost:11434": false });
    assert.deepEqual(other.write, { results: false, cache: false, elsewhere: false });

    for (
      const [ollama, host] of [
        ["gpu", "gpu:11434"],
        ["gpu:8080", "gpu:8080"],
        ["http://me:pass@gpu:8080/api", "gpu:8080"],
        ["http://gpu", "gpu:80"],
        ["https://gpu/x", "gpu:443"],
        ["[::1]:5", "[::1]:5"],
        ["[::1]", "[::1]:11434"],
        ["::1", "[::1]:11434"],
        ["fe80::2", "[fe80::2]:11434"],
        ["http://[::1]", "[::1]:80"],
        ["http://me:p@[::1]:5/api", "[::1]:5"],
        ["[::]:5", "[::1]:5"],
        ['"gpu:7"', "gpu:7"],
        ["ollama.com", "ollama.com:443"],
        ["0.0.0.0", "127.0.0.1:11434"],
        [":9", "127.0.0.1:9"],
      ] as const
    ) {
      const { hosts } = await ask(["eval", host, "evil:80"], { OLLAMA_HOST: ollama });
      assert.deepEqual(hosts, { [host]: true, "evil:80": false }, ollama);
    }
    const hub = await ask(["eval", "hub:443"], { HF_ENDPOINT: "https://hub/mirror" });
    assert.deepEqual(hub.hosts, { "hub:443": true });

    const more = await ask(["--allow-net=evil:80", "--allow-write=/elsewhere", "eval", "evil:80"]);
    assert.deepEqual(more.args, ["eval", "evil:80"]);
    assert.deepEqual(more.hosts, { "evil:80": true });
    assert.deepEqual(more.write, { results: true, cache: false, elsewhere: true });
    const all = await ask(["--allow-net", "--allow-read=/x", "eval", "evil:80", "gpu:1"]);
    assert.deepEqual(all.hosts, { "evil:80": true, "gpu:1": true });
    assert.equal(all.read, true);
    const none = await run(["--allow-net=evil:80"]);
    assert.deepEqual(JSON.parse(none.stdout).args, []);
    assert.match(JSON.parse(none.stdout).script, /^--houqa-run=/);
  }));

test("a permission that is misspelt, or everything at once, is refused with those there are", () =>
  withScript(async ({ run }) => {
    for (const flag of ["--allow-wriet=/tmp", "--allow-all", "--allow-run", "--allow-"]) {
      for (const args of [[flag, "exit", "0"], ["--allow-read", flag], [flag]]) {
        const { code, stderr } = await run(args);
        assert.equal(code, 2, stderr);
        assert.ok(stderr.includes(`houqa.run: ${flag} is not taken in front of`), stderr);
        assert.match(stderr, /--allow-read, --allow-write, --allow-net, --allow-env, --allow-sys/);
      }
    }
  }));

test("a right that Deno does not take is refused in its words, without its stack", () =>
  withScript(async ({ run }) => {
    for (
      const [flag, message] of [
        ["--allow-net=gpu:abc", /--allow-net=gpu:abc is not taken: invalid port in 'gpu:abc'.*\.$/],
        ["--allow-net=https://gpu", /is not taken: .*URLs are not supported/],
        ["--allow-sys=foo", /is not taken: unknown sys descriptor: 'foo'\.$/],
        ["--allow-env=A=", /is not taken: invalid env var name: 'A='\.$/],
        ...[
          "--allow-net=",
          "--allow-write=",
          "--allow-env=,A",
          "--allow-read=a,",
          "--allow-sys=a,,b",
        ]
          .map((flag) =>
            [flag, /has an empty place in its list; without = it allows every/] as const
          ),
      ] as const
    ) {
      const { code, stderr } = await run([flag, "exit", "0"]);
      assert.equal(code, 2, stderr);
      const line = stderr.trimEnd().split("\n").at(-1)!;
      assert.ok(line.startsWith(`houqa.run: ${flag} `), stderr);
      assert.match(line, message);
      assert.ok(!/backtrace|\n\s+at |Caused by/.test(stderr), stderr);
    }
    assert.equal(
      (await run(["--allow-net", "--allow-net", "--allow-read=a", "exit", "4"])).code,
      4,
    );
  }));

test("a server's variable that is no address leaves it to houqa to say so", () =>
  withScript(async ({ run }) => {
    const odd = [
      ...[
        "gpu:abc",
        "gpu:",
        "gpu:99999",
        "gpu:123456",
        "日本.jp",
        "$HOME",
        "`id`",
        "a,evil:80",
        "*",
      ],
      ...[
        "[gg::1]:5",
        "[1:2]",
        "1.2.3.4.5",
        "a..b",
        "-gpu",
        "gpu-",
        "a b",
        "http://",
        "http://gpu:x/",
      ],
      ...["*.evil", `${"a".repeat(64)}`, "a\nb", "::1]", "https://evil:80,x"],
    ];
    for (const text of odd) {
      for (const [name, value] of [["OLLAMA_HOST", text], ["HF_ENDPOINT", `https://${text}`]]) {
        const { code, stdout, stderr } = await run(["eval", "evil:80"], { [name!]: value! });
        assert.equal(code, 0, `${value}: ${stderr}`);
        assert.deepEqual(JSON.parse(stdout).hosts, { "evil:80": false }, `${value}`);
        assert.ok(!/error|backtrace/i.test(stderr), stderr);
      }
    }
    for (
      const [text, host] of [
        [" gpu \t", "gpu:11434"],
        ["10.0.0.5:1", "10.0.0.5:1"],
        ["gpu-1.a_b.example:65535", "gpu-1.a_b.example:65535"],
        ["1gpu", "1gpu:11434"],
      ] as const
    ) {
      const { stdout } = await run(["eval", host], { OLLAMA_HOST: text });
      assert.deepEqual(JSON.parse(stdout).hosts, { [host]: true }, text);
    }
  }));

test("a cache whose name no list can hold opens nothing else", () =>
  withScript(async ({ run }) => {
    const { stdout } = await run(["eval"], { HOUQA_CACHE: "cache 法,/elsewhere" });
    const none = { results: true, cache: false, elsewhere: false };
    assert.deepEqual(JSON.parse(stdout).write, none);
  }));

test("servers and folders of .env count, unless the environment has the variable", () =>
  withScript(async ({ run, folder }) => {
    const ask = async (dotenv: string, env: Record<string, string> = {}) => {
      await Deno.writeTextFile(join(folder, ".env"), dotenv);
      const { code, stdout, stderr } = await run(
        ["eval", "gpu:11434", "gpu:5", "evil:80", "[::1]:7"],
        env,
      );
      assert.equal(code, 0, stderr);
      const { hosts, write } = JSON.parse(stdout);
      return { hosts: Object.keys(hosts).filter((host) => hosts[host]), cache: write.cache };
    };
    for (
      const [text, host] of [
        ["OLLAMA_HOST=gpu\n", "gpu:11434"],
        ["A=1\r\n export OLLAMA_HOST = 'http://gpu:5' # mine\r\n", "gpu:5"],
        ['\uFEFFOLLAMA_HOST="[::1]:7"', "[::1]:7"],
        ["OLLAMA_HOST=evil:80\nOLLAMA_HOST=gpu:5 # the later one counts\n", "gpu:5"],
      ] as const
    ) {
      assert.deepEqual((await ask(text)).hosts, [host], text);
      assert.deepEqual((await ask(text, { OLLAMA_HOST: "[::1]:7" })).hosts, ["[::1]:7"], text);
    }
    for (
      const text of ["#OLLAMA_HOST=gpu\n", "MY_OLLAMA_HOST=gpu\n", "OLLAMA_HOST=\n", "x $(id)"]
    ) {
      assert.deepEqual((await ask(text)).hosts, [], text);
    }
    const odd = "OLLAMA_HOST=$(touch pwned)`touch pwned`;touch pwned\n";
    await Deno.writeTextFile(join(folder, ".env"), odd);
    await run(["eval"]);
    assert.ok(![...Deno.readDirSync(folder)].some(({ name }) => name === "pwned"));
    assert.equal((await ask("HOUQA_CACHE=cache 法\n")).cache, true);
    assert.equal((await ask("")).cache, false);
  }));

test("native libraries only from the runtime's folder and the places that are named", () =>
  withScript(async ({ run, folder, unpacked }) => {
    const { ffi } = JSON.parse((await run(["eval"], { HOUQA_CACHE: "/c" })).stdout);
    const runtime = join(await Deno.realPath(folder), "home", unpacked()[0]!, "runtime");
    assert.deepEqual(ffi, { runtime: true, cuda: true, libc: true, elsewhere: false, all: false });
    assert.ok((await Deno.stat(runtime)).isDirectory);
    const none = JSON.parse((await run(["hosts"])).stdout);
    assert.deepEqual(Object.values(none.ffi), [false, false, false, false, false]);
  }));

test("a signal reaches the program", () =>
  withScript(async ({ run, spawn }) => {
    await run([]);
    const child = spawn(["wait"]);
    const reader = child.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "waiting\n");
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await reader.cancel();
    await child.stderr.cancel();
  }));

test("several that start at once all run, and one folder is left", () =>
  withScript(async ({ run, unpacked }) => {
    const ends = await Promise.all(Array.from({ length: 6 }, () => run(["exit", "3"])));
    for (const { code, stderr } of ends) assert.equal(code, 3, stderr);
    assert.ok(ends.filter(({ stderr }) => stderr.includes("unpacking")).length > 1);
    assert.equal(unpacked().length, 1, unpacked().join());
  }));

test("one that is killed while it unpacks leaves nothing that counts", () =>
  withScript(async ({ run, spawn, unpacked }) => {
    let killed = 0;
    for (const [waitMs, signal] of [[30, "SIGKILL"], [80, "SIGKILL"], [60, "SIGTERM"]] as const) {
      const child = spawn(["exit", "5"]);
      const output = child.output();
      while (!unpacked().some((name) => name.startsWith(".unpack"))) {
        await new Promise((done) => setTimeout(done, 2));
      }
      await new Promise((done) => setTimeout(done, waitMs));
      try {
        child.kill(signal);
      } catch {
        // It was faster.
      }
      if ((await output).code !== 5) killed++;
      // The shell's own children end a moment later.
      await new Promise((done) => setTimeout(done, 300));
      if (!unpacked().every((name) => name.startsWith(".unpack"))) break;
      if (signal === "SIGTERM") assert.equal((await output).code, 143);
    }
    assert.ok(killed > 0);
    const end = await run(["exit", "5"]);
    assert.equal(end.code, 5, end.stderr);
    assert.deepEqual(unpacked().filter((name) => name.startsWith(".")), []);
    assert.equal(unpacked().length, 1);
  }));

test("leftovers of other machines are kept for a day, while they may be at work", () =>
  withScript(async ({ run, folder, unpacked }) => {
    const [old, recent] = ["old", "recent"].map((name) =>
      join(folder, "home", `.unpack-${name}-1`)
    );
    for (const path of [old!, recent!]) {
      await Deno.mkdir(join(path, "runtime"), { recursive: true });
    }
    const twoDaysAgo = new Date(Date.now() - 48 * 3600e3);
    await Deno.utime(old!, twoDaysAgo, twoDaysAgo);
    assert.equal((await run(["exit", "0"])).code, 0);
    assert.deepEqual(unpacked().filter((name) => name.startsWith(".")), [".unpack-recent-1"]);
  }));

test("what is incomplete is refused, and leaves nothing behind", () =>
  withScript(async ({ script, run, unpacked }) => {
    const { size } = await Deno.stat(script);
    const whole = await Deno.readFile(script);
    await Deno.truncate(script, size - 1000);
    const cut = await run(["exit", "0"]);
    assert.equal(cut.code, 3, cut.stderr);
    assert.match(cut.stderr, /the download incomplete\?/);
    assert.deepEqual(unpacked(), []);

    whole[size - 100_000]! ^= 1;
    await Deno.writeFile(script, whole, { mode: 0o755 });
    assert.equal((await run(["exit", "0"])).code, 3);
    assert.deepEqual(unpacked(), []);

    whole[size - 100_000]! ^= 1;
    await Deno.writeFile(script, whole, { mode: 0o755 });
    assert.equal((await run(["exit", "0"])).code, 0);
  }));

test("where to unpack: $HOUQA_HOME, else ~/.cache/houqa, else a message", () =>
  withScript(async ({ run, folder }) => {
    assert.equal((await run(["exit", "0"], { HOUQA_HOME: "", HOME: folder })).code, 0);
    assert.ok([...Deno.readDirSync(join(folder, ".cache", "houqa"))].length === 1);
    assert.equal((await run(["exit", "0"], { HOUQA_HOME: "relative" })).code, 0);
    assert.ok([...Deno.readDirSync(join(folder, "relative"))].length === 1);
    const none = await run(["exit", "0"], { HOUQA_HOME: "" });
    assert.equal(none.code, 2);
    assert.match(none.stderr, /set HOUQA_HOME to a folder/);
    const file = await run(["exit", "0"], { HOUQA_HOME: join(folder, "houqa.run", "x") });
    assert.equal(file.code, 3);
    assert.match(file.stderr, /can't make .*: set HOUQA_HOME/);
  }));
