import assert from "node:assert/strict";
import { intervalChart, nameSides } from "./interval_chart.ts";

Deno.test("names of dashed lines move apart where they would touch", () => {
  const at = (x: number, width = 20) => ({ x, width });
  assert.deepEqual(nameSides([at(0), at(100)]), [0, 0]);
  assert.deepEqual(nameSides([at(0), at(25)]), [-1, 1]);
  assert.deepEqual(nameSides([at(25), at(0)]), [1, -1]);
  assert.deepEqual(nameSides([at(3), at(3)]), [1, -1]);
  assert.deepEqual(nameSides([at(0)]), [0]);
});

Deno.test("in the drawing the names of near values stand on both sides of their lines", () => {
  const draw = (value: number) =>
    intervalChart("x", {
      rows: [{ label: "A", marks: [{ run: 0, value: 0.5 }] }],
      least: 0,
      most: 1,
      format: String,
      lines: [{ value, label: "overlap" }, { value: 0.25, label: "1/4" }],
    }).text;
  const anchor = (drawing: string, label: string) => {
    const [tag] = drawing.match(new RegExp(`<text[^>]*>${label}</text>`)) ?? [""];
    return /text-anchor="(\w+)"/.exec(tag)?.[1] ?? "start";
  };
  for (const [value, names] of [[0.29, ["start", "end"]], [0.21, ["end", "start"]]] as const) {
    assert.deepEqual([anchor(draw(value), "overlap"), anchor(draw(value), "1/4")], names);
  }
  assert.equal(anchor(draw(0.8), "overlap"), "middle");
});
