import assert from "node:assert/strict";
import { join } from "node:path";
import { type EgovDouble, startEgovDouble } from "../rag/corpus/egov_double.ts";
import { inFolder, writeFiles, zipOf } from "../rag/corpus/law_corpus_double.ts";
import { plainLawXml, WHOLE_LAW_XML } from "../rag/corpus/law_xml_double.ts";
import { readManifest } from "../rag/index/index_manifest.ts";
import { openIndex } from "../rag/index/open_index.ts";
import { build } from "../rag/vector/build_double.ts";
import { type Ended, ROOT, runTask } from "./spawn_task.ts";

const KINSHO = "323AC0000000025";
const SHAKUCHI = "403AC0000000090";

interface Houqa {
  readonly folder: string;
  readonly server: EgovDouble;
  run(...words: string[]): Promise<Ended>;
}

/** Runs `deno task laws …` in a folder of its own, against a law service of its own. */
async function withHouqa(test: (houqa: Houqa) => Promise<void>): Promise<void> {
  const server = startEgovDouble([
    {
      id: KINSHO,
      num: "昭和二十三年法律第二十五号",
      title: "金融商品取引法",
      abbrev: "金商法",
      xml: plainLawXml(3, "金融商品取引法", "昭和二十三年法律第二十五号"),
    },
    {
      id: SHAKUCHI,
      num: "平成三年法律第九十号",
      title: "借地借家法",
      xml: plainLawXml(2, "借地借家法", "平成三年法律第九十号"),
    },
  ]);
  const { apiUrl, bulkUrl } = server.environment;
  try {
    await inFolder((folder) =>
      test({
        folder,
        server,
        run: (...words) =>
          runTask("laws", words, {
            cwd: folder,
            env: { HOUQA_EGOV_API_URL: apiUrl, HOUQA_EGOV_BULK_URL: bulkUrl },
            edit: (task) =>
              task.map((word) =>
                word.startsWith("--allow-net=")
                  ? `--allow-net=${new URL(apiUrl).host}`
                  : word.startsWith("--allow-write=")
                  ? `--allow-write=${folder}`
                  : word
              ),
          }),
      })
    );
  } finally {
    await server.close();
  }
}

Deno.test("fetch, build, show: from the service to an article", () =>
  withHouqa(async ({ folder, run }) => {
    const fetched = await run("fetch", "--law", "金商法", SHAKUCHI, "無い法", "--out", "xml");
    assert.equal(fetched.code, 1, fetched.stderr);
    assert.match(fetched.stdout, /2 fetched, 0 there already, 1 not to be had\n$/);
    assert.match(fetched.stderr, /houqa: 無い法: e-Gov has no law in force of that name/);
    const again = await run("fetch", "--law", "金商法", "--out", "xml");
    assert.deepEqual([again.code, again.stderr], [0, ""]);
    assert.match(again.stdout, /金融商品取引法 is there already.*\n0 fetched, 1 there already/);

    const built = await run("build", "--in", "xml", "--out", "index", "--jsonl", "rows.jsonl");
    assert.equal(built.code, 0, built.stderr);
    assert.match(built.stdout, /^read {4}xml: 2 laws found = 2 read \+ 0 left out\n/);
    assert.match(built.stdout, /corpus {2}2 laws, 5 units \(5 articles, 0 deleted\), 5 rows\n/);
    assert.match(built.stdout, /others {2}\d that are no laws, by ending\n/);
    assert.match(built.stderr, /100 % {2}2 laws {2}5 rows\n/);
    assert.equal((await Deno.readTextFile(join(folder, "rows.jsonl"))).split("\n").length, 6);

    const shown = await run("show", "金商法", "第二条", "--index", "index");
    assert.equal(
      shown.stdout,
      "金融商品取引法（昭和二十三年法律第二十五号）\n第2条\nこれは2番目の条文である。\n" +
        `https://laws.e-gov.go.jp/law/${KINSHO}\n`,
    );
    const json = JSON.parse(
      (await run("show", SHAKUCHI, "1", "--json", "--index", "index")).stdout,
    );
    assert.deepEqual([json.law_title, json.units[0].rows[0].paragraph], ["借地借家法", "1"]);
    const contents = await run("show", "借地借家法", "--index", "index");
    assert.match(contents.stdout, /第1条\n.*第2条\n/);

    const again2 = await run("build", "--in", "rows.jsonl", "--out", "index2");
    assert.equal(again2.code, 0, again2.stderr);
    const digest = (text: string) => /sha256 ([0-9a-f]{64})/.exec(text)?.[1];
    assert.equal(digest(again2.stdout), digest(built.stdout));
  }));

