/** As report_browser_checks.ts: keys, links and paper. */
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { browserTest, drawn, PLAIN } from "./browser_test_double.ts";

browserTest("keyboard, links and the question in full", PLAIN, async (path, open) => {
  const { page, complaints } = await open(path);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.match(await page.innerText("#detail h3"), /^#1 /);
  assert.equal(await page.evaluate(() => location.hash), "#q1");
  await page.focus("#list table");
  await page.keyboard.press("End");
  assert.match(await page.innerText("#detail h3"), /^#59 /);
  assert.equal(
    await page.getAttribute("#list table", "aria-activedescendant"),
    await page.getAttribute('#list tr[aria-selected="true"]', "id"),
  );
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "detail");
  // Question 0 is right in both runs with the same words; in question 2 they differ.
  assert.equal(await page.locator("#detail ins").count(), 0);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "search");
  await page.click('.flips a[href="#q2"]');
  await page.waitForFunction(() =>
    document.querySelector("#detail h3")?.textContent?.startsWith("#2 ")
  );
  assert.ok(await page.locator("#detail ins").count() > 0);
  assert.ok(await page.locator("#detail del").count() > 0);
  await page.click('a[href="#lost-1"]');
  await page.waitForFunction(() =>
    document.querySelector<HTMLSelectElement>("#show")?.value === "lost-1"
  );
  const links = await page.$$eval("#detail a", (all) => all.map((one) => one.getAttribute("href")));
  assert.ok(links.includes("https://example.com/a"));
  assert.ok(links.every((link) => link!.startsWith("https://")), links.join());
  assert.match(await page.innerText("#detail"), /javascript:alert\(2\)/);
  const { page: direct, complaints: others } = await open(path);
  await direct.evaluate(() => location.hash = "#q7");
  await direct.waitForSelector("#detail h3");
  assert.match(await direct.innerText("#detail h3"), /^#7 /);
  assert.deepEqual([...complaints, ...others], []);
});

browserTest("the list has the keys after j, Enter and the search", PLAIN, async (path, open) => {
  const { page, complaints } = await open(path);
  const heading = () => page.innerText("#detail h3");
  await page.keyboard.press("Enter");
  assert.match(await heading(), /^#0 /);
  await page.keyboard.press("ArrowDown");
  assert.match(await heading(), /^#1 /);
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  assert.match(await heading(), /^#2 /);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "detail");
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  assert.match(await heading(), /^#4 /);
  // Enter does not wait for the pause that ends typing.
  await page.keyboard.press("/");
  await page.keyboard.type("17条");
  await page.keyboard.press("Enter");
  assert.deepEqual(await drawn(page), [17]);
  assert.match(await heading(), /^#17 /);
  const inSight = await page.evaluate(() => {
    const { top, bottom } = document.querySelector("#list")!.getBoundingClientRect();
    return top >= -1 && bottom <= innerHeight + 1;
  });
  assert.ok(inSight);
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowUp");
  assert.match(await heading(), /^#16 /);
  assert.deepEqual(complaints, []);
});

browserTest("tables on A4 paper: headings in words, nothing cut off", PLAIN, async (path, open) => {
  const { page } = await open(path, { locale: "ja-JP" });
  // A4 without its margins, in CSS pixels.
  await page.setViewportSize({ width: 718, height: 1047 });
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const headings = await page.$$eval("#difference thead th", (all) =>
    all.map((heading) => {
      const range = document.createRange();
      range.selectNodeContents(heading);
      const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom)));
      return { text: (heading as HTMLElement).innerText, lines: lines.size };
    }));
  assert.equal(headings.length, 10);
  for (const { text, lines } of headings) assert.ok(lines <= 2, `${text}: ${lines} lines`);
  const over = await page.$$eval(
    "#difference .wide",
    (all) => all.map((one) => one.scrollWidth - one.clientWidth),
  );
  assert.deepEqual(over, [0]);
  assert.equal(
    await page.$eval("#difference", (figure) => getComputedStyle(figure).breakInside),
    "avoid",
  );
});
