import assert from "node:assert/strict";
import { quoteForShell } from "./quote_for_shell.ts";

const WORDS = [
  "data/egov_laws",
  "--in",
  "C:/x",
  "金融商品取引法",
  "第二十一条の二ー々",
  "附則（令和百年法律第三号）",
  "my laws",
  "it's",
  "全角　空白",
  "$HOME",
  "a;b|c&d",
  "`x`",
  "*?[a]",
  "~",
  "#x",
  "",
  "a\nb",
  '"',
  "\\",
];

Deno.test("only what a shell would take apart is quoted", () => {
  for (const plain of WORDS.slice(0, 5)) assert.equal(quoteForShell(plain), plain);
  for (const other of WORDS.slice(5)) assert.notEqual(quoteForShell(other), other);
  assert.equal(quoteForShell("it's"), `'it'\\''s'`);
});

Deno.test("a shell reads every word back as it was", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const script = `printf '%s\\0' ${WORDS.map(quoteForShell).join(" ")}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), WORDS);
});
