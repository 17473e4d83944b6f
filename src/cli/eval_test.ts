import assert from "node:assert/strict";
import { formatSampleFile, makeSampleQuestions } from "../dataset/sample_questions.ts";
import { journalPath } from "../eval/journal.ts";
import { readResult } from "../eval/read_result.ts";
import { type OllamaDouble, startOllamaDouble } from "../llm/ollama_double.ts";
import {
  ROOT,
  runTask,
  type SpawnOptions,
  spawnTask,
  taskArguments,
  taskWords,
} from "./spawn_task.ts";

interface Place {
  readonly folder: string;
  readonly double: OllamaDouble;
  readonly options: SpawnOptions;
}

const OUTPUT = "results/r.json";
const BASE = ["--data", "q.json", "--output", OUTPUT, "--llm-model", "double", "--context", "gold"];

/** A folder with questions, and a server on a port of its own. */
async function withPlace(
  count: number,
  action: (place: Place) => Promise<void>,
  more: Parameters<typeof startOllamaDouble>[0] = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "houqa 法 " });
  await Deno.writeTextFile(`${folder}/q.json`, formatSampleFile(makeSampleQuestions(count)));
  await using double = await startOllamaDouble(more);
  const ollamaPort = Number(new URL(double.url).port);
  const options = { cwd: folder, ollamaPort, env: { OLLAMA_HOST: double.url } };
  try {
    await action({ folder, double, options });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const withoutFlag = (flag: string) => (words: string[]) =>
  words.filter((word) => !word.startsWith(flag));

Deno.test("the eval task's permissions suffice, and it logs what it runs", () =>
  withPlace(4, async ({ folder, options }) => {
    const { code, stdout, stderr } = await runTask("eval", BASE, options);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /EVALUATION RESULTS[\s\S]*Total Samples: +4\n/);
    const places = ["Backend: ollama\n", "Model: double\n", "Device: ", "Context mode: gold\n"]
      .map((line) => stderr.indexOf(line));
    assert.ok(places.every((place) => place >= 0), stderr);
    assert.deepEqual(places, places.toSorted((x, y) => x - y));
    assert.match(stderr, /100 % {2}4\/4/);
    assert.ok(!stdout.includes("\x1b") && !stderr.includes("\x1b"));
    const result = await readResult(`${folder}/${OUTPUT}`);
    assert.equal(result!.summary.error_count, 0);
    assert.equal(result!.provenance.llm.versions.ollama_server, "0.17.4");
    assert.equal(result!.provenance.settings.llm_model!.origin, "option --llm-model");
  }));

Deno.test("without any one of its permissions the eval task refuses with a sentence", () =>
  withPlace(1, async ({ options }) => {
    const flags = taskWords("eval").filter((word) => word.startsWith("--allow-"));
    assert.deepEqual(flags.map((flag) => flag.split("=")[0]), [
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-env",
    ]);
    for (const flag of flags) {
      const { code, stderr } = await runTask("eval", BASE, { ...options, edit: withoutFlag(flag) });
      assert.equal(code, 2, `${flag}: ${stderr}`);
      assert.ok(stderr.includes(flag.split("=")[0]!), `${flag}: ${stderr}`);
      assert.ok(!/\n\s+at /.test(stderr), stderr);
    }
  }));

Deno.test("every variable that the eval task may read is one it reads", () =>
  withPlace(1, async ({ options }) => {
    const list = taskWords("eval").find((word) => word.startsWith("--allow-env="))!;
    const names = list.slice("--allow-env=".length).split(",");
    // Asked for help on a terminal, the option parser looks at CLICOLOR_FORCE; HOUQA_DEBUG and TERM
    // are looked at only if that is allowed.
    const forHelp = ["CLICOLOR_FORCE"];
    await Promise.all(
      names.filter((name) => !["HOUQA_DEBUG", "TERM"].includes(name)).map(async (name) => {
        const rest = names.filter((other) => other !== name).join(",");
        const args = forHelp.includes(name) ? ["--help"] : [];
        const { code, stderr } = await runTask("eval", args, {
          ...options,
          edit: (words) => words.map((word) => word === list ? `--allow-env=${rest}` : word),
        });
        assert.equal(code, 2, `${name}: ${stderr}`);
        assert.ok(stderr.includes(`--allow-env=${name}`), `${name}: ${stderr}`);
      }),
    );
  }));

