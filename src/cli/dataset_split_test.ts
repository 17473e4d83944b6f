import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { distinctQuestion, lawqaItem } from "../dataset/distinct_question_double.ts";
import { loadDataset } from "../dataset/load_dataset.ts";
import { LETTERS } from "../dataset/question.ts";
import { seededRandom } from "../dataset/split/seeded_random.ts";
import { sha256Hex } from "../dataset/sha256.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { UsageError } from "../settings/usage_error.ts";
import { registerDataset } from "./dataset.ts";
import { runTask } from "./spawn_task.ts";

/** Thirty questions, three to an article, with a field of their own. */
const ITEMS = Array.from({ length: 30 }, (_, index) => ({
  ...lawqaItem(distinctQuestion(index, { articles: [1 + Math.floor(index / 3)] })),
  備考: { 出典: index, 一覧: [null, 1.5] },
}));

async function run(...args: string[]): Promise<{ code?: number; text: string }> {
  const lines: string[] = [];
  let code: number | undefined;
  const program = new Command("houqa").exitOverride().configureOutput({ writeErr: () => {} });
  const words = ["dataset", ...args];
  registerDataset(program, { words, exit: (given) => code = given }, (line) => lines.push(line));
  const quiet = (command: Command): void => {
    for (const child of command.commands) quiet(child.copyInheritedSettings(command));
  };
  quiet(program);
  await program.parseAsync(words, { from: "user" });
  return { ...(code === undefined ? {} : { code }), text: lines.join("\n") };
}

async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/q.json`, JSON.stringify({ 版: 2, samples: ITEMS }));
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const split = (folder: string, ...more: string[]) =>
  run("split", "--data", `${folder}/q.json`, "--out", `${folder}/out`, ...more);
const SIZES = ["--train", "18", "--test", "12"];

Deno.test("a split writes its sides in the source's format and a manifest of their bytes", () =>
  inFolder(async (folder) => {
    const { code, text } = await split(folder, "--train", "15", "--dev", "6", "--test", "9");
    assert.equal(code, 0);
    assert.match(text, /Groups {2}10 that share .*; 10 of several questions/);
    assert.match(text, /\nLaw +all +train +dev +test\n試験用法 +30 \(100\.0 %\) +15 \(100/);
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/out/manifest.json`));
    assert.equal(manifest.source.sha256, await sha256Hex(await Deno.readFile(`${folder}/q.json`)));
    assert.equal(manifest.groups.length, 10);
    const found: unknown[] = [];
    for (const [name, size] of [["train", 15], ["dev", 6], ["test", 9]] as const) {
      const path = `${folder}/out/${name}.json`;
      const { 版, samples } = JSON.parse(await Deno.readTextFile(path));
      assert.equal(版, 2);
      assert.equal(samples.length, size);
      assert.equal((await loadDataset(path)).sha256, manifest.sides[name].sha256);
      assert.equal(manifest.sides[name].question_count, size);
      found.push(...samples);
    }
    const byName = (item: unknown) => (item as typeof ITEMS[number]).備考.出典;
    assert.deepEqual(found.sort((x, y) => byName(x) - byName(y)), ITEMS);
    const { code: clean } = await run(
      ...["check", ...["train", "dev", "test"].map((name) => `${folder}/out/${name}.json`)],
    );
    assert.equal(clean, 0);
  }));

Deno.test("the same questions in another order and form of file give the same questions", () =>
  inFolder(async (folder) => {
    await split(folder, ...SIZES);
    const first = await Deno.readTextFile(`${folder}/out/test.json`);
    const items = seededRandom(9).shuffle(ITEMS);
    await Deno.writeTextFile(`${folder}/q.json`, JSON.stringify({ 版: 2, samples: items }));
    await split(folder, ...SIZES, "--overwrite");
    assert.equal(await Deno.readTextFile(`${folder}/out/test.json`), first);
    await Deno.writeTextFile(`${folder}/q.json`, JSON.stringify(items));
    await split(folder, ...SIZES, "--overwrite");
    const list = JSON.parse(await Deno.readTextFile(`${folder}/out/test.json`));
    assert.deepEqual(list, JSON.parse(first).samples);
  }));