Deno.test("a build tells what it left out, with file and line, and ends with 1", () =>
  withHouqa(async ({ folder, run }) => {
    const broken = WHOLE_LAW_XML.replace("</Preamble>", "");
    const dated = (day: string) => `${KINSHO}_${day}_504AC0000000068.xml`;
    await writeFiles(join(folder, "xml"), {
      [`${SHAKUCHI}.xml`]: broken,
      [dated("20200401")]: plainLawXml(1, "古い法"),
      [dated("20240401")]: WHOLE_LAW_XML,
      [dated("20990401")]: plainLawXml(1, "先の法"),
    });
    const built = await run("build", "--in", "xml", "--out", "index");
    assert.equal(built.code, 1);
    assert.match(built.stderr, new RegExp(`WARNING: xml/${SHAKUCHI}\\.xml:\\d+: unexpected close`));
    assert.match(built.stdout, /4 laws found = 1 read \+ 3 left out\n/);
    for (const reason of ["1 not yet in force", "1 older revision", "1 broken XML", "18 TOC"]) {
      assert.ok(built.stdout.includes(`          ${reason}\n`), built.stdout);
    }
    const early = await run("build", "--in", "xml", "--out", "early", "--as-of", "2020-04-01");
    assert.match(early.stdout, /2 not yet in force/);
    const shown = await run("show", "古い法", "--index", "early");
    assert.equal(shown.code, 0, shown.stderr);
  }));

Deno.test("the archive of all laws is fetched, and built from where it lies", () =>
  withHouqa(async ({ folder, server, run }) => {
    const name = `${KINSHO}_20240401_504AC0000000068`;
    server.bulk = { bytes: await zipOf({ [`${name}/${name}.xml`]: WHOLE_LAW_XML }), etag: '"1"' };
    const fetched = await run("fetch");
    assert.equal(fetched.code, 0, fetched.stderr);
    assert.match(fetched.stdout, /data\/egov_xml\/all_xml\.zip {2}1 law files/);
    const built = await run("build");
    assert.equal(built.code, 0, built.stderr);
    const shown = await run("show", "試験法", "別表第二");
    assert.match(shown.stdout, /別表第二\u3000削除\n/);
    assert.ok((await Deno.stat(join(folder, "data/egov_laws/manifest.json"))).isFile);
  }));

Deno.test("--data fetches the laws that the questions refer to", () =>
  withHouqa(async ({ folder, run }) => {
    const questions = JSON.parse(await Deno.readTextFile(`${ROOT}datasets/demo/questions.json`));
    const samples = (questions.samples ?? questions).slice(0, 2);
    samples[0].references = [
      `https://laws.e-gov.go.jp/law/${KINSHO}`,
      "https://www.fsa.go.jp/x.pdf",
    ];
    samples[1].references = [`https://laws.e-gov.go.jp/law/${KINSHO}`];
    await writeFiles(folder, { "q.json": JSON.stringify({ samples }) });
    const fetched = await run("fetch", "--data", "q.json");
    assert.equal(fetched.code, 0, fetched.stderr);
    assert.match(fetched.stdout, /1 fetched, 0 there already, 0 not to be had/);
    samples[0].references = [];
    samples[1].references = ["https://www.fsa.go.jp/x.pdf"];
    await writeFiles(folder, { "q.json": JSON.stringify({ samples }) });
    const none = await run("fetch", "--data", "q.json");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /No question of q\.json refers to a law of e-Gov/);
  }));

