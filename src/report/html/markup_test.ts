import assert from "node:assert/strict";
import { embedJson, escapeHtml, html, Markup } from "./markup.ts";

Deno.test("values are escaped in text and quotes, markup is not", () => {
  const evil = `"><script>alert(1)</script>'&`;
  const { text } = html`<p title="${evil}">${[evil, html`<b>${1}</b>`, undefined]}</p>`;
  const escaped = "&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#39;&#38;";
  assert.equal(text, `<p title="${escaped}">${escaped}<b>1</b></p>`);
  assert.equal(html`${new Markup("<i>")}`.text, "<i>");
});

Deno.test("what is no character becomes the replacement character", () => {
  assert.equal(escapeHtml("a\ud800b\u0000c\u001bd\ne\t😀"), "a\ufffdb\ufffdc\ufffdd\ne\t😀");
});

Deno.test("embedded JSON keeps every value and can't end its script element", () => {
  const value = { text: "</script><!--<script>", broken: "\ud800", nul: "\u0000", line: "\u2028" };
  const text = embedJson(value);
  assert.ok(!text.includes("<"));
  assert.deepEqual(JSON.parse(text), value);
  assert.equal(text, text.toWellFormed());
});
