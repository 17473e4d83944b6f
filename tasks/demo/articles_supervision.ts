import type { ArticleBuilder } from "./article.ts";
import { fact } from "./fact.ts";
import { lawNorm, sayNorm, suru, withObject } from "./norm.ts";
import { type Slot, SLOT_POOLS, word } from "./slot.ts";

/** 定期報告: the yearly report and its publication. */
export const reportArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  // What is reported by the first date is published by the second, later in the year.
  const calendar = SLOT_POOLS.date!;
  const [due, published] = [draw.slot("date"), draw.slot("date")]
    .sort((x, y) => calendar.indexOf(x) - calendar.indexOf(y)) as [Slot, Slot];
  const few = draw.slot("members");
  const power = draw.norm("power");
  const orally = withObject("口頭で定期報告を", { plain: "する", negative: "し", te: "して" });
  return {
    caption: "定期報告",
    paragraphs: [
      {
        text:
          `${p.actor}は、毎年${due.law}までに、前年における業務の状況を${o1.law}に報告しなければならない。`,
      },
      {
        text:
          `${o2.law}は、毎年${published.law}までに、前項の報告を取りまとめ、その概要を公表しなければならない。`,
      },
      {
        text: `従業者の数が${few.law}未満である${p.actor}については、第一項の規定は、適用しない。`,
      },
      { text: `${p.actor}は、${lawNorm(power, orally)}。` },
    ],
    facts: [
      fact("report", { due, office: o1 }, ({ due, office }) => [
        `${p.actor}は、毎年${due}までに、前年における業務の状況を${office}に報告しなければならない`,
        `前年の業務の状況は、毎年${due}までに${office}に報告する必要がある`,
        `定期報告の相手方は${office}であり、その期限は毎年${due}である`,
      ]),
      fact("publish", { published, office: o2 }, ({ published, office }) => [
        `${office}は、毎年${published}までに、定期報告を取りまとめ、その概要を公表しなければならない`,
        `定期報告の概要を公表するのは${office}であり、その期限は毎年${published}である`,
        `定期報告の概要は、${office}が、毎年${published}までに公表するものとされている`,
      ]),
      fact("few", { few }, ({ few }) => [
        `定期報告の規定の適用を除外されるのは、従業者の数が${few}未満である${p.actor}に限られる`,
        `定期報告の規定が適用されないのは、従業者が${few}未満の${p.actor}である`,
        `定期報告について適用の除外を受けるのは、従業者の数が${few}に満たない${p.actor}である`,
      ]),
      fact("orally", { power }, (w) => [
        `${p.actor}は、${sayNorm(w.power, orally, 0)}`,
        `${p.actor}が${sayNorm(w.power, orally, 1)}`,
        `${p.actor}については、${sayNorm(w.power, orally, 2)}`,
      ]),
    ],
  };
};

/** 立入検査: inspection on the spot and demands for things. */
export const entryArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const inspected = draw.slot("target");
  const submitted = draw.slot("target");
  const within = draw.slot("days");
  const duty = draw.norm("duty");
  const power = draw.norm("power");
  const show = withObject("身分を示す証明書を", suru("提示"));
  const enter = withObject(`日没後に${p.place}に`, {
    plain: "立ち入る",
    negative: "立ち入ら",
    te: "立ち入って",
  });
  return {
    caption: "立入検査等",
    paragraphs: [
      {
        text:
          `${o1.law}は、必要があると認めるときは、その職員に、${p.actor}の${p.place}に立ち入り、${inspected.law}を検査させることができる。`,
      },
      {
        text:
          `${o2.law}は、必要があると認めるときは、${p.actor}に対し、${within.law}以内に${submitted.law}を提出することを求めることができる。`,
      },
      { text: `第一項の職員は、立入りに当たっては、${lawNorm(duty, show)}。` },
      { text: `第一項の職員は、${lawNorm(power, enter)}。` },
    ],
    facts: [
      fact("inspect", { office: o1, inspected }, ({ office, inspected }) => [
        `${office}は、必要があると認めるときは、その職員に、${p.place}に立ち入り、${inspected}を検査させることができる`,
        `必要がある場合に、職員を${p.place}に立ち入らせ、${inspected}を検査させることができるのは、${office}である`,
        `${p.place}への立入りにより${inspected}を検査する権限は、${office}の職員に与えられている`,
      ]),
      fact("demand", { office: o2, within, submitted }, ({ office, within, submitted }) => [
        `${office}は、必要があると認めるときは、${p.actor}に対し、${within}以内に${submitted}を提出することを求めることができる`,
        `必要がある場合に、${submitted}を${within}以内に提出することを${p.actor}に求めることができるのは、${office}である`,
        `${p.actor}は、${office}から、${within}以内に${submitted}を提出することを求められることがある`,
      ]),
      fact("identity", { duty }, (w) => [
        `立入検査をする職員は、立入りに当たっては、${sayNorm(w.duty, show, 0)}`,
        `立入検査のために立ち入る職員には、${sayNorm(w.duty, show, 1)}`,
        `${p.place}に立ち入る職員は、その際、${sayNorm(w.duty, show, 2)}`,
      ]),
      fact("night", { power }, (w) => [
        `立入検査をする職員は、${sayNorm(w.power, enter, 0)}`,
        `職員が立入検査のために${sayNorm(w.power, enter, 1)}`,
        `立入検査をする職員については、${sayNorm(w.power, enter, 2)}`,
      ]),
    ],
  };
};

