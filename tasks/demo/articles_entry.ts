import type { ArticleBuilder } from "./article.ts";
import { fact } from "./fact.ts";
import { lawNorm, sayNorm, suru, withObject } from "./norm.ts";
import { word } from "./slot.ts";

/** 許可等: who must obtain what from whom, for how long, and how it is renewed. */
export const permitArticle: ArticleBuilder = (p, draw) => {
  const [grantor] = p.offices;
  const [first, second] = draw.random.shuffle(p.offices.slice(1));
  const o2 = first!;
  const o3 = second!;
  const otherGrant = draw.slot("grant");
  const [start, otherStart] = draw.random.shuffle([
    word("start", `${p.certificate}の交付を受けた日`),
    word("start", "営業を開始した日"),
    word("start", `${p.grant.law}の公示があった日`),
  ]) as [ReturnType<typeof word>, ReturnType<typeof word>];
  const term = draw.slot("years");
  const before = draw.slot("days");
  const within = draw.slot("days");
  const g = p.grant.law;
  return {
    caption: g,
    paragraphs: [
      {
        text:
          `${p.business}を営もうとする者は、${p.ordinance}で定めるところにより、${grantor.law}の${g}を受けなければならない。` +
          `ただし、他の法律の規定により${o2.law}の${otherGrant.law}を受けた者は、この限りでない。`,
      },
      { text: `前項の${g}の有効期間は、${start.law}から起算して${term.law}とする。` },
      {
        text:
          `前項の有効期間の更新を受けようとする者は、有効期間の満了の日の${before.law}前までに、${o2.law}に申請書を提出しなければならない。`,
      },
      {
        text:
          `第一項の${g}を受けた者は、${otherStart.law}から${within.law}以内に、${o3.law}に営業計画書を提出しなければならない。`,
      },
    ],
    facts: [
      fact("permit", { office: grantor, grant: p.grant }, ({ office, grant }) => [
        `他の法律による特例がない限り、${p.business}を営もうとする者は、${office}の${grant}を受けなければならない`,
        `他の法律による特例に当たらない者が${p.business}を始めるには、${office}による${grant}が必要である`,
        `${p.business}を営むのに必要なのは、他の法律による特例の場合を除き、${office}の${grant}である`,
      ]),
      fact("term", { start, term }, ({ start, term }) => [
        `${p.business}についての${g}の有効期間は、${start}から起算して${term}とされている`,
        `${p.business}についての${g}は、${start}から数えて${term}の間、効力を有する`,
        `${g}の効力が続くのは${term}であり、その期間は${start}から起算する`,
      ]),
      fact("renewal", { before, office: o2 }, ({ before, office }) => [
        `有効期間の更新を受けようとする者が申請書を提出する期限は、満了の日の${before}前であり、提出先は${office}である`,
        `更新の申請書は、有効期間が満了する日の${before}前までに${office}に提出する必要がある`,
        `${office}に対する更新の申請は、有効期間の満了の${before}前までにしなければならない`,
      ]),
      fact("plan", { start: otherStart, within, office: o3 }, ({ start, within, office }) => [
        `${g}を受けた者は、${start}から${within}以内に、${office}に営業計画書を提出しなければならない`,
        `営業計画書の提出先は${office}であり、その期限は${start}から${within}以内である`,
        `${start}から${within}以内に${office}に提出することとされているのは、営業計画書である`,
      ]),
    ],
  };
};

