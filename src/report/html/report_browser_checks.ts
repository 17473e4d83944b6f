/**
 * Tests of the report's page in Chromium, started by report_browser_test.ts: Playwright looks into
 * /proc, which Deno allows to no test but one with all permissions.
 */
/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "axe-core";
import { browserTest, count, drawn, isEven, isThird, PLAIN } from "./browser_test_double.ts";
import { spoil } from "./report_model_double.ts";

browserTest("filters, search and sort", PLAIN, async (path, open) => {
  const { page, complaints } = await open(path);
  assert.equal(await count(page), "60 / 60");
  await page.selectOption("#show", "gained-1");
  const gained = Array.from({ length: 60 }, (_, index) => index)
    .filter((index) => !isEven(index) && isThird(index) && index % 4 !== 3);
  assert.deepEqual(await drawn(page), gained);
  assert.equal(await count(page), `${gained.length} / 60`);
  await page.selectOption("#show", "all");
  await page.selectOption("#law", { label: "法1" });
  assert.equal(await count(page), "20 / 60");
  await page.selectOption("#law", "");
  // Full-width digits find half-width ones; words are joined by "and".
  await page.fill("#search", "第１７条 正しい");
  await page.waitForFunction(() => document.querySelector("#count")?.textContent === "1 / 60");
  assert.deepEqual(await drawn(page), [17]);
  await page.press("#search", "Escape");
  assert.equal(await count(page), "60 / 60");
  await page.click("#list th:first-child button");
  assert.equal((await drawn(page))[0], 59);
  assert.equal(await page.getAttribute("#list th:first-child", "aria-sort"), "descending");
  assert.deepEqual(complaints, []);
});

browserTest("both languages, light and dark, paper", PLAIN, async (path, open) => {
  const { page, complaints } = await open(path, { locale: "en-US", colorScheme: "dark" });
  assert.equal(await page.innerText("#summary h2"), "Summary");
  assert.equal(await page.getAttribute("#list table", "aria-label"), "List of questions");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.click("#language");
  assert.equal(await page.innerText("#summary h2"), "概要");
  assert.equal(await page.getAttribute("html", "lang"), "ja");
  await page.click("#theme");
  const light = await background();
  assert.notEqual(light, dark);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} pixels wider than the window`);
  await page.setViewportSize({ width: 390, height: 800 });
  const narrow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(narrow <= 0, `${narrow} pixels wider than the window`);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal((await drawn(page)).length, 60);
  assert.equal(await page.locator("figure details:not([open])").count(), 0);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.deepEqual(complaints, []);
});

const IN_ORDERS = PLAIN.map((double, run) => run === 0 ? { ...double, inOrders: true } : double);

browserTest("orders of the choices: filter and the four answers", IN_ORDERS, async (path, open) => {
  const { page, complaints } = await open(path, { locale: "en-US" });
  await page.selectOption("#show", "unsteady");
  assert.equal(await count(page), "30 / 60");
  assert.ok((await drawn(page)).every(isEven));
  await page.evaluate(() => location.hash = "#q0");
  await page.waitForSelector("#detail .response table");
  const text = await page.innerText("#detail .response");
  for (const order of ["0123", "2031", "1302", "3210"]) assert.ok(text.includes(order));
  assert.match(text, /Majority of the orders[\s\S]*Calibrated/);
  assert.equal(await page.locator("#detail .response table").count(), 1);
  assert.deepEqual(complaints, []);
});

const HOSTILE_RUNS = PLAIN.map((double) => ({
  ...double,
  spoil,
  longest: 1_000_000,
  inOrders: true,
}));

browserTest("hostile texts run nothing and load nothing", HOSTILE_RUNS, async (path, open) => {
  const { page, complaints } = await open(path);
  for (let step = 0; step < 60; step++) await page.keyboard.press("j");
  assert.match(await page.innerText("#detail h3"), /^#59 /);
  await page.evaluate(() => location.hash = "#q0");
  await page.waitForSelector("#detail pre button");
  await page.click("#detail pre button");
  const longest = await page.$$eval(
    "#detail pre",
    (all) => Math.max(...all.map((one) => one.textContent!.length)),
  );
  assert.ok(longest >= 40_000, String(longest));
  await page.fill("#search", "</script><script>window.taken");
  await page.waitForTimeout(300);
  assert.notEqual(await count(page), "0 / 60");
  assert.equal(await page.evaluate(() => "taken" in globalThis), false);
  assert.equal(await page.locator("img, iframe, object, embed, link").count(), 0);
  assert.deepEqual(complaints, []);
});

browserTest("axe finds nothing serious", IN_ORDERS, async (path, open) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await open(path, { colorScheme });
    await page.keyboard.press("j");
    for (const summary of await page.$$("details:not([open]) > summary")) {
      if (await summary.isVisible()) await summary.click();
    }
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate(async () => {
      const found = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return { violations: found.violations, passes: found.passes.length };
    });
    assert.ok(passes > 20, `only ${passes} rules applied`);
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(
      bad.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.slice(0, 3).map((n) => n.html)}`),
      [],
    );
  }
});

const MANY = [isEven, isThird].map((isRight) => ({ questions: 3000, isRight }));

browserTest("of thousands of questions only those in sight are drawn", MANY, async (path, open) => {
  const { page, complaints } = await open(path);
  assert.equal(await count(page), "3000 / 3000");
  assert.ok((await drawn(page)).length < 80);
  await page.evaluate(() => document.getElementById("list")!.scrollTop = 34 * 1500);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#list tr[data-row]")].some(({ id }) => id === "row-1505")
  );
  const numbers = await drawn(page);
  assert.ok(numbers.length < 80 && numbers.includes(1500));
  assert.deepEqual(complaints, []);
});
