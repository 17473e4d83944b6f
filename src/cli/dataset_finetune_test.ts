import assert from "node:assert/strict";
import { CommanderError } from "commander";
import { distinctQuestion } from "../dataset/distinct_question_double.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import {
  finetune,
  inFolder,
  manifestOf,
  QUESTIONS,
  readRecords,
  refuses,
  runDataset,
  write,
} from "./dataset_finetune_double.ts";
import { ROOT, runTask } from "./spawn_task.ts";

Deno.test("direct records teach the letter alone, and the manifest says what they are made of", () =>
  inFolder(async (folder) => {
    const { code, text } = await finetune(folder);
    assert.equal(code, 0);
    const records = await readRecords(`${folder}/out/x.jsonl`);
    assert.deepEqual(
      records.map(({ id, answer, messages }) => [id, answer, messages.at(-1)]),
      QUESTIONS.map(({ fileName, answer }) => [
        fileName,
        answer,
        { role: "assistant", content: answer },
      ]),
    );
    assert.deepEqual(Object.keys(records[0]!), ["id", "messages", "answer", "articles"]);
    assert.deepEqual(records[2]!.articles, [{ key: "article 試験用法 2", name: "試験用法 第2条" }]);
    const manifest = await manifestOf(folder);
    const { records: written, dataset, letters, tokens } = manifest;
    assert.deepEqual(written, {
      file: "x.jsonl",
      sha256: await sha256Hex(await Deno.readFile(`${folder}/out/x.jsonl`)),
      count: 12,
    });
    assert.equal(dataset.sha256, await sha256Hex(await Deno.readFile(`${folder}/q.json`)));
    assert.deepEqual(letters, { a: 9, b: 1, c: 1, d: 1 });
    assert.deepEqual([manifest.mode, manifest.context, manifest.few_shot, manifest.orders], [
      ...["direct", "none", false, null],
    ]);
    assert.equal(tokens.counted_by, "estimate");
    assert.deepEqual(tokens.answer, { min: 2, median: 2, p95: 2, max: 2 });
    assert.ok(tokens.record.min > 200 && tokens.record.median <= tokens.record.p95);
    assert.equal(manifest.settings.context.origin, "option --context");
    assert.equal(manifest.settings.llm_model, undefined);
    assert.match(text, /Letters {2}a 9 \(75\.0 %\) {2}b 1 \(8\.3 %\)/);
    assert.match(text, /whole record +\d+ +\d+ +\d+ +\d+\n.*\nEstimated/);
  }));

Deno.test("in four orders every letter is right equally often, and ids tell the order", () =>
  inFolder(async (folder) => {
    await finetune(folder, "--augment-orders");
    const records = await readRecords(`${folder}/out/x.jsonl`);
    assert.deepEqual(records.slice(0, 4).map(({ id }) => id.split("@")), [
      ...["0123", "2031", "1302", "3210"].map((order) => [QUESTIONS[0]!.fileName, order]),
    ]);
    assert.equal(new Set(records.map(({ id }) => id)).size, 48);
    const manifest = await manifestOf(folder);
    assert.deepEqual(manifest.letters, { a: 12, b: 12, c: 12, d: 12 });
    assert.equal(manifest.dataset.used_count, 12);
    const { choices } = QUESTIONS[0]!;
    assert.ok(records[1]!.messages.at(-2)!.content.includes(`a ${choices.c}\nb ${choices.a}\n`));
    assert.equal(records[1]!.answer, "b");
    const labels = await runDataset("labels", `${folder}/out/x.jsonl`);
    assert.match(labels.text, /taught( +12 \(25\.0 %\)){4} +0 +0 +0 +48/);
    await write(`${folder}/q.json`, [{ ...QUESTIONS[0]!, orderMap: "2" }]);
    await refuses(/choices shuffled already/, finetune(folder, "--augment-orders", "--overwrite"));
    await finetune(folder, "--overwrite");
    const [one] = await readRecords(`${folder}/out/x.jsonl`);
    assert.equal(one!.id, `${QUESTIONS[0]!.fileName}@2031`);
  }));

Deno.test("the same command writes the same bytes, and replaces files only with --overwrite", () =>
  inFolder(async (folder) => {
    const files = ["x.jsonl", "x.manifest.json"].map((name) => `${folder}/out/${name}`);
    const read = () => Promise.all(files.map((path) => Deno.readTextFile(path)));
    const way = ["--context", "retrieved", "--few-shot", "--augment-orders"];
    await finetune(folder, ...way);
    const first = await read();
    await refuses(/x\.jsonl exists and is not replaced/, finetune(folder, ...way));
    await finetune(folder, ...way, "--overwrite");
    assert.deepEqual(await read(), first);
    await Deno.remove(files[0]!);
    await refuses(/x\.manifest\.json exists/, finetune(folder, ...way));
    const names = [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name);
    assert.deepEqual(names, ["x.manifest.json"]);
  }));

Deno.test("records without statutes still give a shared article away", () =>
  inFolder(async (folder) => {
    await write(`${folder}/q.json`, QUESTIONS.slice(0, 6));
    await finetune(folder, "--augment-orders", "--few-shot");
    const test = [
      distinctQuestion(50, { articles: [90] }),
      distinctQuestion(51, { articles: [2] }),
    ];
    await write(`${folder}/test.json`, test.slice(0, 1));
    const clean = await runDataset("check", `${folder}/out/x.jsonl`, `${folder}/test.json`);
    assert.equal(clean.code, 0);
    assert.match(clean.text, /x\.jsonl: 24 records, 4 worked examples\n/);
    await write(`${folder}/test.json`, test);
    const { code, text } = await runDataset(
      ...["check", `${folder}/out/x.jsonl`, `${folder}/test.json`],
    );
    assert.equal(code, 1);
    assert.match(
      text,
      /Article of both: 1\n {2}試験用法 第2条 \| A 8: line 9, line 10, line 11, …/,
    );
    const [line] = (await Deno.readTextFile(`${folder}/out/x.jsonl`)).split("\n");
    const broken = { ...JSON.parse(line!), articles: [{ key: 1, name: "" }] };
    await Deno.writeTextFile(`${folder}/y.jsonl`, JSON.stringify(broken));
    await refuses(
      /y\.jsonl: line 1: articles\.0\.key: must be text/,
      runDataset("check", `${folder}/y.jsonl`, `${folder}/test.json`),
    );
  }));