Deno.test("for another host the whole command with its permission is printed, and works", () =>
  withPlace(1, async ({ options, folder }) => {
    const { code, stderr } = await runTask("eval", [...BASE, "--seed", "7"], {
      ...options,
      ollamaPort: 1,
    });
    assert.equal(code, 2);
    const command = /^ {2}(deno run .*)$/m.exec(stderr)![1]!;
    assert.ok(command.includes(`127.0.0.1:${options.ollamaPort} `), command);
    assert.ok(command.endsWith("main.ts eval " + [...BASE, "--seed", "7"].join(" ")), command);
    const again = await runTask("eval", [...BASE, "--seed", "7"], {
      ...options,
      ollamaPort: 1,
      edit: () => command.split(" main.ts")[0]!.split(" ").concat("main.ts", "eval"),
    });
    assert.equal(again.code, 0, again.stderr);
    assert.ok(await readResult(`${folder}/${OUTPUT}`));
  }));

Deno.test("wrong command lines, settings and files exit with 2 and ask nothing", () =>
  withPlace(2, async ({ folder, double, options }) => {
    const cases: [string[], RegExp, Record<string, string>?][] = [
      [["--samplse", "3"], /Did you mean --samples/],
      [["extra"], /too many arguments/],
      [["--samples", "0"], /option --samples is "0"/],
      [["--llm-backend", "vllm"], /Unknown LLM backend: "vllm"/],
      [["--llm-backend", "hf"], /hf backend requires hf_model_name in LLMConfig/],
      [
        ["--llm-backend", "hf", "--hf-model-name", "m"],
        /deno task eval:hf .*--llm-backend hf --hf-model-name m/,
      ],
      [["--no-rag", "--context", "gold"], /--no-rag means --context none/],
      [["--use-reranker"], /nothing to rerank with --context gold/],
      [["--hf-lora-path", "x"], /--hf-lora-path is for the hf backend/],
      [["--ensemble", "3", "--temperature", "0"], /the same answer every time/],
      [["--data", "missing.json"], /missing\.json does not exist/],
      [["--data", "datasets/lawqa_jp/data/selection.json"], /deno task dataset:fetch/],
      [["--llm-model", "nope"], /ollama pull nope/],
      [[], /LLM_TEMPERATURE is "hot"/, { LLM_TEMPERATURE: "hot" }],
      [[], /The Ollama host "a b"/, { OLLAMA_HOST: "a b" }],
      [[], /The Ollama host "\*"/, { OLLAMA_HOST: "*" }],
    ];
    await Promise.all(cases.map(async ([args, expected, env]) => {
      const { code, stdout, stderr } = await runTask("eval", [...BASE, ...args], {
        ...options,
        env: { ...options.env, ...env },
      });
      assert.equal(code, 2, `${args}: ${stderr}`);
      assert.match(stderr, expected);
      assert.equal(stdout, "");
      assert.ok(!/\n\s+at /.test(stderr), stderr);
    }));
    assert.equal(double.chats.length, 0);
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["q.json"]);
  }));

Deno.test("a folder as output is named as such", () =>
  withPlace(1, async ({ folder, options }) => {
    await Deno.mkdir(`${folder}/results`);
    const { code, stderr } = await runTask("eval", [...BASE, "--output", "results"], options);
    assert.equal(code, 2);
    assert.match(stderr, /--output results is a folder; name a file in it/);
  }));

Deno.test("a server that is not there ends with 3 and says what to do", () =>
  withPlace(1, async ({ options, double }) => {
    await double.close();
    const { code, stderr } = await runTask("eval", BASE, options);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /ollama serve.*OLLAMA_HOST/);
  }));

Deno.test(".env is read, and an option wins over it", () =>
  withPlace(1, async ({ folder, options }) => {
    const text = "\uFEFFLLM_MODEL='from-file'\r\n# comment\r\nRETRIEVER_TOP_K=5\r\n";
    await Deno.writeTextFile(`${folder}/.env`, text);
    const first = await runTask("settings", [], options);
    assert.match(first.stdout, /llm_model +from-file +LLM_MODEL in \.env\n/);
    assert.match(first.stdout, /top_k +5 +RETRIEVER_TOP_K in \.env\n/);
    assert.match(first.stdout, /ollama_host .*environment variable OLLAMA_HOST\n/);
    const second = await runTask("settings", ["--llm-model", "m", "--json"], options);
    assert.equal(JSON.parse(second.stdout).llm_model.value, "m");
    assert.equal(second.code, 0);
  }));

Deno.test("the houqa task takes any command, behind dashes too", () =>
  withPlace(1, async ({ options }) => {
    const args = ["eval", "--baseline", "always:c", "--data", "q.json", "--output", OUTPUT];
    const { code, stdout, stderr } = await runTask("houqa", ["--", ...args, "--quiet"], options);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /baseline \/ always:c/);
    assert.equal(stderr, "");
  }));

