import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { join } from "node:path";
import { isolateBytes } from "../../device/isolate_memory_double.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { CORPUS_LIMITS, type CorpusLimits } from "./corpus_limits.ts";
import type { Law } from "./law.ts";
import { LawFileError } from "./law_file_error.ts";
import { inFolder, zipOf } from "./law_corpus_double.ts";
import { lawLines } from "./law_jsonl.ts";
import { LawReader } from "./law_reader.ts";
import { openCorpus } from "./open_corpus.ts";
import { plainLawXml, WHOLE_LAW_XML } from "./law_xml_double.ts";

const SEED = 20_260_102;
/** Longest time for one case; a case takes about a millisecond. */
const CASE_MS = 5000;
/** How much the process may grow while thousands of cases run, one after another. */
const GROWTH_BYTES = 400 << 20;
/** Small, so that cases reach them. */
const LIMITS: CorpusLimits = {
  ...CORPUS_LIMITS,
  fileBytes: 200_000,
  elements: 5000,
  lineBytes: 20_000,
  files: 50,
};

/** What became of the cases: a run that only ever refuses, or never does, shows nothing. */
interface Outcome {
  accepted: number;
  refused: number;
}

/** Draws cases and runs them in turn, watching time and the size of the heap. */
async function runCases<T>(
  cases: fc.Arbitrary<T>,
  numRuns: number,
  run: (outcome: Outcome, value: T) => void | Promise<void>,
): Promise<void> {
  const outcome: Outcome = { accepted: 0, refused: 0 };
  const before = isolateBytes();
  let largest = before;
  const watched = async (value: T) => {
    const started = performance.now();
    await run(outcome, value);
    const tookMs = performance.now() - started;
    assert.ok(tookMs < CASE_MS, `took ${tookMs} ms`);
    if ((outcome.accepted + outcome.refused) % 64 === 0) {
      largest = Math.max(largest, isolateBytes());
    }
  };
  await fc.assert(fc.asyncProperty(cases, watched), { seed: SEED, numRuns, endOnFailure: true });
  assert.ok(largest - before < GROWTH_BYTES, `the isolate grew by ${largest - before} bytes`);
  assert.equal(outcome.accepted + outcome.refused, numRuns);
  assert.ok(outcome.accepted > numRuns / 20, `${outcome.accepted} accepted`);
  assert.ok(outcome.refused > numRuns / 20, `${outcome.refused} refused`);
}

const NAMES = [...new Set([...WHOLE_LAW_XML.matchAll(/<([A-Z]\w*)/g)].map(([, name]) => name!))];

const pieces = fc.constantFrom(
  ...["", "<", ">", "&", '"', "/", "=", "]]>", "<!--", "-->", "<!-- x -->", "<![CDATA[<b>&c;]]>"],
  ...["&amp;", "&lt;", "&nbsp;", "&#x41;", "&#0;", "&#x10ffff;", "&#99999999999;", "&#xd800;"],
  ...["<?x y?>", '<?xml version="1.0"?>', "<!DOCTYPE a [", '<!ENTITY a "b">', "\u0000", "\ufffe"],
  ...["\ud83d\ude00", "\u3000", "削除", "\r\n", "x".repeat(3000), "<X>".repeat(150), "<X/>"],
  ...["<Law>", "</Law>", "<Rt>", "<Article>", "</Article>", "<Rt>るび</Rt>", "<Sup>2</Sup>"],
  ..."<Paragraph/>|<X a='1' a='2'/>|<X a=1/>|<a:b/>|<TOC>目次</TOC>|double".split("|"),
);