/** 変更の届出: what to report after a change and what to have approved before it. */
export const changeArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const [reported, approved, minor] = draw.random.sample([
    "商号",
    "業務の方法",
    "代表者の氏名",
    `${p.place}の所在地`,
    `${p.equipment}の種類`,
  ], 3) as [string, string, string];
  const within = draw.slot("days");
  const before = draw.slot("days");
  const entered = draw.slot("days");
  const approval = draw.slot("approval");
  const duty = draw.norm("duty");
  const notify = withObject("届出を", { plain: "する", negative: "し", te: "して" });
  return {
    caption: "変更の届出等",
    paragraphs: [
      {
        text:
          `${p.actor}は、${reported}を変更したときは、変更の日から${within.law}以内に、その旨を${o1.law}に届け出なければならない。`,
      },
      {
        text:
          `${p.actor}は、${approved}を変更しようとするときは、変更の予定日の${before.law}前までに申請をして、${o2.law}の${approval.law}を受けなければならない。`,
      },
      {
        text:
          `${o2.law}は、前項の申請があったときは、申請の日から${entered.law}以内に、その結果を通知しなければならない。`,
      },
      {
        text: `${p.actor}は、${minor}について軽微な変更をしたときは、${lawNorm(duty, notify)}。`,
      },
    ],
    facts: [
      fact("report", { within, office: o1 }, ({ within, office }) => [
        `${p.actor}は、${reported}を変更したときは、変更の日から${within}以内に、${office}に届け出なければならない`,
        `${reported}を変更した${p.actor}が届出をする先は${office}であり、その期限は変更の日から${within}以内である`,
        `${p.actor}が${reported}を変更したときの届出は、${within}以内に${office}にすることとされている`,
      ]),
      fact("approve", { before, office: o2, approval }, ({ before, office, approval }) => [
        `${p.actor}は、${approved}を変更しようとするときは、予定日の${before}前までに申請をして、${office}の${approval}を受けなければならない`,
        `${approved}の変更には${office}による${approval}が必要であり、その申請の期限は予定日の${before}前である`,
        `${approved}を変更しようとする${p.actor}は、予定日の${before}前までに、${office}に${approval}の申請をする必要がある`,
      ]),
      fact("answer", { entered, office: o2 }, ({ entered, office }) => [
        `${approved}の変更の申請があったときは、${office}は、申請の日から${entered}以内に結果を通知しなければならない`,
        `${approved}の変更の申請に対する結果は、申請の日から${entered}以内に${office}が通知する`,
        `${office}は、${approved}の変更の申請を受けたときは、${entered}以内に結果を知らせる必要がある`,
      ]),
      fact("minor", { duty }, (w) => [
        `${p.actor}は、${minor}について軽微な変更をしたときは、${sayNorm(w.duty, notify, 0)}`,
        `${minor}の変更が軽微なものであるときは、${p.actor}には、${sayNorm(w.duty, notify, 1)}`,
        `${p.actor}がした${minor}の軽微な変更については、${sayNorm(w.duty, notify, 2)}`,
      ]),
    ],
  };
};

/** 休止及び廃止: stopping for a time and for good. */
export const closingArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2, o3] = draw.offices();
  const before = draw.slot("days");
  const after = draw.slot("days");
  const longest = draw.slot("years");
  const extension = draw.slot("years");
  const approval = draw.slot("approval");
  const duty = draw.norm("duty");
  const giveBack = withObject(`${p.certificate}を`, suru("返納"));
  return {
    caption: "休止及び廃止",
    paragraphs: [
      {
        text:
          `${p.actor}は、${p.business}を休止しようとするときは、休止の日の${before.law}前までに、その旨を${o1.law}に届け出なければならない。`,
      },
      {
        text:
          `前項の休止の期間は、${longest.law}を超えてはならない。ただし、${o2.law}の${approval.law}を受けたときは、${extension.law}を限度として、これを延長することができる。`,
      },
      {
        text:
          `${p.actor}は、${p.business}を廃止したときは、廃止の日から${after.law}以内に、その旨を${o3.law}に届け出なければならない。`,
      },
      {
        text: `${p.actor}が死亡したときは、その相続人は、${lawNorm(duty, giveBack)}。`,
      },
    ],
    facts: [
      fact("suspend", { before, office: o1 }, ({ before, office }) => [
        `${p.actor}は、${p.business}を休止しようとするときは、休止の日の${before}前までに、${office}に届け出なければならない`,
        `休止の届出の期限は休止の日の${before}前であり、届出先は${office}である`,
        `${p.business}の休止は、その${before}前までに${office}に届け出る必要がある`,
      ]),
      fact("longest", { longest }, ({ longest }) => [
        `延長を受けない限り、${p.business}の休止の期間は、最長で${longest}である`,
        `${p.business}を休止することができる期間の上限は、延長がないときは${longest}である`,
        `延長がない場合における休止の期間は、長くても${longest}とされている`,
      ]),
      fact("extend", { office: o2, approval, extension }, ({ office, approval, extension }) => [
        `${office}の${approval}を受けたときは、${extension}を限度として、休止の期間を延長することができる`,
        `休止の期間の延長に必要なのは${office}の${approval}であり、延長の限度は${extension}である`,
        `休止の期間は、${office}が${approval}をしたときは、${extension}を限度として延ばすことができる`,
      ]),
      fact("abolish", { after, office: o3 }, ({ after, office }) => [
        `${p.actor}は、${p.business}を廃止したときは、廃止の日から${after}以内に、${office}に届け出なければならない`,
        `廃止の届出は、廃止の日から${after}以内に${office}にすることとされている`,
        `${p.business}を廃止した者は、${office}に対し、${after}以内に届出をする必要がある`,
      ]),
      fact("heir", { duty }, (w) => [
        `${p.actor}が死亡したときは、その相続人は、${sayNorm(w.duty, giveBack, 0)}`,
        `死亡した${p.actor}の相続人には、${sayNorm(w.duty, giveBack, 1)}`,
        `${p.actor}の死亡により相続人となった者は、${sayNorm(w.duty, giveBack, 2)}`,
      ]),
    ],
  };
};

