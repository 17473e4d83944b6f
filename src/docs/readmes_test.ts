import assert from "node:assert/strict";
import { readCodeBlocks } from "./code_blocks.ts";
import { readShellCommands } from "./shell_commands.ts";

const ROOT = new URL("../../", import.meta.url);
const [english, japanese] = await Promise.all(
  ["README.md", "README.ja.md"].map((path) => Deno.readTextFile(new URL(path, ROOT))),
) as [string, string];

/** What stands below each heading, with the introduction first. */
const sectionsOf = (text: string) => text.split(/^## .*$/m);
/** The words of every command of a text's blocks; comments are in the reader's language. */
const commandsOf = (text: string) =>
  readCodeBlocks(text).filter(({ language }) => language === "sh")
    .map((block) => readShellCommands(block.text).map(({ words }) => words.join(" ")));
const imagesOf = (text: string) =>
  [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, at]) => at);

Deno.test("both READMEs have the same sections, with the same commands and pictures", () => {
  const [one, other] = [sectionsOf(english), sectionsOf(japanese)];
  assert.equal(one.length, other.length);
  assert.ok(one.length >= 10);
  for (const [index, section] of one.entries()) {
    assert.deepEqual(commandsOf(other[index]!), commandsOf(section), `section ${index}`);
    assert.deepEqual(imagesOf(other[index]!), imagesOf(section), `section ${index}`);
  }
});

Deno.test("both show the same real output of the demo, and a picture of the report", () => {
  const [one, other] = [english, japanese].map((text) =>
    readCodeBlocks(text).find((block) => block.text.includes("EVALUATION RESULTS"))?.text
  );
  assert.ok(one !== undefined && one === other);
  for (const text of [english, japanese]) {
    assert.deepEqual(imagesOf(text), ["docs/images/report.png"]);
    assert.ok(text.indexOf("report.png") < text.indexOf("dataset:fetch"));
  }
});

Deno.test("every file that a README links to is there", async () => {
  for (const text of [english, japanese]) {
    for (const [, path] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      await Deno.stat(new URL(path!, ROOT));
    }
  }
});

/** First cells of the table of messages: everything in backquotes is quoted from houqa. */
function messagesOf(text: string): string[] {
  const section = sectionsOf(text).find((one) => one.includes("is a finished result"))!;
  const rows = section.split("\n").filter((line) => line.startsWith("| ")).slice(2);
  return rows.flatMap((row) => {
    const [, cell = ""] = row.split(/(?<!\\)\|/);
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, message]) => message!);
  });
}

/** Names of counts and options, which are quoted in a row about something else. */
const NAMES = /^(?:Truncated|Parse|--no-structured)$/;

Deno.test("every message that the READMEs explain is one that houqa prints", async () => {
  const messages = messagesOf(english);
  assert.deepEqual(messagesOf(japanese), messages);
  assert.ok(messages.length > 30);
  const sources = await readSources();
  for (const message of messages) {
    if (NAMES.test(message)) continue;
    const parts = message.split(/\s*…[\s"]*/).filter((part) => part.length > 2);
    assert.ok(parts.join("").length >= 10, `${message} is too short to look for`);
    const isPrinted = sources.some((source) => parts.every((part) => source.includes(part)));
    assert.ok(isPrinted, `nothing prints: ${message}`);
  }
});

/** The programs' texts, a file each, with sentences that go over several lines put together. */
async function readSources(): Promise<string[]> {
  const texts: string[] = [];
  const visit = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await visit(new URL(`${name}/`, folder));
      else if (/\.(?:ts|py)$/.test(name) && !/_(?:test|double)\.ts$|document_texts/.test(name)) {
        const text = await Deno.readTextFile(new URL(name, folder));
        texts.push(
          text.replace(/["'`]\s*\+?\s*f?["'`]/g, "").replace(/\$\{[^}]*\}/g, "").replaceAll(
            '\\"',
            '"',
          ),
        );
      }
    }
  };
  await visit(new URL("src/", ROOT));
  await visit(new URL("tasks/train/", ROOT));
  return texts;
}