Deno.test("an earlier split is kept unless it is to be replaced, and then leaves nothing", () =>
  inFolder(async (folder) => {
    await split(folder, "--train", "15", "--dev", "6", "--test", "9");
    await assert.rejects(split(folder, ...SIZES), /is not empty \(dev\.json, .*--overwrite/);
    await Deno.writeTextFile(`${folder}/out/note.txt`, "mine");
    await split(folder, ...SIZES, "--overwrite");
    const names: string[] = [];
    for await (const { name } of Deno.readDir(`${folder}/out`)) names.push(name);
    assert.deepEqual(names.sort(), ["manifest.json", "note.txt", "test.json", "train.json"]);
  }));

Deno.test("what can't be split is refused before anything is written", () =>
  inFolder(async (folder) => {
    const refuse = async (expected: RegExp, ...more: string[]) => {
      await assert.rejects(split(folder, ...more), (error: Error) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, expected);
        return true;
      });
      await assert.rejects(Deno.stat(`${folder}/out`), Deno.errors.NotFound);
    };
    await refuse(/--train 25 and --test 12 ask for 37.*there are 30/, "--train=25", "--test=12");
    await refuse(/option --train is "0".*at least 1/, "--train=0", "--test=12");
    await refuse(/option --dev is "-1"/, ...SIZES, "--dev=-1");
    await refuse(/option --seed is "x"/, ...SIZES, "--seed=x");
    await refuse(/no\.json does not exist/, ...SIZES, "--data", `${folder}/no.json`);
    await assert.rejects(split(folder, "--train=18"), CommanderError);
    await assert.rejects(
      run("split", ...SIZES, "--data", `${folder}/q.json`, "--out", folder, "--overwrite"),
      /is the folder of --data/,
    );
    const write = (content: unknown) =>
      Deno.writeTextFile(`${folder}/q.json`, JSON.stringify(content));
    await write({ samples: [ITEMS[0], ITEMS[1], ITEMS[0]] });
    await refuse(/item 2 .*repeats item 0/, "--train=1", "--test=1");
    await write({ samples: ITEMS.slice(0, 3) });
    await refuse(/--t\w+ \d can't be given anything.*form one group/, "--train=1", "--test=2");
    await write({ messages: [] });
    await refuse(/holds chat records/, ...SIZES);
    await write({ results: [] });
    await refuse(/holds the results/, ...SIZES);
  }));

Deno.test("a folder that can't be written ends the split with what to look at", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await assert.rejects(
      run("split", ...SIZES, "--data", `${folder}/q.json`, "--out", `${folder}/file`),
      /file can't be used: .*Give another --out/,
    );
    await assert.rejects(
      run("split", ...SIZES, "--data", `${folder}/q.json`, "--out", `${folder}/file/below`),
      (error: Error) => error instanceof UsageError || error instanceof CannotContinueError,
    );
  }));

