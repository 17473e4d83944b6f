import { type ArticleBody, type ArticleBuilder, type ArticleDraw, articleDraw } from "./article.ts";
import {
  certificateArticle,
  changeArticle,
  closingArticle,
  depositArticle,
  feeArticle,
  permitArticle,
} from "./articles_entry.ts";
import {
  booksArticle,
  chiefArticle,
  conductArticle,
  displayArticle,
  inspectionArticle,
} from "./articles_operation.ts";
import {
  councilArticle,
  entryArticle,
  orderArticle,
  penaltyArticle,
  reportArticle,
} from "./articles_supervision.ts";
import { accidentArticle, chargesArticle, hoursArticle, safetyArticle } from "./articles_trade.ts";
import { kanjiNumber } from "./kanji_number.ts";
import { drawProfiles, type Profile } from "./profile.ts";
import type { Random } from "./random.ts";

/** An article in its place in a statute. */
export interface Article extends ArticleBody {
  /** "5", or "5_2" for 第五条の二, as in the Num attribute of law XML. */
  readonly num: string;
}

/** A chapter of a statute. */
export interface Chapter {
  readonly num: number;
  readonly title: string;
  readonly articles: readonly Article[];
}

/** A fictional statute. */
export interface Statute {
  /** In the manner of e-Gov law ids; Reiwa 99 keeps it apart from every real law. */
  readonly id: string;
  /** The law's number within its year. */
  readonly lawNumber: number;
  readonly profile: Profile;
  readonly chapters: readonly Chapter[];
  readonly supplementary: string;
}

const ENTRY = [changeArticle, closingArticle, certificateArticle, feeArticle, depositArticle];
const OPERATION = [
  booksArticle,
  displayArticle,
  chiefArticle,
  conductArticle,
  inspectionArticle,
  chargesArticle,
  hoursArticle,
  safetyArticle,
  accidentArticle,
];
const SUPERVISION = [reportArticle, entryArticle, orderArticle, councilArticle];

const purposeArticle: ArticleBuilder = (p, draw) => {
  const good = draw.random.pick(["静けさ", "彩り", "安らぎ", "夜空の平穏", "季節の趣"]);
  return {
    caption: "目的",
    paragraphs: [{
      text:
        `この法律は、${p.business}を営む者の業務の適正な運営を確保することにより、${p.customer}の利益を保護し、もって地域の${good}を守ることを目的とする。`,
    }],
    facts: [],
  };
};

const definitionArticle: ArticleBuilder = (p) => ({
  caption: "定義",
  paragraphs: [
    {
      text:
        `この法律において「${p.business}」とは、他人の求めに応じ、報酬を得て、${p.deed}を行う事業をいう。`,
    },
    {
      text:
        `この法律において「${p.actor}」とは、次条第一項の${p.grant.law}を受けて${p.business}を営む者をいう。`,
    },
  ],
  facts: [],
});

/** How an article's number is written in a statute: 第五条の二. */
export function lawArticleTitle(num: string): string {
  const [main, branch] = num.split("_");
  return `第${kanjiNumber(Number(main))}条` + (branch ? `の${kanjiNumber(Number(branch))}` : "");
}

/** How an article's number is written in a question: 第5条の2. */
export function plainArticleTitle(num: string): string {
  const [main, branch] = num.split("_");
  return `第${main}条` + (branch ? `の${branch}` : "");
}

/** Draws statutes with different titles. */
export function makeStatutes(count: number, random: Random): Statute[] {
  return drawProfiles(count, random).map((profile, i) => makeStatute(profile, i + 1, random));
}

function makeStatute(profile: Profile, lawNumber: number, random: Random): Statute {
  const groups: (readonly [string, readonly ArticleBuilder[]])[] = [
    ["総則", [purposeArticle, definitionArticle]],
    [`${profile.grant.law}等`, [permitArticle, ...random.sample(ENTRY, 2)]],
    ["業務", random.sample(OPERATION, 5)],
    ["監督等", random.sample(SUPERVISION, 2)],
    ["罰則", [penaltyArticle]],
  ];
  // One article of chapter 3 was "inserted later" and has a branch number.
  const branch = 1 + random.below(4);
  let number = 0;
  const chapters = groups.map(([title, builders], c): Chapter => ({
    num: c + 1,
    title,
    articles: builders.map((build, a): Article => {
      const isBranch = c === 2 && a === branch;
      if (!isBranch) number++;
      const draw: ArticleDraw = articleDraw(profile, random);
      return { num: isBranch ? `${number}_2` : `${number}`, ...build(profile, draw) };
    }),
  }));
  const months = kanjiNumber(2 + random.below(8));
  return {
    id: `599AC${String(lawNumber).padStart(10, "0")}`,
    lawNumber,
    profile,
    chapters,
    supplementary:
      `この法律は、公布の日から起算して${months}月を超えない範囲内において政令で定める日から施行する。`,
  };
}
