import assert from "node:assert/strict";
import { renderMarkdown } from "./markdown_blocks.ts";
import { makeReportModel, spoil } from "./html/report_model_double.ts";
import type { ResultDouble } from "./html/result_file_double.ts";
import { describeReport } from "./report_markdown.ts";

const isEven = (index: number) => index % 2 === 0;
const PLAIN: readonly ResultDouble[] = [
  { questions: 60, isRight: isEven, inOrders: true },
  { questions: 60, isRight: (index) => index % 3 === 0 },
];
const render = (doubles: readonly ResultDouble[], path?: (run: number) => string) =>
  renderMarkdown(describeReport(makeReportModel(doubles, path)));

Deno.test("the facts of the page: runs, verdict, flips, letters, laws, orders, origin", () => {
  const text = render(PLAIN);
  assert.match(text, /^# houqa report\n/);
  assert.match(text, /^\| A \| hf \/ model \+ LoRA adapter .* \| 50\.0 % \(30\/60\) \|/m);
  assert.match(text, /^## 判定 \/ Verdict\n/m);
  assert.match(text, /^\*\*.*問中の正答は.*\*\*$/m);
  assert.match(text, /^## Gained \(only B right\): 5$/m);
  assert.match(text, /^## Lost \(only A right\): 20$/m);
  assert.match(text, /^\| A \| a \| \d+ \|/m);
  assert.match(text, /^\| 法0 \| /m);
  assert.match(text, /^## Orders of the choices\n/m);
  assert.match(text, /^## Letter prior taken off/m);
  assert.match(text, /^\| dataset\.sha256 \| 0{64} \| 0{64} \|$/m);
  for (const block of text.split(/\n{2,}/).filter((one) => one.startsWith("|"))) {
    const widths = block.trim().split("\n").map((row) => row.match(/(?<!\\)\|/g)!.length);
    assert.equal(new Set(widths).size, 1, block);
  }
});

Deno.test("runs that can't be compared have no verdict, and no word of having been allowed", () => {
  const text = render([PLAIN[0]!, { questions: 40, isRight: isEven }]);
  assert.match(text, /No verdict: these runs differ in more than the model \(questions\)/);
  assert.ok(!/Verdict\n|were allowed/.test(text));
  assert.match(render([PLAIN[0]!]), /^\| A \|/m);
});

const TRICKS = [
  "| --- | [x](https://evil.example) ![y](javascript:1) <b>z</b>",
  "www.evil.example http://evil.example mailto:x@evil.example @team #12",
  "# heading\n\n- item\n1. one\n```\ncode",
  "\u202eright to left\u2028line",
];

Deno.test("what a file holds can't leave its cell, make a link, a mention or HTML", () => {
  let place = 0;
  const trick = (text: string) => `${text} ${TRICKS[place++ % TRICKS.length]}`;
  for (const spoiler of [trick, spoil]) {
    const text = render(
      PLAIN.map((double) => ({ ...double, spoil: spoiler })),
      (run) => spoiler(`run${run}`),
    );
    for (const block of text.split(/\n{2,}/).filter((one) => one.startsWith("|"))) {
      const widths = block.trim().split("\n").map((row) => row.match(/(?<!\\)\|/g)?.length);
      assert.equal(new Set(widths).size, 1, block.slice(0, 400));
    }
    assert.ok(!/(?<!\\)[<>\[\]`]/.test(text));
    assert.ok(!/https?:\/\/|www\.|mailto:|@[a-z]|#\d/.test(text));
    assert.ok(!/[\u202a-\u202e\u2028]/.test(text) && text.isWellFormed());
    assert.ok(!text.includes("\u0000"));
    assert.equal(text.match(/^# /gm)!.length, 1);
  }
});
