import assert from "node:assert/strict";
import type { LawFile } from "./law_files.ts";
import { chooseRevisions, dayInJapan, parseLawFileName } from "./law_revision.ts";

Deno.test("e-Gov's names of files and folders are read, others are not", () => {
  const dated = { lawId: "323AC0000000025", inForceFrom: "20240401" };
  const name = "323AC0000000025_20240401_504AC0000000068";
  assert.deepEqual(parseLawFileName(`a/${name}/${name}.xml`), dated);
  assert.deepEqual(parseLawFileName(`all.zip!${name}.xml`), dated);
  assert.deepEqual(parseLawFileName(`${name}/law.xml`), dated);
  assert.deepEqual(parseLawFileName("x\\321CONSTITUTION.xml"), { lawId: "321CONSTITUTION" });
  assert.deepEqual(parseLawFileName("336M50000100001_20240401_x.xml"), {
    lawId: "336M50000100001",
  });
  for (const other of ["law.xml", "323AC00000000251.xml", "323ac0000000025.xml", "a/b.xml", ""]) {
    assert.equal(parseLawFileName(other), undefined, other);
  }
});

Deno.test("the order in which a folder gives its files changes nothing", () => {
  const file = (name: string): LawFile => ({ name, sizeBytes: 1, read: () => Promise.resolve() });
  const id = "323AC0000000025";
  const files = [
    `${id}.xml`,
    `${id}_20200101_000000000000000.xml`,
    `${id}_20230101_504AC0000000001.xml`,
    `${id}_20230101_504AC0000000002.xml`,
    `${id}_20240101_505AC0000000001.xml`,
    "z.xml",
    "a.xml",
    "105DF0000000337_18721109_000000000000000.xml",
  ].map(file);
  for (const order of [files, files.toReversed()]) {
    const { files: chosen, skipped } = chooseRevisions(order, "20231231");
    assert.deepEqual(chosen.map(({ file: { name }, lawId }) => [name, lawId]), [
      ["105DF0000000337_18721109_000000000000000.xml", "105DF0000000337"],
      [`${id}_20230101_504AC0000000002.xml`, id],
      ["a.xml", undefined],
      ["z.xml", undefined],
    ]);
    assert.deepEqual(skipped.map(({ file: { name }, reason }) => [name.slice(15), reason]), [
      ["_20240101_505AC0000000001.xml", "not yet in force"],
      ["_20230101_504AC0000000001.xml", "revision of the same day"],
      ["_20200101_000000000000000.xml", "older revision"],
      [".xml", "older revision"],
    ]);
  }
});

Deno.test("a day is Japan's day", () => {
  assert.equal(dayInJapan(new Date("2024-03-31T14:59:59Z")), "20240331");
  assert.equal(dayInJapan(new Date("2024-03-31T15:00:00Z")), "20240401");
});