/** 許可証等: handing over, replacing, lending and carrying the certificate. */
export const certificateArticle: ArticleBuilder = (p, draw) => {
  const [grantor] = p.offices;
  const other = draw.random.pick(p.offices.slice(1));
  const issued = draw.slot("days");
  const lost = draw.slot("days");
  const ban = draw.norm("ban");
  const duty = draw.norm("duty");
  const lend = withObject(`${p.certificate}を他人に`, suru("貸与"));
  const carry = withObject(`${p.certificate}を`, suru("携帯"));
  return {
    caption: p.certificate,
    paragraphs: [
      {
        text:
          `${grantor.law}は、${p.grant.law}をしたときは、その日から${issued.law}以内に、${p.certificate}を交付しなければならない。`,
      },
      {
        text:
          `${p.actor}は、${p.certificate}を失ったときは、その日から${lost.law}以内に、${other.law}にその再交付を申請しなければならない。`,
      },
      { text: `${p.actor}は、${lawNorm(ban, lend)}。` },
      {
        text: `${p.actor}は、${p.place}の外で業務を行うときは、${lawNorm(duty, carry)}。`,
      },
    ],
    facts: [
      fact("issue", { office: grantor, issued }, ({ office, issued }) => [
        `${p.certificate}は、${p.grant.law}の日から${issued}以内に、${office}が交付しなければならない`,
        `${p.certificate}を交付するのは${office}であり、その期限は${p.grant.law}の日から${issued}以内である`,
        `${office}には、${p.grant.law}の日から${issued}以内に${p.certificate}を交付する義務がある`,
      ]),
      fact("reissue", { office: other, lost }, ({ office, lost }) => [
        `${p.certificate}を失った${p.actor}は、${lost}以内に、${office}に再交付を申請しなければならない`,
        `${p.certificate}の再交付の申請先は${office}であり、その期限は失った日から${lost}以内である`,
        `${p.certificate}を失ったときは、${office}に対し、${lost}以内に再交付の申請をする必要がある`,
      ]),
      fact("lend", { ban }, (w) => [
        `${p.actor}は、${sayNorm(w.ban, lend, 0)}`,
        `${p.actor}が${sayNorm(w.ban, lend, 1)}`,
        `${p.actor}については、${sayNorm(w.ban, lend, 2)}`,
      ]),
      fact("carry", { duty }, (w) => [
        `${p.actor}は、${p.place}の外で業務を行うときは、${sayNorm(w.duty, carry, 0)}`,
        `${p.place}の外で業務を行う${p.actor}には、${sayNorm(w.duty, carry, 1)}`,
        `業務を${p.place}の外で行うときは、${p.actor}は、${sayNorm(w.duty, carry, 2)}`,
      ]),
    ],
  };
};