Deno.test("a planted leak gives exit code 1, in words and as JSON", () =>
  inFolder(async (folder) => {
    await split(folder, ...SIZES);
    const [train, test] = ["train", "test"].map((name) => `${folder}/out/${name}.json`);
    const content = JSON.parse(await Deno.readTextFile(test!));
    const stolen = JSON.parse(await Deno.readTextFile(train!)).samples[4];
    content.samples.push({ ...stolen, ファイル名: "別名", コンテキスト: "" });
    await Deno.writeTextFile(test!, JSON.stringify(content));
    const { code, text } = await run("check", train!, test!);
    assert.equal(code, 1);
    assert.match(text, /LEAK: 1 \(5\.6 %\) of the questions of A\nLEAK: 1 \(7\.7 %\)/);
    assert.match(text, /Question the same: 1 pair\n {2}4 試験用法_問題番号\d+ \| 12 別名/);
    const json = await run("check", train!, test!, "--json");
    assert.equal(json.code, 1);
    const report = JSON.parse(json.text);
    assert.equal(report.leak_found, true);
    assert.equal(report.comparisons[0].questions[0].kind, "identical");
    assert.deepEqual(report.comparisons[0].b.leaking_count, 1);
    await assert.rejects(run("check", train!), /two or more files/);
    await assert.rejects(run("check", train!, `${folder}/no.json`), /no\.json does not exist/);
    const silent = { messages: [{ role: "user", content: "何の条か分からない問い" }] };
    await Deno.writeTextFile(`${folder}/x.jsonl`, JSON.stringify(silent));
    const unsure = await run("check", `${folder}/x.jsonl`, test!);
    assert.match(unsure.text, /x\.jsonl: 1 record \(1 name no article: only their wording can be/);
    assert.match(unsure.text, /13 questions \(1 name no article/);
    const twice = await run("check", train!, train!);
    assert.match(twice.text, /A and B are the same bytes/);
  }));

Deno.test("letters of every kind of file stand side by side, a collapse with a warning", () =>
  inFolder(async (folder) => {
    const record = (content: string) => ({
      messages: [{ role: "user", content: "問" }, { role: "assistant", content }],
    });
    const answers = ["回答: ｂ", "b", "検討すると甲である。\nAnswer: b", "わかりません"];
    await Deno.writeTextFile(
      `${folder}/x.jsonl`,
      answers.map((answer) => JSON.stringify(record(answer))).join("\n"),
    );
    const results = ITEMS.map(({ 備考 }) => ({
      correct_answer: LETTERS[備考.出典 % 4],
      predicted_answer: "a",
    }));
    await Deno.writeTextFile(`${folder}/r.json`, JSON.stringify({ results }));
    const files = ["q.json", "x.jsonl", "r.json"].map((name) => `${folder}/${name}`);
    const { code, text } = await run("labels", ...files);
    assert.equal(code, 0);
    assert.match(text, /q\.json +correct +8 \(26\.7 %\) +8 \(26\.7 %\) +7 /);
    assert.match(text, /x\.jsonl +taught +0 \(0\.0 %\) +3 \(75\.0 %\) .* 1 +0 +0 +4 +b /);
    assert.match(text, /WARNING: \S+r\.json: 30 of 30 predicted letters are "a"/);
    const { files: json } = JSON.parse((await run("labels", ...files, "--json")).text);
    assert.deepEqual(json.map(({ role }: { role: string }) => role), [
      ...["correct", "taught", "correct", "predicted"],
    ]);
    assert.equal(json[3].largest.is_collapse, true);
    assert.equal(json[1].unparsed_count, 1);
  }));

Deno.test("under the task's own permissions: elsewhere it is refused with the command to run", () =>
  inFolder(async (folder) => {
    const args = ["dataset", "split", "--data", "q.json", ...SIZES, "--out"];
    const refused = await runTask("houqa", [...args, "elsewhere"], { cwd: folder });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /no permission to write elsewhere\. Run:\n.*--allow-write=/);
    const done = await runTask("houqa", [...args, "datasets/split"], { cwd: folder });
    assert.equal(done.code, 0, done.stderr);
    const sides = ["datasets/split/train.json", "datasets/split/test.json"];
    const check = await runTask("houqa", ["dataset", "check", ...sides], { cwd: folder });
    assert.equal(check.code, 0, check.stderr);
    assert.match(check.stdout, /No leak found/);
  }));

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real questions: 100/40 is clean, a random 100/40 is reported (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const out = `${folder}/out`;
      const sizes = ["--train", "100", "--test", "40", "--seed", "3"];
      assert.equal((await run("split", "--data", lawqa!, ...sizes, "--out", out)).code, 0);
      assert.equal((await run("check", `${out}/train.json`, `${out}/test.json`)).code, 0);
      const { samples } = JSON.parse(await Deno.readTextFile(lawqa!));
      const order = seededRandom(42).shuffle(samples);
      const [train, test] = [order.slice(0, 100), order.slice(100)];
      await Deno.writeTextFile(`${folder}/a.json`, JSON.stringify({ samples: train }));
      await Deno.writeTextFile(`${folder}/b.json`, JSON.stringify({ samples: test }));
      const { code, text } = await run("check", `${folder}/a.json`, `${folder}/b.json`);
      assert.equal(code, 1);
      assert.match(text, /LEAK: \d+ \(\d+\.\d %\) of the questions of B/);
      assert.match(text, /Article of both: \d\d/);
    }),
});
