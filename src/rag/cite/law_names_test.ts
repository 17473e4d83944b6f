import assert from "node:assert/strict";
import fc from "fast-check";
import { foldWidth } from "./fold_width.ts";
import { LAW_ABBREVIATIONS } from "./law_abbreviations.ts";
import { LawNames } from "./law_names.ts";

function namesOf(...titles: (string | { title: string; lawNum?: string; short?: string[] })[]) {
  return new LawNames(titles.map((given, i) => {
    const { title, lawNum = "", short = [] } = typeof given === "string" ? { title: given } : given;
    return { lawId: `${title}#${i}`, lawNum, title, abbreviations: short };
  }));
}

/** The names found, each as `text=title`. */
function find(names: LawNames, text: string): string[] {
  return names.find(foldWidth(text)).map(({ start, end, lawIds }) =>
    `${text.slice(start, end)}=${lawIds.map((lawId) => names.law(lawId)!.title).join("+")}`
  );
}

Deno.test("the longest name at a place is meant", () => {
  const definition = "金融商品取引法第二条に規定する定義に関する内閣府令";
  const names = namesOf("金融商品取引法", "金融商品取引法施行令", definition, "民法");
  assert.deepEqual(find(names, "金融商品取引法と金融商品取引法施行令第1条、「民法」"), [
    "金融商品取引法=金融商品取引法",
    "金融商品取引法施行令=金融商品取引法施行令",
    "民法=民法",
  ]);
  assert.deepEqual(find(names, `${definition}第16条`), [`${definition}=${definition}`]);
  const inDigits = "金融商品取引法第２条に規定する定義に関する内閣府令";
  assert.deepEqual(find(names, inDigits), [`${inDigits}=${definition}`]);
  assert.deepEqual(find(names, "金融商品取引法第二条に規定する契約"), [
    "金融商品取引法=金融商品取引法",
  ]);
});

Deno.test("a short name at the end of another word is none, unless that word says which version", () => {
  const names = namesOf("商法", "民法", "会社法");
  assert.deepEqual(find(names, "農商法 住民法 ホテル会社法"), []);
  assert.deepEqual(find(names, "旧商法、改正民法、現行会社法及び商法"), [
    "商法=商法",
    "民法=民法",
    "会社法=会社法",
    "商法=商法",
  ]);
});

Deno.test("abbreviations count where the corpus has the law, the corpus' own ones first", () => {
  assert.deepEqual(find(namesOf("金融商品取引法"), "金商法、薬機法、証券取引法"), [
    "金商法=金融商品取引法",
    "証券取引法=金融商品取引法",
  ]);
  const other = namesOf({ title: "金型商標法", short: ["金商法"] }, "金融商品取引法");
  assert.deepEqual(find(other, "金商法"), ["金商法=金型商標法"]);
  const titled = namesOf("証券取引法", "金融商品取引法");
  assert.deepEqual(find(titled, "証券取引法"), ["証券取引法=証券取引法"]);
  const taken = namesOf("民法", { title: "市民法典", short: ["民法", "法"] });
  assert.deepEqual(find(taken, "民法 法"), ["民法=民法"]);
});

Deno.test("of several titles an abbreviation means the first one in the corpus", () => {
  const [today, before] = LAW_ABBREVIATIONS["下請法"]!;
  assert.deepEqual(find(namesOf(before!), "下請法"), [`下請法=${before}`]);
  assert.deepEqual(find(namesOf(before!, today!), "下請法"), [`下請法=${today}`]);
});

Deno.test("no abbreviation is another one's title", () => {
  const abbreviations = Object.keys(LAW_ABBREVIATIONS);
  for (const [name, titles] of Object.entries(LAW_ABBREVIATIONS)) {
    assert.ok(titles.length > 0, name);
    for (const title of titles) {
      assert.ok(!abbreviations.includes(title), `${name}: ${title}`);
      assert.match(title, /(?:法|法律|令|規則)$/);
    }
  }
});

Deno.test("laws of one title are told apart by their numbers, however these are printed", () => {
  const names = namesOf(
    { title: "恩給法の特例に関する件", lawNum: "昭和二十一年勅令第六十八号" },
    { title: "恩給法の特例に関する件", lawNum: "令和元年政令第二号" },
  );
  assert.equal(names.named("恩給法の特例に関する件").length, 2);
  assert.equal(
    names.numbered("(昭和21年勅令第68号。以下「法」という。)"),
    "恩給法の特例に関する件#0",
  );
  assert.equal(names.numbered("(令和1年政令第二号)"), "恩給法の特例に関する件#1");
  assert.equal(names.numbered("(平成二十一年勅令第六十八号)"), undefined);
  assert.equal(names.numbered("第三号"), undefined);
});

Deno.test("names that begin with a text are found by it", () => {
  const names = namesOf("金融商品取引法", "金融商品取引法施行令", "金融商品販売法", "民法");
  assert.deepEqual(names.beginningWith("金融商品取引法").map((id) => names.law(id)!.title), [
    "金融商品取引法施行令",
  ]);
  assert.deepEqual(names.beginningWith("会社法"), []);
});

Deno.test("the names found are those that a plain search finds, the longest at each place", () => {
  // Five characters and more: shorter names also look at what stands before them.
  const name = fc.array(fc.constantFrom("甲", "乙", "丙"), { minLength: 5, maxLength: 9 })
    .map((characters) => characters.join(""));
  const text = fc.array(fc.constantFrom("甲", "乙", "丙", "、"), { maxLength: 80 })
    .map((characters) => characters.join(""));
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 40 }), text, (titles, searched) => {
      const names = namesOf(...titles);
      const expected: [number, string][] = [];
      for (let start = 0; start < searched.length; start++) {
        const longest = titles.filter((title) => searched.startsWith(title, start))
          .reduce((best, title) => title.length > best.length ? title : best, "");
        if (longest === "") continue;
        expected.push([start, longest]);
        start += longest.length - 1;
      }
      const found = names.find(searched)
        .map(({ start, lawIds }) => [start, names.law(lawIds[0]!)!.title]);
      assert.deepEqual(found, expected);
    }),
    { numRuns: 500 },
  );
});
