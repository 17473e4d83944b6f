/**
 * Bundles the report page's scripts and style into a TypeScript file, so that a compiled houqa holds
 * them; with --check it only compares.
 *
 *   deno run --allow-read --allow-write=src --allow-run=deno tasks/make_report_page.ts [--check]
 */
const PAGE = new URL("../src/report/html/page/", import.meta.url);

/** The generated file. */
export const PAGE_ASSETS = new URL("../src/report/html/page_assets.ts", import.meta.url);

/**
 * The generated file as its sources give it.
 * @throws {Error} in the bundler's words.
 */
export async function makePageAssets(): Promise<string> {
  const style = await Deno.readTextFile(new URL("page.css", PAGE));
  return [
    "// Made from page/page.ts, page/live.ts and page/page.css by tasks/make_report_page.ts.",
    "// deno-fmt-ignore-file",
    "",
    "/** The report page's script. */",
    `export const PAGE_SCRIPT = ${quoteLines(wrapped(await bundle("page.ts")))};`,
    "",
    "/** The script of the page that is shown while a run goes on. */",
    `export const LIVE_SCRIPT = ${quoteLines(wrapped(await bundle("live.ts")))};`,
    "",
    "/** The report page's style. */",
    `export const PAGE_STYLE = ${quoteLines(style)};`,
    "",
  ].join("\n");
}

async function bundle(source: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--frozen", "--platform=browser", source],
    cwd: PAGE,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Classic, as a module may not run from a file's address under every browser's rules. */
function wrapped(script: string): string {
  // File names in comments differ from machine to machine, where a library lies elsewhere.
  const code = script.replace(/^\/\/ .*\n/gm, "");
  return `(() => {\n"use strict";\n${code}})();\n`;
}

function quoteLines(text: string): string {
  return text.trimEnd().split("\n").map((line) => `\n  ${JSON.stringify(`${line}\n`)}`).join(" +");
}

if (import.meta.main) {
  const text = await makePageAssets();
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(PAGE_ASSETS, text);
  else if (await Deno.readTextFile(PAGE_ASSETS).catch(() => "") !== text) {
    console.error(`${PAGE_ASSETS.pathname} is not what its sources give: run this task again.`);
    Deno.exitCode = 1;
  }
}
