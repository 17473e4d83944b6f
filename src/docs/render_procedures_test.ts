import assert from "node:assert/strict";
import { readCodeBlocks } from "./code_blocks.ts";
import { DOCUMENT_TEXTS } from "./document_texts.ts";
import { fillTemplate } from "./fill_template.ts";
import { DEFAULT_NAMES, renderProcedures } from "./render_procedures.ts";

const names = { model: "runs/qwen_law_ft/direct_norag_v1", adapter: "a/b", results: "r" };
const rendered = (text: string) => renderProcedures({ "heart01/x.md": text }, names)[0]!.text;

Deno.test("names are put into commands and inline code, each once", () => {
  assert.equal(
    rendered(
      "```sh\nx Qwen/Qwen3-8B runs/qwen_law_ft/direct_norag_v1/y results/evaluations/z\n```",
    ),
    "```sh\nx runs/qwen_law_ft/direct_norag_v1 a/b/y r/z\n```",
  );
  assert.equal(
    rendered("in `Qwen/Qwen3-8B`, Qwen/Qwen3-8B"),
    "in `runs/qwen_law_ft/direct_norag_v1`, Qwen/Qwen3-8B",
  );
});

Deno.test("the trial of a model has a folder of its own, beside its adapter", () => {
  assert.equal(
    rendered("```sh\ntrain runs/qwen_law_ft/direct_norag_v1_trial_50/summary.json\n```"),
    "```sh\ntrain a/b_trial_50/summary.json\n```",
  );
});

Deno.test("every folder below runs/ in the procedures is a given name's", () => {
  const texts = renderProcedures(DOCUMENT_TEXTS, { ...names, model: "m" });
  const commands = texts.flatMap(({ text }) => readCodeBlocks(text))
    .filter(({ language }) => language === "sh").map(({ text }) => text).join("\n");
  assert.match(commands, /--output-dir a\/b_trial_50 /);
  assert.doesNotMatch(commands, /runs\/qwen_law_ft/);
});

Deno.test("real output, prose and longer names are left alone", () => {
  for (
    const text of [
      "```text\nModel: Qwen/Qwen3-8B `Qwen/Qwen3-8B`\n```",
      "Qwen/Qwen3-8B",
      "`Qwen/Qwen3-8B-Base` `runs/qwen_law_ft/direct_norag_v12`",
    ]
  ) assert.equal(rendered(text), text);
});

Deno.test("the default names change nothing, and other folders are no procedures", () => {
  const text = "`Qwen/Qwen3-8B`\n```sh\nls results/evaluations\n```\n";
  const texts = { "heart01/a.md": text, "templates/b.md": text };
  assert.deepEqual(renderProcedures(texts, DEFAULT_NAMES), [{ name: "a.md", text }]);
});

Deno.test("code blocks are found with their line, longer fences and all", () => {
  assert.deepEqual(readCodeBlocks("a\n```sh\nls\n\npwd\n```\n````text\n```\n````\n"), [
    { language: "sh", text: "ls\n\npwd", line: 3 },
    { language: "text", text: "```", line: 8 },
  ]);
  assert.throws(() => readCodeBlocks("```sh\nls\n"), /line 1 has no end/);
});

Deno.test("a template takes every value, marks what is missing, and refuses what has no place", () => {
  assert.equal(fillTemplate("${a} ${b} ${a}", { a: "$& ${b}" }), "$& ${b} 【記入】 $& ${b}");
  assert.throws(() => fillTemplate("${a}", { a: "1", other: "2" }), /no place for other/);
});
