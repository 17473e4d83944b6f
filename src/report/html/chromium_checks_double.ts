import assert from "node:assert/strict";
import { CHROMIUM } from "./find_chromium_double.ts";

/**
 * A test that runs tests in Chromium: in a process of their own with all permissions, for Playwright
 * looks into /proc, which Deno allows to no test but one with all. Ignored where there is no Chromium.
 * @param files names of them, beside the file of the test.
 * @param beside its `import.meta.url`.
 * @param count tests that must pass.
 */
export function chromiumChecks(
  name: string,
  files: readonly string[],
  beside: string,
  count: number,
): void {
  Deno.test({
    name: `${name} in Chromium: see ${files.join(" and ")}`,
    ignore: CHROMIUM === undefined,
    fn: async () => {
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "test",
          "--no-check",
          "--frozen",
          "--allow-all",
          ...files.map((file) => new URL(file, beside).pathname),
        ],
        env: { NO_COLOR: "1" },
      }).output();
      const decoder = new TextDecoder();
      const output = decoder.decode(stdout) + decoder.decode(stderr);
      assert.ok(success, output);
      assert.match(output, new RegExp(`\\b${count} passed`));
    },
  });
}
