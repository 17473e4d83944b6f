import assert from "node:assert/strict";
import { makeReportModel, spoil } from "./report_model_double.ts";
import { HOSTILE } from "./report_model_double.ts";
import { renderPage } from "./render_page.ts";
import type { ReportModel } from "./report_model.ts";

async function render(model: ReportModel): Promise<string> {
  let page = "";
  for await (const piece of renderPage(model)) page += piece;
  return page;
}

const isEven = (index: number) => index % 2 === 0;

Deno.test("hostile texts in every field stay text, and come back whole as data", async () => {
  const doubles = [isEven, () => true].map((isRight) => ({
    questions: 60,
    isRight,
    spoil,
    longest: 1_000_000,
    inOrders: true,
  }));
  const page = await render(makeReportModel(doubles, (run) => spoil(`run${run}`)));
  // The page's own elements: rows, two blocks of questions, and the script.
  assert.equal(page.match(/<script/g)?.length, 4);
  assert.equal(page.match(/<\/script/g)?.length, 4);
  assert.equal(page.match(/<style/g)?.length, 1);
  assert.ok(!/<img|onload="|onerror="[^&]/.test(page));
  assert.ok(!page.includes("<!--"));
  assert.ok(page.isWellFormed() && !page.includes("\u0000"));
  const block = /id="block-0">(.*?)<\/script>/s.exec(page)![1]!;
  const { answers } = JSON.parse(block).details[0];
  assert.ok(answers[0].response.length >= 1_000_000);
  const all = JSON.stringify(JSON.parse(block));
  for (const text of HOSTILE) assert.ok(all.includes(JSON.stringify(text).slice(1, -1)));
});

Deno.test("the policy names the script and style that are in the page, and nothing else", async () => {
  const page = await render(makeReportModel([{ questions: 4, isRight: isEven }]));
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!
    .replaceAll("&#39;", "'");
  const digests = [];
  for (const pattern of [/<script>([\s\S]*?)<\/script>/, /<style>([\s\S]*?)<\/style>/]) {
    const bytes = new TextEncoder().encode(pattern.exec(page)![1]!);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    digests.push(`'sha256-${btoa(String.fromCharCode(...hash))}'`);
  }
  assert.match(policy, /^default-src 'none'; /);
  assert.ok(
    policy.includes(`script-src ${digests[0]};`) && policy.includes(`style-src ${digests[1]};`),
  );
  assert.ok(!/unsafe|\*/.test(policy));
  assert.ok(!/ style="/.test(page), "a style attribute would be refused by the policy");
});

Deno.test("every drawing has a title, a description and a table", async () => {
  const page = await render(
    makeReportModel([isEven, () => true].map((isRight) => ({ questions: 60, isRight }))),
  );
  const ids = [...page.matchAll(/aria-labelledby="([\w-]+)-title"/g)].map(([, id]) => id!);
  // Accuracy, difference, a heat map each, laws, reliability, recall, four quantities less one.
  assert.equal(ids.length, 10);
  for (const id of ids) {
    assert.ok(page.includes(`id="${id}-title"`) && page.includes(`id="${id}-text"`));
    const figure = page.slice(page.indexOf(`<figure id="${id}"`));
    assert.ok(figure.slice(0, figure.indexOf("</figure>")).includes("<table>"));
  }
});

Deno.test("orders of the choices: accuracy by order, places, calibration, four answers", async () => {
  const doubles = [
    { questions: 60, isRight: isEven, inOrders: true },
    { questions: 60, isRight: isEven },
  ];
  const page = await render(makeReportModel(doubles));
  const section = page.slice(
    page.indexOf('<section id="orders"'),
    page.indexOf('<section id="laws"'),
  );
  for (const id of ["order-accuracy", "position-bias"]) {
    const figure = section.slice(section.indexOf(`<figure id="${id}"`));
    assert.match(
      figure.slice(0, figure.indexOf("</figure>")),
      /<svg [^>]*role="img"[\s\S]*<table>/,
    );
  }
  // Even questions are answered with "d" in three orders of four.
  assert.match(section, /A leans to &#34;d&#34; whichever choice stands there/);
  assert.match(section, /Answers with the letter prior taken off/);
  const block = JSON.parse(/id="block-0">(.*?)<\/script>/s.exec(page)![1]!);
  const [first, second] = block.details[0].answers;
  assert.deepEqual(first.orders.map(({ order }: { order: string }) => order), [
    "0123",
    "2031",
    "1302",
    "3210",
  ]);
  assert.equal(first.orders[0].response, undefined);
  assert.match(first.orders[3].response, /^3210: /);
  assert.deepEqual(first.calibrated, { outcome: "w", letter: "d" });
  assert.equal(second.orders, undefined);
  const rows = JSON.parse(/id="rows">(.*?)<\/script>/s.exec(page)![1]!).rows;
  assert.deepEqual(rows[0].given, [["c", "a", 1], ["c", "a"]]);
  const plain = await render(makeReportModel([doubles[1]!]));
  assert.ok(!plain.includes('id="orders"') && !plain.includes('value="unsteady"'));
});

Deno.test("runs that can't be compared are shown without a verdict", async () => {
  const model = makeReportModel([
    { questions: 8, isRight: isEven },
    { questions: 12, isRight: () => true },
  ]);
  assert.deepEqual(model.refused.map(({ name }) => name), ["questions"]);
  assert.equal(model.comparison, undefined);
  assert.equal(model.rows.length, 12);
  const page = await render(model);
  assert.match(page, /No verdict: these runs differ/);
  assert.ok(!page.includes('class="card verdict'));
});

Deno.test("140 questions of two runs with answers of 2,000 characters stay below 3 MB", async () => {
  const doubles = [isEven, () => true].map((isRight, run) => ({
    questions: 140,
    isRight,
    spoil: (text: string) => text === "条文" ? "条文".repeat(500) : `${text}${"答".repeat(run)}`,
    longest: 2_000,
  }));
  const bytes = new TextEncoder().encode(await render(makeReportModel(doubles))).length;
  assert.ok(bytes < 3_000_000, `${bytes} bytes`);
});