/** 営業の停止等: suspension, revocation, hearing and appeal. */
export const orderArticle: ArticleBuilder = (p, draw) => {
  const [grantor] = p.offices;
  const [suspender, appealTo] = draw.random.shuffle(p.offices.slice(1)) as [Slot, Slot];
  const [light, grave] = draw.random.sample([
    "帳簿に虚偽の記載をした",
    "不当な料金を受け取った",
    "この法律に基づく命令に違反した",
    "この法律に基づく届出を怠った",
    `${p.customer}を故意に欺いた`,
  ], 2) as [string, string];
  const longest = draw.slot("months");
  const notice = draw.slot("days");
  const appeal = draw.slot("days");
  const suspends = draw.norm("discretion");
  const revokes = draw.norm("discretion");
  const order = withObject("営業の停止を", { plain: "命ずる", negative: "命じ", te: "命じて" });
  const revoke = withObject(`その${p.grant.law}を`, {
    plain: "取り消す",
    negative: "取り消さ",
    te: "取り消して",
  });
  return {
    caption: "営業の停止等",
    paragraphs: [
      {
        text: `${suspender.law}は、${p.actor}が${light}ときは、${longest.law}以内の期間を定めて、${
          lawNorm(suspends, order)
        }。`,
      },
      {
        text: `${grantor.law}は、${p.actor}が${grave}ときは、${lawNorm(revokes, revoke)}。`,
      },
      {
        text:
          `前二項の処分をしようとするときは、聴聞の期日の${notice.law}前までに、当該${p.actor}にその旨を通知しなければならない。`,
      },
      {
        text:
          `第一項又は第二項の処分を受けた者は、処分の日から${appeal.law}以内に、${appealTo.law}に不服を申し立てることができる。`,
      },
    ],
    facts: [
      fact(
        "suspend",
        { office: suspender, longest, suspends },
        ({ office, longest, suspends }) => [
          `${office}は、${p.actor}が${light}ときは、${longest}を上限とする期間を定めて、${
            sayNorm(suspends, order, 0)
          }`,
          `${p.actor}が${light}ときは、${office}は、期間の上限を${longest}として、${
            sayNorm(suspends, order, 1)
          }`,
          `${light}${p.actor}に対し、${office}は、最長で${longest}の期間を定めて、${
            sayNorm(suspends, order, 2)
          }`,
        ],
      ),
      fact("revoke", { office: grantor, revokes }, ({ office, revokes }) => [
        `${office}は、${p.actor}が${grave}ときは、${sayNorm(revokes, revoke, 0)}`,
        `${p.actor}が${grave}ときは、${office}は、${sayNorm(revokes, revoke, 1)}`,
        `${grave}${p.actor}について、${office}は、${sayNorm(revokes, revoke, 2)}`,
      ]),
      fact("notice", { notice }, ({ notice }) => [
        `営業の停止の処分をしようとするときは、聴聞の期日の${notice}前までに、${p.actor}に通知しなければならない`,
        `処分の対象となる${p.actor}への通知の期限は、聴聞の期日の${notice}前である`,
        `処分に先立つ聴聞については、その期日の${notice}前までに${p.actor}に通知する必要がある`,
      ]),
      fact("appeal", { appeal, office: appealTo }, ({ appeal, office }) => [
        `処分を受けた者が${office}に不服を申し立てることができる期間は、処分の日から${appeal}である`,
        `処分に対する不服の申立ては、${office}に対し、${appeal}以内にしなければならない`,
        `処分についての不服の申立て先は${office}であり、その期間は処分の日から${appeal}以内である`,
      ]),
    ],
  };
};

