import { type Command, InvalidArgumentError } from "commander";
import type { CliContext } from "./cli_context.ts";
import { runLawsBuild } from "./laws_build.ts";
import { registerLawsEmbed } from "./laws_embed.ts";
import { runLawsFetch } from "./laws_fetch.ts";
import { registerLawsPush } from "./laws_push.ts";
import { runLawsShow } from "./laws_show.ts";
import { runLawsVerify } from "./laws_verify.ts";

const FETCH_NOTES = `
Without --law and --data the archive of all laws in force is fetched (some 300 MB). What is there and
unchanged is not fetched again; run it again after an interruption. The laws are published by Japan's
Digital Agency (e-Gov法令検索) under the Public Data License 1.0: name the source with what you publish.

Examples:
  houqa laws fetch
  houqa laws fetch --law 金融商品取引法 薬機法 403AC0000000090
  houqa laws fetch --data datasets/lawqa_jp/data/selection.json
`;

const SHOW_NOTES = `
Examples:
  houqa laws show 金融商品取引法 21の2
  houqa laws show 金商法 第二十一条の二第一項第三号
  houqa laws show 金商法21条の2 1項
  houqa laws show 323AC0000000025 附則第三条
  houqa laws show 323AC0000000025 '附則（平成十八年法律第六十五号）第三条'
  houqa laws show 借地借家法
  houqa laws show 雲塊配達業法 第三条 --index data/demo_laws
`;

const LAWS_EXAMPLES = `
Examples, with the fictional laws that come with the sources:
  houqa laws build --in datasets/demo/laws --out data/demo_laws
  houqa laws show 雲塊配達業法 第三条 --index data/demo_laws
`;

const BUILD_EXAMPLES = `
Examples:
  houqa laws build
  houqa laws build --in datasets/demo/laws --out data/demo_laws --jsonl data/demo_laws.jsonl
  houqa laws build --in egov_all.zip --as-of 2024-04-01 --out data/egov_laws_2024
`;

const VERIFY_EXAMPLES = `
Examples:
  houqa laws verify --index data/demo_laws
`;

/** Registers `houqa laws …`. */
export function registerLaws(program: Command, context: CliContext): void {
  const laws = program.command("laws").description("the laws of Japan: fetch, index, embed, show")
    .addHelpText("after", LAWS_EXAMPLES);
  laws.command("fetch")
    .description("download laws from e-Gov, resumable, with their digests")
    .option("--law <names...>", "only these: titles, abbreviations, ids or 法令番号", collectTexts)
    .option("--data <file>", "only those that the questions of a lawqa file refer to", parseText)
    .option("--out <folder>", "where to", parseText, "data/egov_xml")
    .option("--refresh", "fetch again what is there already")
    .allowExcessArguments(false)
    .addHelpText("after", FETCH_NOTES)
    .action(async (options) => context.exit(await runLawsFetch(options, context)));
  laws.command("build")
    .description("read laws and build the index that questions are looked up in")
    .option(
      "--in <path>",
      "folder of XML files, e-Gov's zip, or egov_laws.jsonl",
      parseText,
      "data/egov_xml",
    )
    .option("--out <folder>", "the index", parseText, "data/egov_laws")
    .option("--as-of <date>", "the revisions in force on that day instead of today's", parseDay)
    .option("--jsonl <file>", "also write the rows as the group's egov_laws.jsonl", parseText)
    .allowExcessArguments(false)
    .addHelpText("after", BUILD_EXAMPLES)
    .action(async (options) => context.exit(await runLawsBuild(options, context)));
  registerLawsEmbed(laws, context);
  registerLawsPush(laws, context);
  laws.command("show")
    .description("print an article, a paragraph or an item, or what a law consists of")
    .argument("<law>", "title, abbreviation, id or 法令番号; the article may follow at once")
    .argument("[article...]", "such as 21の2, 第二十一条の二第一項, 21_2, 附則第三条, 別表第一")
    .option("--index <folder>", "the index", parseText, "data/egov_laws")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .addHelpText("after", SHOW_NOTES)
    .action(async (law, article, options) =>
      context.exit(await runLawsShow(law, article, options, context))
    );
  laws.command("verify")
    .description("read every byte of an index and of vectors beside it, and compare the digests")
    .option("--index <folder>", "the index", parseText, "data/egov_laws")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .addHelpText("after", VERIFY_EXAMPLES)
    .action(async (options) => context.exit(await runLawsVerify(options, context)));
}

/** A name or path; an empty one is most often a variable of a script that was not set. */
function parseText(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

function collectTexts(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parseText(text)];
}

/** `2024-04-01` → `20240401`. */
function parseDay(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString().startsWith(text);
  if (!isDay) throw new InvalidArgumentError("Use a day such as 2024-04-01.");
  return text.replaceAll("-", "");
}