/** Once in so many cases; null in the others. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | null> {
  return fc.oneof(
    { weight: times - 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary },
  );
}

const textEdit = fc.tuple(
  fc.constant("text" as const),
  fc.nat(),
  fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
  pieces,
);
const nameEdit = fc.tuple(
  fc.constant("name" as const),
  fc.constantFrom(...NAMES),
  fc.constantFrom(...NAMES, "Unknown", "toString", "__proto__", "constructor"),
);
const elementEdit = fc.tuple(fc.constant("element" as const), fc.nat(), fc.nat(), fc.boolean());
const edits = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: textEdit },
    { weight: 3, arbitrary: nameEdit },
    { weight: 3, arbitrary: elementEdit },
  ),
  { minLength: 1, maxLength: 4 },
);
type Edit = typeof edits extends fc.Arbitrary<(infer T)[]> ? T : never;

function edited(text: string, [kind, ...edit]: Edit): string {
  if (kind === "text") {
    const [where, length, piece] = edit as [number, number, string];
    const at = where % (text.length + 1);
    const cut = text.slice(at, at + length);
    return text.slice(0, at) + (piece === "double" ? cut + cut : piece) + text.slice(at + length);
  }
  if (kind === "name") {
    const [from, to] = edit as [string, string];
    return text.replace(new RegExp(`(</?)${from}(?=[ />])`, "g"), `$1${to}`);
  }
  // An element without elements in it goes elsewhere, or is doubled there.
  const [from, to, isMove] = edit as [number, number, boolean];
  const leaves = [...text.matchAll(/<(\w+)[^<>]*>[^<]*<\/\1>/g)];
  const tags = [...text.matchAll(/<\/?\w/g)];
  if (leaves.length === 0 || tags.length < 4) return text;
  const leaf = leaves[from % leaves.length]!;
  const target = tags[to % tags.length]!.index;
  if (target > leaf.index && target < leaf.index + leaf[0].length) return text;
  const without = (start: number, end: number) =>
    isMove && start <= leaf.index && leaf.index < end
      ? text.slice(start, leaf.index) + text.slice(leaf.index + leaf[0].length, end)
      : text.slice(start, end);
  return without(0, target) + leaf[0] + without(target, text.length);
}

/** The characters of a law's text, found without the parser. */
function charactersOf(xml: string): number {
  const token =
    /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(?:"[^"]*"|'[^']*'|[^'">])*>|([^<]+)/g;
  let count = 0;
  let depth = 0;
  for (const [tag, cdata, text] of xml.replace(/\r\n?/g, "\n").matchAll(token)) {
    if (/^<Law[\s>]/.test(tag) && !tag.endsWith("/>")) depth++;
    else if (/^<\/Law\s*>/.test(tag)) depth--;
    if (depth === 0) continue;
    const plain = cdata ??
      (text ?? "").replace(
        /&#(x?)([^;]+);/g,
        (_, hex, digits) => String.fromCodePoint(parseInt(digits, hex === "x" ? 16 : 10)),
      )
        .replace(/&\w+;/g, "x");
    count += plain.replace(/\s/g, "").length;
  }
  return count;
}

function assertLaw(law: Law): void {
  assert.ok(law.title !== "" && law.lawId !== "" && law.units.length > 0);
  for (const { rows, title } of law.units) {
    assert.ok(rows.length > 0 && title !== "");
    for (const { text } of rows) assert.ok(text !== "" && text === text.trim());
  }
}

Deno.test("10,000 mutated XML files: a clear error with its line, or all of their text", async () => {
  const cases = fc.record({
    isWhole: fc.boolean(),
    changes: edits,
    bytes: rarely(fc.tuple(fc.nat(), fc.nat({ max: 255 })), 12),
  });
  await runCases(cases, 10_000, (outcome, { isWhole, changes, bytes }) => {
    const xml = changes.reduce(edited, isWhole ? WHOLE_LAW_XML : plainLawXml(3));
    const content = new TextEncoder().encode(xml);
    if (bytes !== null) content[bytes[0] % content.length] = bytes[1];
    const reader = new LawReader(LIMITS);
    try {
      for (let at = 0; at < content.length; at += 3001) {
        reader.push(content.subarray(at, at + 3001));
      }
      const { law, account } = reader.finish("fallback");
      assertLaw(law);
      assert.deepEqual(account.unaccounted, { pieces: 0, characters: 0 });
      const inRows = law.units.flatMap(({ rows }) => rows).map(({ text }) => text).join("");
      assert.equal(account.inRows.characters, inRows.replace(/\s/g, "").length);
      const whole = new TextDecoder().decode(content);
      assert.equal(account.found.characters, charactersOf(whole));
      outcome.accepted++;
    } catch (error) {
      assert.ok(error instanceof LawFileError, `not one of ours: ${(error as Error).stack}`);
      assert.ok(error.message.length > 8 && error.message.length < 500, error.message);
      const isOfWholeFile = /^(no law|law without text|too large)$/.test(error.reason);
      assert.ok(isOfWholeFile || (error.line ?? 0) > 0, `${error.reason} without line`);
      outcome.refused++;
    }
  });
});