/** 審議会: an advisory council. */
export const councilArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const size = draw.slot("members");
  const term = draw.slot("years");
  const again = draw.norm("power");
  const [members, expert] = draw.random.sample(
    [
      "学識経験を有する者",
      p.actor,
      `${p.customer}を代表する者`,
      "地域の住民",
    ].map((text) => word("basis", text)),
    2,
  ) as [Slot, Slot];
  const reappoint = { plain: "再任される", negative: "再任され", te: "再任されて" };
  return {
    caption: "審議会",
    paragraphs: [
      {
        text: `${p.ministry}に、${p.topic}審議会（以下この条において「審議会」という。）を置き、` +
          `委員${size.law}以内をもって組織する。`,
      },
      { text: `審議会の委員は、${members.law}のうちから、${o1.law}が任命する。` },
      {
        text:
          `審議会に専門委員を置くことができる。専門委員は、${expert.law}のうちから、${o2.law}が任命する。`,
      },
      {
        text: `審議会の委員の任期は、${term.law}とし、委員は、${lawNorm(again, reappoint)}。`,
      },
    ],
    facts: [
      fact("size", { size }, ({ size }) => [
        `${p.topic}審議会は、委員${size}以内をもって組織する`,
        `${p.topic}審議会の委員の数の上限は、${size}である`,
        `${p.topic}審議会に置かれる委員は、${size}以内とされている`,
      ]),
      fact("member", { members, office: o1 }, ({ members, office }) => [
        `${p.topic}審議会の委員は、${members}のうちから、${office}が任命する`,
        `${p.topic}審議会の委員を任命するのは${office}であり、委員は${members}のうちから選ばれる`,
        `${office}は、${members}のうちから、${p.topic}審議会の委員を任命するものとされている`,
      ]),
      fact("expert", { expert, office: o2 }, ({ expert, office }) => [
        `${p.topic}審議会の専門委員は、${expert}のうちから、${office}が任命する`,
        `${p.topic}審議会の専門委員を任命するのは${office}であり、専門委員は${expert}のうちから選ばれる`,
        `${office}は、${expert}のうちから、${p.topic}審議会の専門委員を任命するものとされている`,
      ]),
      fact("term", { term }, ({ term }) => [
        `${p.topic}審議会の委員の任期は、${term}とする`,
        `${p.topic}審議会の委員の任期として定められているのは、${term}である`,
        `${p.topic}審議会の委員は、${term}を任期として任命される`,
      ]),
      fact("again", { again }, (w) => [
        `${p.topic}審議会の委員は、${sayNorm(w.again, reappoint, 0)}`,
        `${p.topic}審議会の委員が${sayNorm(w.again, reappoint, 1)}`,
        `${p.topic}審議会の委員については、${sayNorm(w.again, reappoint, 2)}`,
      ]),
    ],
  };
};

/** 罰則: which violation meets which fine. */
export const penaltyArticle: ArticleBuilder = (p, draw) => {
  const violations = draw.random.sample([
    `${p.grant.law}を受けないで${p.business}を営んだ者`,
    "帳簿に虚偽の記載をした者",
    "職員の立入りを拒んだ者",
    "届出を怠った者",
    `${p.certificate}を偽造した者`,
    `${p.customer}の秘密を漏らした者`,
    "営業の停止の命令に従わなかった者",
  ], 5).map((text) => word("violation", text));
  // The heaviest first, as statutes do.
  const order = SLOT_POOLS.sum!;
  const fines = [1, 2, 3].map(() => draw.slot("sum"))
    .sort((x, y) => order.indexOf(y) - order.indexOf(x));
  const tiers = [2, 2, 1].map((count, i) => ({
    count,
    fine: fines[i]!,
    sanction: word("sanction", draw.random.pick(["罰金", "過料"])),
  }));
  let next = 0;
  const grouped = tiers.map((tier) => ({
    ...tier,
    violations: violations.slice(next, next += tier.count),
  }));
  return {
    caption: "罰則",
    paragraphs: grouped.map(({ fine, sanction, violations }) => ({
      text: violations.length > 1
        ? `次の各号のいずれかに該当する者は、${fine.law}以下の${sanction.law}に処する。`
        : `${violations[0]!.law}は、${fine.law}以下の${sanction.law}に処する。`,
      ...(violations.length > 1 ? { items: violations.map((v) => v.law) } : {}),
    })),
    facts: grouped.flatMap(({ fine, sanction, violations }) =>
      violations.map((violation) =>
        fact("penalty", { violation, fine, sanction }, ({ violation, fine, sanction }) => [
          `${violation}は、${fine}以下の${sanction}に処せられる`,
          `${violation}に対する罰則は、${fine}以下の${sanction}である`,
          `${fine}以下の${sanction}に処することとされているのは、${violation}である`,
        ])
      )
    ),
  };
};
