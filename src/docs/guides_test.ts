import assert from "node:assert/strict";
import { checkGuide } from "./check_guide.ts";
import { SERVER_RULES } from "./procedure_rules_double.ts";

const ROOT = new URL("../../", import.meta.url);
/** The Deno that houqa is developed with, which the guides install. */
const DENO_VERSION = "2.9.6";

const rules = { ...SERVER_RULES, onServer: false };
const check = (text: string) => checkGuide(text, rules, DENO_VERSION);

const guides = ["README.md", "README.ja.md"];
for (const folder of ["docs", "docs/templates", "docs/local", "docs/heart01"]) {
  for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
    if (name.endsWith(".md")) guides.push(`${folder}/${name}`);
  }
}
for (const path of guides.sort()) {
  Deno.test(`every command of ${path} is one that houqa takes`, async () => {
    const { problems } = await check(await Deno.readTextFile(new URL(path, ROOT)));
    assert.deepEqual(problems, []);
  });
}

Deno.test("the guides have commands, and the check sees them", async () => {
  let count = 0;
  for (const path of guides) {
    count += (await check(await Deno.readTextFile(new URL(path, ROOT)))).commandCount;
  }
  assert.ok(count > 300, String(count));
});

Deno.test("the guides name the Deno that CI uses", async () => {
  const ci = await Deno.readTextFile(new URL(".ci/run", ROOT));
  assert.match(ci, new RegExp(`^DENO_VERSION=${DENO_VERSION}$`, "m"));
});

const WRONG = {
  "```sh\ndeno task eval --contxt gold\n```": /unknown option/,
  "```sh\ndeno task evla\n```": /no such task/,
  "```sh\nnpx -y deno@2.9.6 task eval --context goldd\n```": /goldd/,
  "```sh\nnpx -y deno@2.0.0 task demo\n```": /is not the Deno/,
  "```sh\npip install deno==2.0.0\n```": /is not the Deno/,
  "```sh\nhouqa dataset splitt\n```": /unknown command/,
  "```sh\ndist/houqa eval --nonsense\n```": /unknown option/,
  "```sh\nsh houqa.run --allow-ffi doctor --jsn\n```": /unknown option/,
  "```sh\ndeno task eval --output $(id)\n```": /substitution/,
  "```sh\nsh houqa.run evla …\n```": /unknown command/,
  "text `deno task evla` text": /no such task/,
  "text `deno task eval --contxt gold` text": /unknown option/,
  "text `deno task lawz embed …` text": /no such task/,
  "text `houqa laws emebd …` text": /unknown command/,
  "text `houqa doctr` text": /unknown command/,
};
for (const [text, problem] of Object.entries(WRONG)) {
  Deno.test(`a wrong command is found: ${text.replaceAll("\n", " ")}`, async () => {
    const { problems } = await check(text);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, problem);
  });
}

Deno.test("what is right, or no command of houqa, is left alone", async () => {
  const text =
    "`deno task eval`, `houqa laws build …`, `houqa export <model>`, `deno task …:hf …`, " +
    "`houqa.run`, `pip install deno==2.9.6`, `houqa doctor --json`\n" +
    "```sh\ncd x && ls\nsetsid nohup deno task doctor > a.log 2>&1 < /dev/null &\n```\n" +
    "```text\nhouqa nonsense\n```\n";
  const { problems, commandCount } = await check(text);
  assert.deepEqual(problems, []);
  assert.equal(commandCount, 5);
});
