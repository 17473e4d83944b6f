import assert from "node:assert/strict";
import { join } from "node:path";
import { type EgovDouble, startEgovDouble } from "../rag/corpus/egov_double.ts";
import { inFolder, writeFiles, zipOf } from "../rag/corpus/law_corpus_double.ts";
import { plainLawXml, WHOLE_LAW_XML } from "../rag/corpus/law_xml_double.ts";
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
