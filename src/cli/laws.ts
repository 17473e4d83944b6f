import { type Command, InvalidArgumentError } from "commander";
import type { CliContext } from "./cli_context.ts";
import { runLawsBuild } from "./laws_build.ts";
import { runLawsFetch } from "./laws_fetch.ts";
import { runLawsShow } from "./laws_show.ts";

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
  houqa laws show 金商法 第二十一条の二
  houqa laws show 323AC0000000025 附則第三条
  houqa laws show 借地借家法
`;

/** Registers `houqa laws …`. */
export function registerLaws(program: Command, context: CliContext): void {
  const laws = program.command("laws").description("the laws of Japan: fetch, index, show");
  laws.command("fetch")
    .description("download laws from e-Gov, resumable, with their digests")
    .option("--law <names...>", "only these: titles, abbreviations, ids or 法令番号")
    .option("--data <file>", "only those that the questions of a lawqa file refer to")
    .option("--out <folder>", "where to", "data/egov_xml")
    .option("--refresh", "fetch again what is there already")
    .allowExcessArguments(false)
    .addHelpText("after", FETCH_NOTES)
    .action(async (options) => context.exit(await runLawsFetch(options, context)));
  laws.command("build")
    .description("read laws and build the index that questions are looked up in")
    .option("--in <path>", "folder of XML files, e-Gov's zip, or egov_laws.jsonl", "data/egov_xml")
    .option("--out <folder>", "the index", "data/egov_laws")
    .option("--as-of <date>", "the revisions in force on that day instead of today's", parseDay)
    .option("--jsonl <file>", "also write the rows as the group's egov_laws.jsonl")
    .allowExcessArguments(false)
    .action(async (options) => context.exit(await runLawsBuild(options, context)));
  laws.command("show")
    .description("print an article, or what a law consists of")
    .argument("<law>", "title, abbreviation, id or 法令番号")
    .argument("[article]", "such as 21の2, 第二十一条の二, 21_2, 附則第三条, 別表第一")
    .option("--index <folder>", "the index", "data/egov_laws")
    .option("--json", "as JSON")
    .allowExcessArguments(false)
    .addHelpText("after", SHOW_NOTES)
    .action(async (law, article, options) =>
      context.exit(await runLawsShow(law, article, options, context))
    );
}

/** `2024-04-01` → `20240401`. */
function parseDay(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString().startsWith(text);
  if (!isDay) throw new InvalidArgumentError("Use a day such as 2024-04-01.");
  return text.replaceAll("-", "");
}
