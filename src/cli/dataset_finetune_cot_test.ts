import assert from "node:assert/strict";
import type { Question } from "../dataset/question.ts";
import {
  evaluateFake,
  finetune,
  inFolder,
  manifestOf,
  QUESTIONS,
  readRecords,
  refuses,
  write,
} from "./dataset_finetune_double.ts";

/** Evaluates `q.json` with reasoning into `r.json`. */
const evaluateCot = (folder: string, answerOf: (question: Question) => string, more = {}) =>
  evaluateFake(
    {
      ...{ data: `${folder}/q.json`, output: `${folder}/r.json`, use_cot: true },
      ...{ context: "none", few_shot: false, ...more },
    },
    QUESTIONS,
    answerOf,
  );
const cot = (folder: string, ...more: string[]) =>
  finetune(folder, "--mode", "cot", "--overwrite", ...more);
const WITH_RESULT = (folder: string) => ["--reasonings", `${folder}/r.json`];

Deno.test("right responses of a run become chains of thought, the others are left out", () =>
  inFolder(async (folder) => {
    await evaluateCot(folder, ({ index, answer }) => {
      if (index === 0) return `検討の結果、\n**最終回答: ${answer}**`;
      if (index === 1) return `Answer: ${answer}`;
      if (index === 2) return `<|im_end|>を書く。\nAnswer: ${answer}`;
      if (index === 3) return "分かりません。";
      return index % 2 === 0 ? `甲である。\nAnswer: ${answer}` : "乙である。\nAnswer: b";
    });
    const { code, text } = await cot(folder, ...WITH_RESULT(folder));
    assert.equal(code, 0);
    const records = await readRecords(`${folder}/out/x.jsonl`);
    const right = QUESTIONS.filter(({ index, answer }) =>
      index === 0 || index > 3 && (index % 2 === 0 || answer === "b")
    );
    assert.deepEqual(records.map(({ id }) => id), right.map(({ fileName }) => fileName));
    assert.equal(records[0]!.messages.at(-1)!.content, "検討の結果、\nAnswer: a");
    const manifest = await manifestOf(folder);
    const leftOut = QUESTIONS.length - right.length;
    assert.deepEqual(manifest.left_out, {
      no_reasoning_count: leftOut - 2,
      other_prompt_count: 0,
      unusable_count: 2,
    });
    assert.equal(manifest.reasonings.files[0].used_count, right.length);
    assert.equal(manifest.reasonings.files[0].count, right.length + 2);
    assert.match(text, new RegExp(`Left out: ${leftOut} \\(`));
    assert.match(text, /\n {2}2: reasonings that can't be used/);
  }));

Deno.test("reasonings to other prompts, questions or without thought are no targets", () =>
  inFolder(async (folder) => {
    const right = ({ answer }: Question) => `甲である。\nAnswer: ${answer}`;
    await evaluateCot(folder, right, { context: "gold" });
    await refuses(
      /12 were asked with another prompt \(give the same --context/,
      cot(folder, ...WITH_RESULT(folder)),
    );
    await cot(folder, "--context", "gold", ...WITH_RESULT(folder));
    await write(`${folder}/q.json`, QUESTIONS.slice(1));
    await refuses(/made with other questions/, cot(folder, ...WITH_RESULT(folder)));
    await write(`${folder}/q.json`, QUESTIONS);
    await evaluateCot(folder, ({ answer }) => answer, { use_cot: false });
    await refuses(/answers without reasoning: run it with/, cot(folder, ...WITH_RESULT(folder)));
  }));

Deno.test("reasonings by id: used for their question, checked, strangers counted", () =>
  inFolder(async (folder) => {
    const path = `${folder}/t.jsonl`;
    const writeLines = (...lines: object[]) =>
      Deno.writeTextFile(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    const id = (index: number) => QUESTIONS[index]!.fileName;
    await writeLines(
      { id: id(0), reasoning: "条文どおり。\r\nbではない。" },
      { id: id(1), reasoning: "bが条文どおり。\nAnswer: b" },
      { id: id(9), reasoning: "  条文どおり。\n\n答え: b  " },
      // No answer line: read like any text of a model, and it is another letter.
      { id: id(2), reasoning: "条文を読む。したがって、正解は d です。" },
      { id: id(3), reasoning: "<think>条文を読む。</think>条文どおり。" },
      { id: "知らない", reasoning: "甲" },
    );
    await evaluateCot(folder, ({ answer }) => `後の文。\nAnswer: ${answer}`, { samples: "1" });
    const { text } = await cot(folder, "--reasonings", path, `${folder}/r.json`);
    const records = await readRecords(`${folder}/out/x.jsonl`);
    assert.deepEqual(records.map(({ id, messages }) => [id, messages.at(-1)!.content]), [
      [id(0), "条文どおり。\nbではない。\nAnswer: a"],
      [id(9), "条文どおり。\nAnswer: b"],
    ]);
    assert.match(text, /Lines with an id that no question has: 1/);
    assert.match(text, /t\.jsonl: 2 used of 6\n.*r\.json: 0 used of 1/);
    const refuseLines = async (expected: RegExp, ...lines: object[]) => {
      await writeLines(...lines);
      await refuses(expected, cot(folder, "--reasonings", path));
    };
    const good = { id: id(0), reasoning: "甲" };
    await refuseLines(/line 2: the id .* stands in line 1 already/, good, good);
    await refuseLines(/line 1: reasoning: is empty/, { ...good, reasoning: " " });
    await refuseLines(/line 1: id: must be text/, { reasoning: "甲" });
    await refuseLines(/holds no reasonings/);
    await refuseLines(/No record can be made.*12 have no right.* 1 lines have ids/, {
      ...{ id: "x", reasoning: "甲" },
    });
    await Deno.writeTextFile(path, "{");
    await refuses(/t\.jsonl: line 1 is not valid JSON/, cot(folder, "--reasonings", path));
    await refuses(/no\.jsonl does not exist/, cot(folder, "--reasonings", `${folder}/no.jsonl`));
  }));
