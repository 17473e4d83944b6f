import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { makeLaws } from "../../../tasks/bench/law_grammar.ts";
import type { Law } from "../corpus/law.ts";
import { buildIndex } from "./build_index.ts";
import type { StoredUnit } from "./corpus_store.ts";
import { lawDouble, unitDouble, withIndexFolder } from "./index_double.ts";
import { openIndex } from "./open_index.ts";
import { BLOCK_CHARACTERS } from "./unit_block.ts";

/** Laws with everything a unit can have, and units larger than a block. */
const LAWS: readonly Law[] = [
  lawDouble("甲法", [], {
    lawId: "999AC0000000001",
    abbreviations: ["甲", 'こう"法"'],
    units: [
      unitDouble("21_2", ["一項", "二項\n改行"], { caption: "目的", headings: ["第一章　総則"] }),
      unitDouble("3", ["x".repeat(BLOCK_CHARACTERS * 2)], { isDeleted: true }),
      {
        provision: "supplementary",
        amendingLawNum: "令和二年法律第三号",
        num: "3",
        title: "第三条",
        caption: "",
        headings: ["附則", "第一章"],
        isDeleted: false,
        rows: [
          {
            kind: "item",
            paragraph: "2",
            item: "3_2",
            subitems: ["イ", "(1)"],
            text: "号\u{20BB7}",
          },
          { kind: "paragraph", paragraph: "3", text: "半分の\ud842" },
        ],
      },
      {
        provision: "appendix",
        title: "別表第一",
        caption: "第三条関係",
        headings: [],
        isDeleted: false,
        rows: [{ kind: "table", text: "品名\t数量" }],
      },
      unitDouble("3", ["後から来た本則"]),
    ],
  }),
  lawDouble("空法", []),
  ...makeLaws({ rows: 1200, seed: 9 }),
  lawDouble("乙法", [["終わり"]]),
];

Deno.test("the store gives back every law, unit and row as it came", async () => {
  await withIndexFolder(async (folder) => {
    await buildIndex(LAWS, folder);
    const { corpus, close } = await openIndex(folder);
    const laws: Law[] = [];
    let row = 0;
    for (const { firstUnit, unitCount, ...law } of corpus.laws()) {
      const units: Law["units"][number][] = [];
      for (let unit = firstUnit; unit < firstUnit + unitCount; unit++) {
        const { lawId, lawTitle, lawNum, firstRow, rowCount, unit: number, ...rest } = corpus.unit(
          unit,
        );
        assert.deepEqual([lawId, lawTitle, lawNum, number], [
          law.lawId,
          law.title,
          law.lawNum,
          unit,
        ]);
        assert.deepEqual([firstRow, corpus.rowsOf(unit).length], [row, rowCount]);
        units.push({
          ...rest,
          rows: corpus.rowsOf(unit).map((stored) => {
            assert.deepEqual(corpus.row(row), stored);
            const { row: number, unit: ofUnit, ...plain } = stored;
            assert.deepEqual([number, ofUnit], [row++, unit]);
            return plain;
          }),
        });
      }
      laws.push({ ...law, units });
    }
    assert.deepEqual(laws, LAWS);
    assert.deepEqual([corpus.lawCount, corpus.rowCount], [LAWS.length, row]);
    assert.equal(corpus.unitCount, LAWS.reduce((sum, { units }) => sum + units.length, 0));
    close();
  });
});

Deno.test("laws are found by id, articles by number, the main provision's first", async () => {
  await withIndexFolder(async (folder) => {
    await buildIndex(LAWS, folder);
    const { corpus, close } = await openIndex(folder);
    assert.equal(corpus.law("999AC0000000001")?.title, "甲法");
    assert.equal(corpus.law("空法")?.unitCount, 0);
    assert.equal(corpus.law("丙法"), undefined);
    const place = ({ unit, provision }: StoredUnit) => [unit, provision];
    assert.deepEqual(corpus.unitsOf("999AC0000000001", "3").map(place), [
      [1, "main"],
      [4, "main"],
      [2, "supplementary"],
    ]);
    assert.deepEqual(corpus.unitsOf("999AC0000000001", "21_2").map(place), [[0, "main"]]);
    assert.deepEqual(corpus.unitsOf("999AC0000000001", "21"), []);
    assert.deepEqual(corpus.unitsOf("空法", "1"), []);
    assert.deepEqual(corpus.unitsOf("丙法", "1"), []);
    assert.equal(corpus.unitsOf("乙法", "1")[0]!.lawTitle, "乙法");
    close();
  });
});

Deno.test("numbers that are not in the store are a RangeError", async () => {
  await withIndexFolder(async (folder) => {
    await buildIndex(LAWS, folder);
    const { corpus, close } = await openIndex(folder);
    for (const number of [-1, 0.5, NaN, 1e9]) {
      assert.throws(() => corpus.unit(number), RangeError);
      assert.throws(() => corpus.rowsOf(number), RangeError);
      assert.throws(() => corpus.row(number), RangeError);
    }
    assert.throws(() => corpus.unit(corpus.unitCount), RangeError);
    assert.throws(() => corpus.row(corpus.rowCount), RangeError);
    close();
    close();
  });
});

Deno.test("an index that only may be read is enough, and reading leaves nothing behind", async () => {
  await withIndexFolder(async (folder) => {
    await buildIndex(LAWS, folder);
    const listing = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const before = listing();
    const code = `
      const { openIndex } = await import(${JSON.stringify(import.meta.resolve("./open_index.ts"))});
      const index = await openIndex(${JSON.stringify(folder)});
      console.log(index.corpus.row(0).text, index.scoreRows("一項").scores[0] > 0);
    `;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--no-check", "--allow-read", "-"],
      cwd: fileURLToPath(new URL("../../../", import.meta.url)),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await ReadableStream.from([new TextEncoder().encode(code)]).pipeTo(child.stdin);
    const { stdout, stderr } = await child.output();
    assert.equal(new TextDecoder().decode(stdout), "一項 true\n", new TextDecoder().decode(stderr));
    assert.deepEqual(listing(), before);
  });
});
