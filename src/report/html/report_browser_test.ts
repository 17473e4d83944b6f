import assert from "node:assert/strict";
import { CHROMIUM } from "./find_chromium_double.ts";

Deno.test({
  name: "the page in Chromium: see report_browser_checks.ts and report_keyboard_checks.ts",
  ignore: CHROMIUM === undefined,
  fn: async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "--no-check",
        "--frozen",
        "--allow-all",
        new URL("report_browser_checks.ts", import.meta.url).pathname,
        new URL("report_keyboard_checks.ts", import.meta.url).pathname,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    const output = decoder.decode(stdout) + decoder.decode(stderr);
    assert.ok(success, output);
    assert.match(output, /9 passed/);
  },
});