Deno.test("the test side of a split is refused, the other sides are not", () =>
  inFolder(async (folder) => {
    await runDataset(
      ...["split", "--data", `${folder}/q.json`, "--train", "6", "--dev", "2", "--test", "4"],
      ...["--out", `${folder}/s`],
    );
    const of = (side: string, ...more: string[]) =>
      finetune(folder, "--data", `${folder}/s/${side}.json`, "--overwrite", ...more);
    for (const side of ["train", "dev"]) {
      const { text } = await of(side);
      assert.match(text, new RegExp(`the ${side} side of a split`));
      assert.equal((await manifestOf(folder)).dataset.split_side, side);
    }
    await refuses(/test\.json is the test side of a split .*--allow-test/, of("test"));
    await Deno.rename(`${folder}/s/test.json`, `${folder}/s/innocent.json`);
    await refuses(/innocent\.json is the test side/, of("innocent"));
    await of("innocent", "--allow-test");
    assert.equal((await manifestOf(folder)).dataset.split_side, "test");
    await Deno.writeTextFile(`${folder}/manifest.json`, '{"sides": 1}');
    await finetune(folder, "--overwrite");
    assert.equal((await manifestOf(folder)).dataset.split_side, undefined);
  }));

Deno.test("what can't be made is refused before anything is written", () =>
  inFolder(async (folder) => {
    const refuse = async (expected: RegExp, ...more: string[]) => {
      await refuses(expected, finetune(folder, ...more));
      await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound);
    };
    await refuse(/--mode cot needs --reasonings/, "--mode", "cot");
    await refuse(/--mode cot needs --reasonings/, "--use-cot");
    await refuse(/contradict each other/, "--mode", "direct", "--use-cot");
    await refuse(/--reasonings is for --mode cot/, "--reasonings", "r.json");
    await refuse(/names the letters of one order/, "--mode", "cot", "--augment-orders");
    await refuse(/must be the name of a \.jsonl file/, "--output", `${folder}/out/x.json`);
    await refuse(/no\.json does not exist/, "--data", `${folder}/no.json`);
    await refuse(/nothing to rerank with --context none/, "--reranker-model", "x");
    await assert.rejects(finetune(folder, "--mode", "both"), CommanderError);
    await assert.rejects(runDataset("finetune", "--data", `${folder}/q.json`), CommanderError);
    await Deno.rename(`${folder}/q.json`, `${folder}/q.jsonl`);
    await refuse(
      /would replace .*q\.jsonl, which is read/,
      ...["--data", `${folder}/q.jsonl`, "--output", `${folder}/q.jsonl`, "--overwrite"],
    );
    await Deno.mkdir(`${folder}/f.jsonl`);
    await refuse(/is a folder/, "--output", `${folder}/f.jsonl`, "--overwrite");
  }));

Deno.test("the task's permissions suffice, whatever model the environment names", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/results`);
    const env = { LLM_BACKEND: "hf", HF_MODEL_NAME: "", LORA_PATH: "x", LLM_TEMPERATURE: "0.5" };
    const args = ["dataset", "finetune", "--data", "q.json", "--context", "gold", "--output"];
    const options = { cwd: folder, env };
    const { code, stdout, stderr } = await runTask(
      "houqa",
      [...args, "results/finetune/x.jsonl"],
      options,
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Records {2}12: direct, context gold, with worked examples\n/);
    assert.equal((await readRecords(`${folder}/results/finetune/x.jsonl`)).length, 12);
    const away = await runTask("houqa", [...args, "away/x.jsonl"], options);
    assert.equal(away.code, 2);
    assert.match(away.stderr, /no permission to write away[\s\S]*--allow-write=\S*away/);
    const native = await runTask(
      "houqa",
      [...args, "results/y.jsonl", "--hf-model-name", `${ROOT}datasets/demo/model`],
      options,
    );
    assert.equal(native.code, 2);
    assert.match(
      native.stderr,
      /loads native libraries[\s\S]*deno task dataset:hf finetune --data/,
    );
    const hub = await runTask(
      "houqa",
      [...args, "results/y.jsonl", "--hf-model-name", "Qwen/Qwen3-8B"],
      options,
    );
    assert.equal(hub.code, 0, hub.stderr);
    assert.match(hub.stderr, /Tokens are estimated: --hf-model-name Qwen\/Qwen3-8B is no local/);
  }));

Deno.test("a local model's tokenizer and chat template count the tokens (task dataset:hf)", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/results`);
    const { code, stdout, stderr } = await runTask(
      "dataset:hf",
      [
        ...["finetune", "--data", "q.json", "--context", "gold", "--output", "results/x.jsonl"],
        ...["--hf-model-name", `${ROOT}datasets/demo/model`],
      ],
      { cwd: folder },
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Counted with the tokenizer and chat template of .*demo\/model\./);
    const { tokens } = JSON.parse(await Deno.readTextFile(`${folder}/results/x.manifest.json`));
    assert.equal(tokens.counted_by, "tokenizer");
    assert.deepEqual(tokens.answer, { min: 2, median: 2, p95: 2, max: 2 });
  }));
