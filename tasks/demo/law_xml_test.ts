import assert from "node:assert/strict";
import { kanjiNumber } from "./kanji_number.ts";
import { lawXml } from "./law_xml.ts";
import { makeDemo } from "./make_demo.ts";
import { articleContext } from "./sample.ts";
import { lawArticleTitle, plainArticleTitle } from "./statute.ts";

const { statutes } = makeDemo({ seed: 5, statutes: 12, questions: 0 });

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Reads the XML that the generator writes and fails where a tag isn't closed in its turn. */
function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const body = xml.replace(/^<\?xml [^>]*\?>\n/, "");
  for (const [token] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const top = open[open.length - 1]!;
    const tag = token.match(/^<(\/?)([A-Za-z]+)((?: [A-Za-z]+="[^"<>]*")*)(\/?)>$/);
    if (!token.startsWith("<")) {
      assert.doesNotMatch(token, /&(?!(amp|lt|gt|quot);)/);
      top.text += token.trim();
    } else {
      assert.ok(tag, `not a tag: ${token}`);
      const [, close, name = "", attributes = "", empty] = tag;
      if (close) {
        assert.equal(open.pop()!.name, name);
        continue;
      }
      const element: Element = {
        name,
        attributes: Object.fromEntries(
          [...attributes.matchAll(/ (\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
        ),
        children: [],
        text: "",
      };
      top.children.push(element);
      if (!empty) open.push(element);
    }
  }
  assert.equal(open.length, 1, "an element is left open");
  assert.equal(root.children.length, 1, "there must be one root element");
  return root.children[0]!;
}

function find(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...find(child, name),
  ]);
}

Deno.test("the XML is well-formed and has the parts of a statute", () => {
  for (const statute of statutes) {
    const law = parse(lawXml(statute));
    assert.equal(law.name, "Law");
    assert.deepEqual(law.attributes, {
      Era: "Reiwa",
      Year: "99",
      Num: String(statute.lawNumber),
      LawType: "Act",
      Lang: "ja",
    });
    assert.deepEqual(law.children.map(({ name }) => name), ["LawNum", "LawBody"]);
    const body = law.children[1]!;
    assert.deepEqual(body.children.map(({ name }) => name), [
      "LawTitle",
      "MainProvision",
      "SupplProvision",
    ]);
    assert.equal(body.children[0]!.text, statute.profile.title);
    const chapters = find(body, "Chapter");
    assert.deepEqual(
      chapters.map(({ children }) => children[0]!.text),
      statute.chapters.map(({ num, title }) => `第${kanjiNumber(num)}章　${title}`),
    );
  }
});

Deno.test("articles, paragraphs and items are numbered in order, one article by a branch", () => {
  for (const statute of statutes) {
    const law = parse(lawXml(statute));
    const articles = find(law, "Article");
    const nums = articles.map(({ attributes }) => attributes.Num!);
    const branches = nums.filter((num) => num.includes("_"));
    assert.equal(branches.length, 1);
    let last = 0;
    for (const num of nums) {
      if (num.includes("_")) assert.equal(num, `${last}_2`);
      else assert.equal(Number(num), ++last);
    }
    for (const article of articles) {
      const [caption, title, ...paragraphs] = article.children;
      assert.match(caption!.text, /^（.+）$/);
      assert.equal(title!.text, lawArticleTitle(article.attributes.Num!));
      paragraphs.forEach((paragraph, i) => {
        assert.equal(paragraph.attributes.Num, String(i + 1));
        assert.equal(paragraph.children[0]!.text, i === 0 ? "" : "１２３４５"[i]);
        find(paragraph, "Item").forEach((item, j) => {
          assert.equal(item.attributes.Num, String(j + 1));
          assert.equal(item.children[0]!.text, kanjiNumber(j + 1));
        });
      });
    }
  }
});

Deno.test("the XML and the context of a question have the same words", () => {
  for (const statute of statutes) {
    const elements = find(parse(lawXml(statute)), "Article");
    const articles = statute.chapters.flatMap(({ articles }) => articles);
    assert.equal(elements.length, articles.length);
    articles.forEach((article, i) => {
      const xmlText = find(elements[i]!, "Sentence").map(({ text }) => text).join("");
      const context = articleContext(statute, article).split("\n")
        .filter((line) => !line.startsWith("#")).join("").replaceAll("　", "");
      assert.equal(xmlText, context);
    });
  }
});

Deno.test("article numbers are written in both ways", () => {
  assert.equal(lawArticleTitle("12"), "第十二条");
  assert.equal(lawArticleTitle("5_2"), "第五条の二");
  assert.equal(plainArticleTitle("5_2"), "第5条の2");
});

Deno.test("statutes number amounts in kanji only", () => {
  for (const statute of statutes) {
    for (const sentence of find(parse(lawXml(statute)), "Sentence")) {
      assert.doesNotMatch(sentence.text, /[0-9０-９]|undefined/);
    }
  }
});
