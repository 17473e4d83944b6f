/**
 * Tests of `houqa report --watch` in Chromium, with the command's own permissions, started by
 * watch_browser_test.ts: Playwright looks into /proc, which Deno allows to no test but one with all
 * permissions.
 */
/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "axe-core";
import { spawnTask } from "../../cli/spawn_task.ts";
import { journalPath } from "../../eval/journal.ts";
import { chromiumTest, type OpenPage } from "../html/chromium_test_double.ts";
import { isEven, isThird } from "../html/browser_test_double.ts";
import { spoil } from "../html/report_model_double.ts";
import { makeResultFile, type ResultDouble } from "../html/result_file_double.ts";
import { openJournalDouble } from "./journal_double.ts";

/** Starts the task in a folder with a finished result, and reads the address that it prints. */
async function watching(
  folder: string,
  action: (address: string) => Promise<void>,
): Promise<{ code: number; stderr: string }> {
  const child = spawnTask("report:watch", ["results/a.json", "results/b.json"], { cwd: folder });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  const ended = child.status;
  try {
    await action(text.split("\n")[0]!);
  } finally {
    child.kill("SIGINT");
    await reader.cancel();
  }
  const stderr = await new Response(child.stderr).text();
  return { code: (await ended).code, stderr };
}

function checks(
  name: string,
  double: ResultDouble,
  action: (world: {
    folder: string;
    run: Awaited<ReturnType<typeof openJournalDouble>>;
    finish: () => Promise<void>;
    open: OpenPage;
    address: string;
  }) => Promise<void>,
): void {
  chromiumTest(name, async (folder, open) => {
    await Deno.mkdir(`${folder}/results`);
    const base = makeResultFile({ ...double, isRight: isEven });
    await Deno.writeTextFile(`${folder}/results/a.json`, JSON.stringify(base));
    const file = makeResultFile(double);
    const path = `${folder}/results/b.json`;
    const run = await openJournalDouble(journalPath(path), file);
    const { code, stderr } = await watching(folder, (address) =>
      action({
        folder,
        run,
        open,
        address,
        finish: async () => {
          await Deno.writeTextFile(path, JSON.stringify(file));
          await run.journal.remove();
        },
      }));
    assert.equal(code, 130, stderr);
  });
}

const PLAIN: ResultDouble = { questions: 24, isRight: isThird };

checks("from waiting to the report", PLAIN, async ({ run, finish, open, address, folder }) => {
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{16}\/$/);
  const { page, complaints } = await open(address, { locale: "en-US" });
  const card = page.locator(".run-card").nth(1);
  await card.getByText("not begun").waitFor();
  run.start();
  run.answer(0, 9);
  await card.getByText("running").waitFor();
  await card.getByText("9 / 24").waitFor();
  await card.getByText("right 3/9").waitFor();
  assert.match(await card.innerText(), /33\.3 % \(provisional\)/);
  assert.match(await card.innerText(), /0\.5 s a question, about 7\.5 s left/);
  run.answer(9, 15);
  await card.getByText("15 / 24").waitFor();
  const rows = await page.locator("main table tbody").innerText();
  assert.match(rows, /A → B/);
  assert.match(await page.locator("main").innerText(), /No verdict before the end/);
  await page.evaluate(axe.source);
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const bad = await page.evaluate(async () =>
      (await (globalThis as unknown as { axe: typeof axe }).axe.run()).violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)
    );
    assert.deepEqual(bad, [], theme);
  }
  if (Deno.env.get("HOUQA_SCREENSHOTS") !== undefined) {
    await page.screenshot({ path: `${Deno.env.get("HOUQA_SCREENSHOTS")}/live_dark_en.png` });
    await page.emulateMedia({ colorScheme: "light" });
    await page.click("#language");
    await page.screenshot({ path: `${Deno.env.get("HOUQA_SCREENSHOTS")}/live_light_ja.png` });
  }
  run.answer(15, 24);
  await finish();
  await page.waitForSelector(".verdict");
  assert.equal(await page.textContent("#count"), "24 / 24");
  // Nothing was written beside the two results.
  assert.deepEqual([...Deno.readDirSync(`${folder}/results`)].map(({ name }) => name).toSorted(), [
    "a.json",
    "b.json",
  ]);
  assert.deepEqual(complaints, []);
});

checks("a killed run shows as stopped", PLAIN, async ({ run, open, address, finish }) => {
  run.start();
  run.answer(0, 4);
  run.journal.close();
  const { page } = await open(address, { locale: "en-US" });
  await page.locator(".run-card").nth(1).getByText("stopped before its end").waitFor();
  assert.match(await page.locator(".run-card").nth(1).innerText(), /The same command goes on/);
  void finish;
});

checks(
  "hostile names run nothing",
  { ...PLAIN, spoil },
  async ({ run, open, address, finish }) => {
    run.start();
    run.answer(0, 6);
    const { page, complaints } = await open(address);
    await page.getByText("6 / 24").waitFor();
    assert.equal(await page.evaluate(() => "taken" in globalThis), false);
    assert.equal(await page.locator("main img, main iframe, main script, main svg").count(), 0);
    run.answer(6, 24);
    await finish();
    await page.waitForSelector(".verdict");
    assert.equal(await page.evaluate(() => "taken" in globalThis), false);
    assert.deepEqual(complaints, []);
  },
);