Deno.test("wrong words end with 2 and say what to do", () =>
  withHouqa(async ({ run }) => {
    for (
      const [words, message] of [
        [["build", "--in", "none"], /none does not exist\. Fetch laws with `houqa laws fetch`/],
        [["build", "--as-of", "2024-02-30"], /Use a day such as 2024-04-01/],
        [["build", "--in", ""], /'--in <path>' argument '' is invalid\. It is empty/],
        [["build", "--out", " "], /'--out <folder>' argument ' ' is invalid\. It is empty/],
        [["show", "民法", "--index", ""], /'--index <folder>' argument '' is invalid/],
        [
          ["fetch", "--law", "民法", ""],
          /'--law <names\.\.\.>' argument '' is invalid\. It is empty/,
        ],
        [
          ["verify", "--index", "none"],
          /none holds no index.*Build it with `houqa laws build --out/,
        ],
        [["verify", "none"], /too many arguments/],
        [["show", "民法", "--index", "none"], /none/],
        [["show"], /missing required argument 'law'/],
        [["fetch", "--out", "/nowhere"], /no permission to write \/nowhere/],
      ] as const
    ) {
      const { code, stderr } = await run(...words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  }));

Deno.test("show prints an article, a paragraph or an item, or says what there is", () =>
  withHouqa(async ({ folder, run }) => {
    await writeFiles(join(folder, "xml"), {
      [`${KINSHO}.xml`]: WHOLE_LAW_XML,
      [`${SHAKUCHI}.xml`]: plainLawXml(2, "借地借家法", "平成三年法律第九十号"),
    });
    const built = await run("build", "--in", "xml", "--out", "index");
    assert.equal(built.code, 0, built.stderr);
    const show = (...words: string[]) => run("show", ...words, "--index", "index");

    const heading = "試験法（令和九十九年法律第一号）\n第一編\u3000総則\n第一条（目的）\n";
    const link = `https://laws.e-gov.go.jp/law/${KINSHO}\n`;
    for (
      const words of [
        ["試験法", "第一条第二項第一号の二"],
        ["試験法", "１条２項１号の２"],
        ["試験法", "1", "2項", "1号の2"],
        ["試験法第一条", "第二項第一号の二"],
        ["試験法1条第2項1号の2"],
        [KINSHO.toLowerCase(), "1 2項 1号の2"],
      ]
    ) {
      const { code, stdout, stderr } = await show(...words);
      assert.equal(code, 0, stderr);
      assert.equal(
        stdout,
        `${heading}2\u3000次に掲げるもの\n\u3000一の二\u3000枝の号\n${link}`,
        words.join(" "),
      );
    }
    const json = JSON.parse((await show("試験法", "1 2項 1号の2", "--json")).stdout);
    assert.deepEqual(
      json.units[0].rows.map((row: Record<string, unknown>) => [row.text, row.is_parent_text]),
      [["次に掲げるもの", true], ["枝の号", false]],
    );
    const own = await show("試験法", "附則");
    assert.match(
      own.stdout,
      /\n附則\n[^]*\(1 more in 附則 of laws that amend it: houqa laws show \S+ '附則（令和百年法律第三号）'\)/,
    );
    const amending = await show("試験法", "附則（令和百年法律第三号）抄");
    assert.match(
      amending.stdout,
      /\n附則 （令和百年法律第三号） 第一章\u3000経過\n第一条（施行）\n/,
    );
    assert.match((await show("試験法別表第１")).stdout, /\n別表第一（第一条関係）\n/);

    for (
      const [words, message] of [
        [["試験法", "1 9項"], "試験法第一条 has no 第九項. It has 第一項, 第二項."],
        [
          ["試験法", "第一条第二項第九号"],
          "試験法第一条第二項 has no 第九号. It has 第一号, 第一号の二, 第二号, 第三号.",
        ],
        [["試験法", "別表"], "試験法 has 2 of them: 別表第一, 別表第二\u3000削除. Name one."],
        [["借地借家法", "3"], "借地借家法 has no 3. Its articles go from 第1条 to 第2条."],
        [["借地借家法", "附則"], "借地借家法 has no 附則. It has no 附則."],
        [["無い法第三条"], 'No law of the corpus is named "無い法第三条". Give its title'],
        [["借地借家法", ""], "The article is empty. Give it as 21の2"],
        [[""], "The law is empty. Give its title"],
      ] as const
    ) {
      const { code, stdout, stderr } = await show(...words);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.ok(stderr.startsWith(`houqa: ${message}`), stderr);
    }
  }));

Deno.test("verify reads an index and its vectors, and names the command for damage", () =>
  withHouqa(async ({ folder, run }) => {
    await writeFiles(join(folder, "xml"), { [`${KINSHO}.xml`]: WHOLE_LAW_XML });
    const asOf = ["--as-of", "2024-04-01"];
    assert.equal((await run("build", "--in", "xml", "--out", "my index", ...asOf)).code, 0);
    const path = join(folder, "my index");
    const { files, corpus, folder: parts } = await readManifest(path);
    const verified = await run("verify", "--index", "my index");
    assert.deepEqual([verified.code, verified.stderr], [0, ""]);
    for (const [name, { size_bytes, sha256 }] of Object.entries(files)) {
      const line = `          ${name}  ${
        size_bytes.toLocaleString("en-US")
      } bytes  sha256 ${sha256}\n`;
      assert.ok(verified.stdout.includes(line), verified.stdout);
    }
    assert.match(verified.stdout, / from xml as of 2024-04-01\n/);
    assert.match(verified.stdout, /corpus {2}1 laws, 1\d units, .*sha256 [0-9a-f]{64}\n/);
    assert.match(verified.stdout, /\nsound {3}3 files, [\d,]+ bytes: .* \(\d+\.\d s\)\n$/);

    const index = await openIndex(path);
    const vectors = `${path}_vectors`;
    const embed = (corpusDigest: string) => build(vectors, { store: index.corpus, corpusDigest });
    try {
      await embed(corpus.sha256);
      const both = await run("verify", "--index", "my index/", "--json");
      assert.equal(both.code, 0, both.stderr);
      const json = JSON.parse(both.stdout);
      assert.deepEqual([json.index.files.length, json.vectors.files.length], [3, 1]);
      assert.deepEqual([json.vectors.finished, json.index.corpus.sha256], [true, corpus.sha256]);
      await Deno.writeTextFile(json.vectors.files[0].path.replace(/^my index/, path), "x");
      const damaged = await run("verify", "--index", "my index");
      assert.equal(damaged.code, 2);
      assert.match(
        damaged.stderr,
        /my index_vectors is damaged: .*has 1 bytes.*`houqa laws embed --index 'my index' /,
      );
      await embed("0".repeat(64));
    } finally {
      index.close();
    }
    const foreign = await run("verify", "--index", "my index");
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /my index_vectors was made of another corpus/);

    const file = join(path, parts, "postings.bin");
    const bytes = await Deno.readFile(file);
    bytes[9]! ^= 1;
    await Deno.writeFile(file, bytes);
    const damaged = await run("verify", "--index", "my index", "--json");
    assert.deepEqual([damaged.code, damaged.stdout], [2, ""]);
    assert.match(damaged.stderr, /my index is damaged: .*postings\.bin has the SHA-256/);
    assert.ok(
      damaged.stderr.endsWith(
        "Build it again with `houqa laws build --out 'my index' --in xml --as-of 2024-04-01`.\n",
      ),
      damaged.stderr,
    );
  }));
