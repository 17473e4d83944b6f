import assert from "node:assert/strict";
import { renderMarkdown } from "./markdown_blocks.ts";

const asText = (text: string) => renderMarkdown([{ kind: "text", text }]).trimEnd();

Deno.test("text stays text at the beginning of a line too", () => {
  const cases: [string, string][] = [
    ["plain 3.5 % (1/2), +4.0", "plain 3.5 % (1/2), +4.0"],
    ["- no item", "\\- no item"],
    ["+ no item", "\\+ no item"],
    ["---", "\\---"],
    ["===", "\\==="],
    ["12. no list", "12\\. no list"],
    ["12.5 points", "12.5 points"],
    ["    no code", "no code"],
    ["a & b &lt; $x$", "a \\& b \\&lt; \\$x\\$"],
    ["one\r\n\ttwo", "one two"],
  ];
  for (const [text, expected] of cases) assert.equal(asText(text), expected);
  assert.equal(renderMarkdown([{ kind: "list", items: ["- nested"] }]), "- \\- nested\n");
});

Deno.test("addresses, names and numbers are linked by no viewer", () => {
  assert.equal(asText("https://a.example"), "https\\://a.example");
  assert.equal(asText("WWW.a.example"), "WWW\\.a.example");
  assert.equal(asText("mailto:a"), "mailto\\:a");
  assert.equal(asText("a@b.example @team"), "a@\u2060b.example @\u2060team");
  assert.equal(asText("see #12"), "see \\#\u206012");
});