/** Reads a corpus to its end; its own sums must be right whatever is in it. */
async function readCorpus(path: string): Promise<{ laws: Law[]; problems: number }> {
  let problems = 0;
  const corpus = await openCorpus(path, {
    today: "20240101",
    limits: LIMITS,
    onProblem: (message) => {
      assert.ok(message.startsWith(path) && message.length < 1000, message);
      problems++;
    },
  });
  const laws: Law[] = [];
  try {
    for await (const law of corpus.laws()) laws.push(law);
  } finally {
    await corpus.close();
  }
  laws.forEach(assertLaw);
  const { counts } = corpus;
  const sum = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((a, b) => a + b, 0);
  assert.equal(counts.found, laws.length + sum(counts.skipped));
  assert.equal(counts.rows, laws.flatMap(({ units }) => units.flatMap(({ rows }) => rows)).length);
  if (corpus.kind === "jsonl") assert.equal(counts.lines, counts.rows + sum(counts.skippedLines));
  assert.deepEqual(counts.text.unaccounted, { pieces: 0, characters: 0 });
  return { laws, problems };
}

const byteEdits = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom("set", "cut", "put", "end", "end", "head"),
    fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0xff, 0x50)),
  ),
  { minLength: 1, maxLength: 3 },
);

function editBytes(bytes: Uint8Array, changes: readonly [number, string, number][]): Uint8Array {
  return changes.reduce((before, [where, kind, value]) => {
    const at = where % (before.length + 1);
    if (kind === "set") return before.with(Math.min(at, before.length - 1), value);
    if (kind === "cut") return joined(before.subarray(0, at), before.subarray(at + value));
    if (kind === "put") {
      return joined(before.subarray(0, at), Uint8Array.of(value), before.subarray(at));
    }
    // The list of files and its end, where sizes and offsets stand.
    if (kind === "end") return before.with(Math.max(0, before.length - 1 - where % 160), value);
    return before.subarray(0, Math.max(1, before.length - value));
  }, bytes);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

Deno.test("1,500 mutated zip archives: a clear error, or the laws that are whole", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "x.zip");
    const id = "323AC0000000025_20200101_000000000000000";
    const archive = await zipOf({
      [`${id}/${id}.xml`]: plainLawXml(2, "甲", "一号"),
      "../b.xml": plainLawXml(1, "乙", "二号"),
      "c.csv": "x",
      "d.xml": new Uint8Array(150_000),
    });
    await runCases(byteEdits, 1500, async (outcome, changes) => {
      await Deno.writeFile(path, editBytes(archive, changes));
      try {
        const { laws } = await readCorpus(path);
        assert.ok(laws.length <= 2);
        if (laws.length > 0) outcome.accepted++;
        else outcome.refused++;
      } catch (error) {
        assert.ok(error instanceof UsageError, `not one of ours: ${(error as Error).stack}`);
        assert.ok(error.message.length > 20 && error.message.length < 500, error.message);
        outcome.refused++;
      }
    });
  });
});

Deno.test("2,500 mutated JSONL files: every line is a row or is counted as left out", async () => {
  const reader = new LawReader();
  reader.push(new TextEncoder().encode(WHOLE_LAW_XML));
  const lines = [...lawLines(reader.finish("323AC0000000025").law)];
  const token = fc.constantFrom(
    ...["", "\n", "\n\n", "{", "}", "[", "]", ",", ":", '"', "\\", "null", "1e999", "-1", "true"],
    ...[
      '"text":""',
      '"law_id":"x"',
      '"unit":1.5',
      '"article":7',
      "\u0000",
      "\ud800",
      "[".repeat(5000),
    ],
    ...["x".repeat(30_000), '"provision":"other"', '"__proto__":{}', "\r\n", "double"],
  );
  const cases = fc.record({
    from: fc.nat({ max: lines.length - 12 }),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 30 }), token), {
      minLength: 0,
      maxLength: 2,
    }),
    bytes: rarely(byteEdits, 5),
  });
  await inFolder(async (folder) => {
    const path = join(folder, "x.jsonl");
    await runCases(cases, 2500, async (outcome, { from, changes, bytes }) => {
      const text = changes.reduce(
        (before, [where, length, piece]) => edited(before, ["text", where, length, piece]),
        lines.slice(from, from + 12).join(""),
      );
      const content = new TextEncoder().encode(text);
      await Deno.writeFile(path, bytes === null ? content : editBytes(content, bytes));
      const { problems } = await readCorpus(path);
      if (problems === 0) outcome.accepted++;
      else outcome.refused++;
    });
  });
});