/** 手数料: a table of fees. */
export const feeArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const within = draw.slot("days");
  const noticed = draw.slot("days");
  const power = draw.norm("power");
  const claim = withObject("納めた手数料の返還を", suru("請求"));
  const rows = draw.random.shuffle([
    `${p.grant.law}を受けようとする者`,
    "有効期間の更新を受けようとする者",
    `${p.certificate}の書換えを受けようとする者`,
    `${p.certificate}の再交付を受けようとする者`,
  ]).slice(0, 3).map((name) => ({ who: word("applicant", name), fee: draw.slot("yen") }));
  return {
    caption: "手数料",
    paragraphs: [
      {
        text: `次の各号に掲げる者は、当該各号に定める額の手数料を納めなければならない。`,
        items: rows.map(({ who, fee }) => `${who.law}　${fee.law}`),
      },
      {
        text: `前項の手数料は、申請の日から${within.law}以内に、${o1.law}に納めるものとする。`,
      },
      {
        text:
          `${o2.law}は、手数料の額を改めようとするときは、実施の日の${noticed.law}前までに、その旨を公示しなければならない。`,
      },
      { text: `手数料を納めた者は、${lawNorm(power, claim)}。` },
    ],
    facts: [
      ...rows.map((row) =>
        fact("fee", row, ({ who, fee }) => [
          `${who}が納める手数料の額は、${fee}である`,
          `${who}は、${fee}の手数料を納めなければならない`,
          `手数料として${fee}を納めることとされているのは、${who}である`,
        ])
      ),
      fact("pay", { within, office: o1 }, ({ within, office }) => [
        `手数料は、申請の日から${within}以内に、${office}に納めるものとされている`,
        `手数料を納める先は${office}であり、その期限は申請の日から${within}以内である`,
        `申請をした者は、${office}に対し、${within}以内に手数料を納める必要がある`,
      ]),
      fact("revise", { noticed, office: o2 }, ({ noticed, office }) => [
        `手数料の額を改めようとするときは、${office}は、実施の日の${noticed}前までに公示しなければならない`,
        `手数料の改定を公示するのは${office}であり、その期限は実施の日の${noticed}前である`,
        `手数料の額の改定は、実施の${noticed}前までに${office}が公示する必要がある`,
      ]),
      fact("refund", { power }, (w) => [
        `手数料を納めた者は、${sayNorm(w.power, claim, 0)}`,
        `手数料を納めた者が${sayNorm(w.power, claim, 1)}`,
        `いったん手数料を納めた者については、${sayNorm(w.power, claim, 2)}`,
      ]),
    ],
  };
};

/** 営業保証金: a deposit, its increase and what may stand for it. */
export const depositArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const before = draw.slot("days");
  const after = draw.slot("days");
  const sum = draw.slot("sum");
  const extra = draw.slot("sum");
  const power = draw.norm("power");
  const ban = draw.norm("ban");
  const replace = withObject("国債証券をもって営業保証金に", {
    plain: "充てる",
    negative: "充て",
    te: "充てて",
  });
  const pledge = withObject("営業保証金を借入れの担保に", suru("供"));
  return {
    caption: "営業保証金",
    paragraphs: [
      {
        text:
          `${p.actor}は、営業の開始の日の${before.law}前までに、営業保証金として${sum.law}を${o1.law}に預けなければならない。`,
      },
      {
        text:
          `${p.actor}は、${p.place}を増設したときは、増設の日から${after.law}以内に、${p.place}一箇所につき${extra.law}を${o2.law}に追加して預けなければならない。`,
      },
      { text: `${p.actor}は、${lawNorm(power, replace)}。` },
      { text: `${p.actor}は、${lawNorm(ban, pledge)}。` },
    ],
    facts: [
      fact("deposit", { before, sum, office: o1 }, ({ before, sum, office }) => [
        `${p.actor}は、営業の開始の日の${before}前までに、${sum}の営業保証金を${office}に預けなければならない`,
        `営業の開始に当たり${office}に預ける営業保証金は${sum}であり、その期限は開始の日の${before}前である`,
        `${office}には、営業を開始する${before}前までに、営業保証金${sum}を預ける必要がある`,
      ]),
      fact("extra", { after, extra, office: o2 }, ({ after, extra, office }) => [
        `${p.place}を増設した${p.actor}は、${after}以内に、一箇所につき${extra}を${office}に追加して預けなければならない`,
        `${p.place}の増設により追加する額は一箇所につき${extra}であり、増設の日から${after}以内に${office}に預けるものとされている`,
        `${p.place}を増設したときは、${office}に対し、一箇所につき${extra}を${after}以内に預ける必要がある`,
      ]),
      fact("bond", { power }, (w) => [
        `${p.actor}は、${sayNorm(w.power, replace, 0)}`,
        `${p.actor}が${sayNorm(w.power, replace, 1)}`,
        `${p.actor}については、${sayNorm(w.power, replace, 2)}`,
      ]),
      fact("pledge", { ban }, (w) => [
        `${p.actor}は、${sayNorm(w.ban, pledge, 0)}`,
        `${p.actor}が${sayNorm(w.ban, pledge, 1)}`,
        `${p.actor}については、${sayNorm(w.ban, pledge, 2)}`,
      ]),
    ],
  };
};
