import assert from "node:assert/strict";
import stringWidth from "string-width";
import { left, right } from "./report_block.ts";
import { cutText, renderTerminal, wrapText } from "./terminal_blocks.ts";

Deno.test("text is wrapped between words, nothing is lost, and marks don't begin a line", () => {
  const text =
    "B は A より正答が多いと言えます。140 問中の正答は 35 問から 48 問、差は +9.3 ポイント（95 % 区間）。";
  for (const width of [10, 20, 33, 60, 200]) {
    const lines = wrapText(text, width);
    assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
    for (const line of lines) {
      assert.ok(stringWidth(line) <= width, line);
      assert.ok(!/^[、。）]/.test(line) || width === 10, line);
    }
  }
  assert.deepEqual(wrapText("one two three", 8), ["one two", "three"]);
  assert.deepEqual(wrapText("x".repeat(25), 10), ["x".repeat(10), "x".repeat(10), "x".repeat(5)]);
  assert.deepEqual(wrapText("", 10), [""]);
});

Deno.test("text is cut at columns, not characters", () => {
  assert.equal(cutText("金商法の問題", 12), "金商法の問題");
  assert.equal(cutText("金商法の問題", 11), "金商法の問…");
  assert.equal(cutText("金商法の問題", 10), "金商法の…");
});

Deno.test("tables align figures to the right and fit in three ways", () => {
  const table = (narrow?: "cut" | "wrap" | "stack") => ({
    kind: "table" as const,
    columns: [left(""), right("数"), left("何")],
    rows: [["A", "5", "一つ目の長い説明です"], ["B", "140", "短い"]],
    ...(narrow === undefined ? {} : { narrow }),
  });
  const show = (narrow: "cut" | "wrap" | "stack" | undefined, width: number) =>
    renderTerminal([table(narrow)], { width, color: false }).split("\n");
  assert.deepEqual(show(undefined, 80), [
    "    数  何",
    "A    5  一つ目の長い説明です",
    "B  140  短い",
  ]);
  assert.deepEqual(show("cut", 18), ["    数  何", "A    5  一つ目の…", "B  140  短い"]);
  const wrapped = show("wrap", 18);
  assert.equal(wrapped.length, 5);
  assert.match(wrapped[2]!, /^ {8}\S/);
  assert.deepEqual(show("stack", 18).slice(0, 2), ["A", "  数  5"]);
});

Deno.test("control characters from files don't reach the terminal", () => {
  const text = renderTerminal([
    { kind: "text", text: "a\x1b[31mb\u009bc\nd" },
    { kind: "list", items: ["x\x07y"] },
    { kind: "table", columns: [left(""), left("")], rows: [["p\x1b]0;title\x07", "q\r"]] },
  ], { width: 80, color: false });
  // deno-lint-ignore no-control-regex
  assert.ok(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text), JSON.stringify(text));
  assert.equal(text.split("\n").length, 3);
});

Deno.test("no character of a file ends a line or turns the direction of text", () => {
  const nasty = "a\u202eb\u2066c\u2028d\u2029e\u200ff";
  const column = [left("name")];
  const blocks = [
    { kind: "text", text: nasty } as const,
    { kind: "list", items: [nasty] } as const,
    { kind: "table", columns: column, rows: [[nasty]] } as const,
    {
      kind: "table",
      columns: column,
      rows: [["x".repeat(99)]],
      shorter: [{ columns: column, rows: [[nasty]] }],
    } as const,
  ];
  const text = renderTerminal(blocks, { width: 80, color: false });
  assert.equal(text.match(/a\ufffdb\ufffdc d e\ufffdf/g)!.length, 4);
  assert.ok(!/[\u2028\u2029]|\p{Bidi_Control}/u.test(text));
});

Deno.test("a table that does not fit takes its first shorter form that does, before it is stacked", () => {
  const form = (...cells: string[]) => ({ columns: cells.map(() => left("t")), rows: [cells] });
  const table = {
    kind: "table" as const,
    ...form("evaluations/a.json", "a long model"),
    narrow: "stack" as const,
    shorter: [form("a", "a long model"), form("a", "long")],
  };
  const show = (width: number) => renderTerminal([table], { width, color: false }).split("\n")[1];
  assert.equal(show(32), "evaluations/a.json  a long model");
  assert.equal(show(31), "a  a long model");
  assert.equal(show(14), "a  long");
  assert.match(renderTerminal([table], { width: 6, color: false }), /^evaluations\/a\.json\n {2}t/);
});
