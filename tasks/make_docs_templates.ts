/**
 * Writes the procedures and log templates of docs/ into a TypeScript module, so that a bundled houqa
 * has them too; with --check says whether the module is up to date.
 *
 *   deno run --allow-read=docs,src/docs --allow-write=src/docs tasks/make_docs_templates.ts [--check]
 */
import { parseArgs } from "node:util";

/** The module that is made. */
export const TARGET = "src/docs/document_texts.ts";
/** Folders of docs/ whose Markdown goes into it. */
const FOLDERS = ["heart01", "templates"];

/** The module's text as the Markdown gives it. @param root the repository's folder. */
export async function makeDocumentTexts(root: URL): Promise<string> {
  const paths: string[] = [];
  for (const folder of FOLDERS) {
    for await (const entry of Deno.readDir(new URL(`docs/${folder}`, root))) {
      if (entry.isFile && entry.name.endsWith(".md")) paths.push(`${folder}/${entry.name}`);
    }
  }
  const texts = await Promise.all(
    paths.sort().map(async (path) => {
      const text = await Deno.readTextFile(new URL(`docs/${path}`, root));
      // A line for a line, so that changes can be read.
      const lines = text.split("\n").map((line) => `    ${JSON.stringify(line)},`);
      return [`  ${JSON.stringify(path)}: [`, ...lines, `  ].join("\\n"),`].join("\n");
    }),
  );
  return [
    "// Made from docs/heart01 and docs/templates by tasks/make_docs_templates.ts.",
    "// deno-fmt-ignore-file",
    "",
    "/** Procedures and log templates by their path below docs. */",
    "export const DOCUMENT_TEXTS: Readonly<Record<string, string>> = {",
    ...texts,
    "};",
    "",
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { check: { type: "boolean" } } });
  const text = await makeDocumentTexts(new URL("../", import.meta.url));
  if (!values.check) {
    await Deno.writeTextFile(TARGET, text);
  } else if (await Deno.readTextFile(TARGET).catch(() => "") !== text) {
    console.error(`${TARGET} is not up to date: run tasks/make_docs_templates.ts.`);
    Deno.exitCode = 1;
  }
}