Deno.test("a dry run shows prompts and an estimate, and asks nothing", () =>
  withPlace(3, async ({ folder, double, options }) => {
    const { code, stdout } = await runTask("eval", [...BASE, "--dry-run"], options);
    assert.equal(code, 0);
    assert.match(stdout, /Prompt of question 0[\s\S]*【参照条文】[\s\S]*Prompt of question 1/);
    assert.match(stdout, /Questions +3, answers 3\n/);
    assert.match(stdout, /at most 48 tokens to generate/);
    assert.equal(double.requests.length, 0);
    assert.equal([...Deno.readDirSync(folder)].length, 1);
  }));

Deno.test("questions that fail give exit 1; the same command then asks only those", () =>
  withPlace(5, async ({ folder, double, options }) => {
    double.faults.push(undefined, { kind: "status", status: 400, error: "bad" });
    const first = await runTask("eval", BASE, options);
    assert.equal(first.code, 1, first.stderr);
    assert.match(first.stdout, /Other: +1 +\(request 1\)/);
    const before = double.chats.length;
    const second = await runTask("eval", BASE, options);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(double.chats.length, before + 1);
    const result = await readResult(`${folder}/${OUTPUT}`);
    assert.equal(result!.summary.error_count, 0);
    assert.equal(result!.provenance.sittings, 2);
    const third = await runTask("eval", BASE, options);
    assert.equal(third.code, 2);
    assert.match(third.stderr, /not overwritten/);
  }));

Deno.test("an output folder that can't be written is found before a question is asked", () =>
  withPlace(2, async ({ folder, double, options }) => {
    await Deno.writeTextFile(`${folder}/results`, "a file where a folder should be");
    const { code, stderr } = await runTask("eval", BASE, options);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /Choose a writable place with --output/);
    assert.equal(double.chats.length, 0);
  }));

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} ends a run with ${code}, its journal kept`, () =>
    withPlace(50, async ({ folder, double, options }) => {
      const child = spawnTask("eval", BASE, options);
      await double.chatsReached(5);
      child.kill(signal);
      const { code: ended, stderr } = await child.output();
      assert.equal(ended, code);
      assert.match(new TextDecoder().decode(stderr), /Interrupted.* are answered/);
      assert.ok((await Deno.stat(journalPath(`${folder}/${OUTPUT}`))).isFile);
    }, { latencyMs: 20 }));
}

Deno.test("each task's permissions suffice, and none of them is idle", () =>
  withPlace(1, async ({ folder, options }) => {
    await Deno.mkdir(`${folder}/datasets/demo`, { recursive: true });
    const questions = "datasets/demo/questions.json";
    await Deno.copyFile(`${ROOT}${questions}`, `${folder}/${questions}`);
    const tasks = { "smoke:ollama": ["--llm-model", "double"], settings: [] } as const;
    for (const [name, args] of Object.entries(tasks)) {
      const task = name as keyof typeof tasks;
      const whole = await runTask(task, args, options);
      assert.equal(whole.code, 0, `${task}: ${whole.stderr}`);
      for (const flag of taskWords(task).filter((word) => word.startsWith("--allow-"))) {
        const edit = (words: string[]) => words.filter((word) => word !== flag);
        const { code, stderr } = await runTask(task, args, { ...options, edit });
        assert.equal(code, 2, `${task} without ${flag}: ${stderr}`);
        assert.ok(stderr.includes(flag.split("=")[0]!), `${task} without ${flag}: ${stderr}`);
      }
    }
  }));

Deno.test({
  name: "a disk that takes no more ends a run with 3; with room again it goes on",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withPlace(30, async ({ folder, double, options }) => {
      // A limit on the size of any file stands in for a full disk: the same write fails.
      const limited = new Deno.Command("/bin/sh", {
        args: [
          "-c",
          'trap "" XFSZ; ulimit -f 60; exec "$0" "$@"',
          Deno.execPath(),
          ...taskArguments("eval", BASE, options),
        ],
        cwd: folder,
        env: { ...options.env, DENO_COVERAGE_DIR: "" },
      });
      const { code, stderr } = await limited.output();
      const text = new TextDecoder().decode(stderr);
      assert.equal(code, 3, text);
      assert.match(text, /Can't write the journal .*run the same command again to go on/);
      const asked = double.chats.length;
      assert.ok(asked > 0 && asked < 30, String(asked));
      const again = await runTask("eval", BASE, options);
      assert.equal(again.code, 0, again.stderr);
      assert.equal(double.chats.length, 31);
      assert.equal((await readResult(`${folder}/${OUTPUT}`))!.results.length, 30);
    }),
});
