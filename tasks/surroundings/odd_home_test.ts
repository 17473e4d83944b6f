/** Spaces and kanji in the names of the home folder and of Deno's folder, which the tasks' lists name. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fillDenoFolder, makeCheckout } from "./checkout_double.ts";

/** A checkout, a home and Deno's packages, each in a folder with a space and kanji in its name. */
interface Place {
  readonly folder: string;
  readonly home: string;
  readonly deno: string;
  /** Runs a line of a shell in the checkout. */
  readonly run: (line: string, env?: Readonly<Record<string, string>>, shell?: string) => Promise<{
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

async function withPlace(action: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "法 律 " });
  const [checkout, home, deno] = ["check out", "ho me 家", "deno dir 蔵"].map((name) =>
    join(folder, name)
  ) as [string, string, string];
  try {
    await makeCheckout(checkout);
    await fillDenoFolder(deno);
    await Deno.mkdir(home);
    await action({
      folder,
      home,
      deno,
      async run(line, env = { DENO_DIR: deno }, shell = "sh") {
        const { code, stdout, stderr } = await new Deno.Command(shell, {
          args: ["-c", line],
          cwd: checkout,
          clearEnv: true,
          env: { PATH: `${dirname(Deno.execPath())}:/usr/bin:/bin`, HOME: home, ...env },
          stdin: "null",
        }).output();
        const decoder = new TextDecoder();
        return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const QUESTIONS = "--data datasets/demo/questions.json --context gold --no-few-shot --samples 2";
const byModel = (task: string, output: string) =>
  `deno task --quiet ${task} --llm-backend hf --hf-model-name datasets/demo/model ${QUESTIONS} ` +
  `--hf-device cpu --quiet --output ${output}`;

Deno.test({
  name: "the tasks run with spaces and kanji in HOME, DENO_DIR and XDG_CACHE_HOME",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withPlace(async ({ folder, home, deno, run }) => {
      const lines = [
        byModel("eval:hf", "results/a.json"),
        byModel("eval:hf:offline", "results/b.json"),
        `deno task --quiet eval --baseline longest ${QUESTIONS} --quiet --output results/c.json`,
        "deno task --quiet cache list",
        "deno task --quiet export datasets/demo/model --dtype q8 --quiet --output models/x",
        "deno task --quiet laws build --in datasets/demo/laws --out data/index",
        "deno task --quiet laws:hf --help",
        "deno task --quiet retrieve:hf --help",
        "deno task --quiet qa:hf --help",
        "deno task --quiet dataset:hf --help",
        "deno task --quiet setup:cuda --help",
        "deno task --quiet compare results/a.json results/b.json",
        "deno task --quiet report results/a.json --out results/r.html",
      ];
      for (const line of lines) {
        const { code, stderr } = await run(line);
        assert.equal(code, 0, `${line}: ${stderr}`);
      }
      const cached = await run("deno task --quiet cache list");
      assert.ok(cached.stdout.includes(join(home, ".cache", "houqa", "exports", "demo--model")));
      // Its exit code is about this machine.
      const doctor = await run("deno task --quiet doctor --json");
      const { checks } = JSON.parse(doctor.stdout) as { checks: { id: string; state: string }[] };
      assert.equal(checks.find(({ id }) => id === "device_cpu")?.state, "ok", doctor.stdout);

      // Where Deno looks without DENO_DIR.
      const xdg = join(folder, "xdg 倉");
      for (
        const [place, env] of [
          [join(home, ".cache", "deno"), {}],
          [join(xdg, "deno"), { XDG_CACHE_HOME: xdg, HOUQA_CACHE: "results/cache" }],
        ] as const
      ) {
        await Deno.mkdir(dirname(place), { recursive: true });
        await Deno.rename(place.startsWith(xdg) ? join(home, ".cache", "deno") : deno, place);
        const line = `${byModel("eval:hf", "results/a.json")} --overwrite`;
        const { code, stderr } = await run(line, env);
        assert.equal(code, 0, `${place}: ${stderr}`);
      }
    }),
});

Deno.test({
  name: "a printed command works as it is, in every shell",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withPlace(async ({ folder, run }) => {
      const isThere = await Promise.all(["bash", "zsh"].map(async (shell) => {
        const found = await run(`command -v ${shell}`);
        return found.code === 0 ? [shell] : [];
      }));
      for (const shell of ["sh", ...isThere.flat()]) {
        for (const task of ["eval:hf", "eval:hf:offline"]) {
          const output = join(folder, `out 法 ${shell} ${task}`, "it's.json");
          const typed = byModel(task, `'${output.replaceAll("'", `'\\''`)}'`);
          const refused = await run(typed);
          assert.equal(refused.code, 2, refused.stderr);
          const [, line] = /no permission to write .*Run:\n {2}(.*)\n/.exec(refused.stderr) ?? [];
          assert.ok(line?.includes(`"results,$HOME/.cache/houqa`), refused.stderr);
          const { code, stderr } = await run(line!, undefined, shell);
          assert.equal(code, 0, `${shell} -c ${line}: ${stderr}`);
          assert.ok((await Deno.stat(output)).isFile);
        }
      }
    }),
});
