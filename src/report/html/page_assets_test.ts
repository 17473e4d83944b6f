import assert from "node:assert/strict";
import { makePageAssets, PAGE_ASSETS } from "../../../tasks/make_report_page.ts";

Deno.test("the page's script and style in the repository are what their sources give", async () => {
  assert.equal(
    await Deno.readTextFile(PAGE_ASSETS),
    await makePageAssets(),
    "run: deno run -A tasks/make_report_page.ts",
  );
});
