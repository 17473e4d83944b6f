import type { ArticleBuilder } from "./article.ts";
import { fact } from "./fact.ts";
import { lawNorm, sayNorm, suru, withObject } from "./norm.ts";
import { word } from "./slot.ts";

/** 料金: approval, notice, reduction and prepayment of charges. */
export const chargesArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const approval = draw.slot("approval");
  const before = draw.slot("days");
  const due = draw.slot("days");
  const spot = draw.slot("spot");
  const age = draw.slot("childAge");
  const cut = draw.slot("tenths");
  const power = draw.norm("power");
  const prepaid = withObject("料金を前払により", {
    plain: "受け取る",
    negative: "受け取ら",
    te: "受け取って",
  });
  return {
    caption: "料金",
    paragraphs: [
      {
        text:
          `${p.actor}は、料金を定めようとするときは、${o1.law}の${approval.law}を受けなければならない。`,
      },
      {
        text:
          `${p.actor}は、料金を改めるときは、実施の日の${before.law}前までに、その額を${spot.law}に掲示しなければならない。`,
      },
      {
        text:
          `${p.actor}は、${age.law}未満の${p.customer}については、料金の${cut.law}を減額しなければならない。`,
      },
      {
        text:
          `${o2.law}は、料金が不当であると認めるときは、${due.law}以内に改めることを命ずることができる。`,
      },
      { text: `${p.actor}は、${lawNorm(power, prepaid)}。` },
    ],
    facts: [
      fact("approve", { office: o1, approval }, ({ office, approval }) => [
        `${p.actor}は、料金を定めようとするときは、${office}の${approval}を受けなければならない`,
        `料金を定めるのに必要なのは、${office}による${approval}である`,
        `料金を定めようとする${p.actor}は、${approval}を${office}から受ける必要がある`,
      ]),
      fact("notice", { before, spot }, ({ before, spot }) => [
        `料金を改めるときは、実施の日の${before}前までに、その額を${spot}に掲示しなければならない`,
        `改める料金の額を掲示する場所は${spot}であり、その期限は実施の日の${before}前である`,
        `${spot}には、料金を改める${before}前までに、その額を掲示する必要がある`,
      ]),
      fact("reduce", { age, cut }, ({ age, cut }) => [
        `料金を${cut}減額しなければならない相手方は、${age}未満の${p.customer}である`,
        `料金の減額の対象は${age}に満たない${p.customer}であり、減額の割合は${cut}である`,
        `料金の${cut}を減額するものとされているのは、${age}未満の${p.customer}についてである`,
      ]),
      fact("order", { office: o2, due }, ({ office, due }) => [
        `${office}は、不当であると認める料金を${due}以内に改めることを命ずることができる`,
        `不当な料金を改めることを命ずることができるのは${office}であり、改める期限は${due}以内である`,
        `料金が不当であるときは、${p.actor}は、${office}から、${due}以内に改めることを命じられることがある`,
      ]),
      fact("prepaid", { power }, (w) => [
        `${p.actor}は、${sayNorm(w.power, prepaid, 0)}`,
        `${p.actor}が${sayNorm(w.power, prepaid, 1)}`,
        `${p.actor}については、${sayNorm(w.power, prepaid, 2)}`,
      ]),
    ],
  };
};

/** 営業時間: closing times by season, and their extension. */
export const hoursArticle: ArticleBuilder = (p, draw) => {
  const [office, other] = draw.offices();
  const rows = [1, 2, 3].map(() => ({ season: draw.slot("season"), clock: draw.slot("clock") }));
  const approval = draw.slot("approval");
  const extra = draw.slot("delay");
  const before = draw.slot("days");
  const power = draw.norm("power");
  const accept = withObject(`営業を終えた後に${p.customer}の申込みを`, {
    plain: "受ける",
    negative: "受け",
    te: "受けて",
  });
  return {
    caption: "営業時間",
    paragraphs: [
      {
        text:
          `${p.actor}が営業を終えるべき時刻は、次の各号に掲げる季節の区分に応じ、当該各号に定める時刻とする。`,
        items: rows.map(({ season, clock }) => `${season.law}　${clock.law}`),
      },
      {
        text:
          `${p.actor}は、${office.law}の${approval.law}を受けて、${extra.law}を限度として、前項の時刻を繰り下げることができる。`,
      },
      {
        text:
          `${p.actor}は、臨時に休業しようとするときは、その日の${before.law}前までに、${other.law}に届け出なければならない。`,
      },
      { text: `${p.actor}は、${lawNorm(power, accept)}。` },
    ],
    facts: [
      ...rows.map((row) =>
        fact("close", row, ({ season, clock }) => [
          `${season}において営業を終えるべき時刻は、${clock}である`,
          `${p.actor}は、${season}には、${clock}に営業を終えるものとされている`,
          `営業を終えるべき時刻が${clock}と定められている季節は、${season}である`,
        ])
      ),
      fact("extend", { office, approval, extra }, ({ office, approval, extra }) => [
        `${p.actor}は、${office}の${approval}を受けて、${extra}を限度として、営業を終える時刻を繰り下げることができる`,
        `営業を終える時刻の繰下げの限度は${extra}であり、それには${office}による${approval}が必要である`,
        `${office}が${approval}をしたときは、最大で${extra}だけ営業を終える時刻を遅らせることができる`,
      ]),
      fact("closed", { before, office: other }, ({ before, office }) => [
        `臨時に休業しようとする${p.actor}は、その日の${before}前までに、${office}に届け出なければならない`,
        `臨時の休業の届出先は${office}であり、その期限は休業する日の${before}前である`,
        `臨時の休業は、その${before}前までに${office}に届け出る必要がある`,
      ]),
      fact("late", { power }, (w) => [
        `${p.actor}は、${sayNorm(w.power, accept, 0)}`,
        `${p.actor}が${sayNorm(w.power, accept, 1)}`,
        `${p.actor}については、${sayNorm(w.power, accept, 2)}`,
      ]),
    ],
  };
};

/** 保安区域: acts forbidden within a distance, exemption and widening. */
export const safetyArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const rows = draw.random.sample([
    "凧揚げ",
    "焚火",
    "笛の演奏",
    "花火の打上げ",
    "投石",
    "鐘の連打",
  ], 3)
    .map((text) => ({ act: word("act", text), distance: draw.slot("metres") }));
  const approval = draw.slot("approval");
  const period = draw.slot("days");
  const before = draw.slot("days");
  const duty = draw.norm("duty");
  const fence = withObject(`${p.place}の周囲に柵を`, suru("設置"));
  return {
    caption: "保安区域",
    paragraphs: [
      {
        text:
          `何人も、次の各号に掲げる行為を、${p.place}から当該各号に定める距離以内の区域においてしてはならない。`,
        items: rows.map(({ act, distance }) => `${act.law}　${distance.law}`),
      },
      { text: `前項の規定は、${o1.law}の${approval.law}を受けてする行為については、適用しない。` },
      {
        text:
          `${o2.law}は、${period.law}以内の期間を限り、第一項の区域を広げることができる。この場合においては、その${before.law}前までに公示しなければならない。`,
      },
      { text: `${p.actor}は、${lawNorm(duty, fence)}。` },
    ],
    facts: [
      ...rows.map((row) =>
        fact("zone", row, ({ act, distance }) => [
          `${act}が禁止される区域は、${p.place}から${distance}以内の区域である`,
          `${act}が禁止されるのは、${p.place}からの距離が${distance}以内の区域においてである`,
          `${p.place}から${distance}以内という距離は、${act}について定められたものである`,
        ])
      ),
      fact("exempt", { office: o1, approval }, ({ office, approval }) => [
        `保安区域における行為の禁止は、${office}の${approval}を受けてする行為については、適用されない`,
        `保安区域で禁止される行為も、${office}による${approval}があれば、することができる`,
        `保安区域の禁止の適用を除外されるのは、${approval}を${office}から受けてする行為である`,
      ]),
      fact("widen", { office: o2, period, before }, ({ office, period, before }) => [
        `${office}は、最長で${period}の間、保安区域を広げることができ、その${before}前までに公示しなければならない`,
        `保安区域を広げる期間の上限は${period}であり、${office}は、その${before}前までに公示するものとされている`,
        `保安区域を広げるには、${office}がその${before}前までに公示する必要があり、期間は${period}が限度である`,
      ]),
      fact("fence", { duty }, (w) => [
        `${p.actor}は、${sayNorm(w.duty, fence, 0)}`,
        `${p.actor}には、${sayNorm(w.duty, fence, 1)}`,
        `${p.actor}については、${sayNorm(w.duty, fence, 2)}`,
      ]),
    ],
  };
};

/** 事故の措置: alarm, report and taking the equipment back into use. */
export const accidentArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2, o3] = draw.offices();
  const hours = draw.slot("hours");
  const within = draw.slot("days");
  const approval = draw.slot("approval");
  const duty = draw.norm("duty");
  const publish = withObject("事故の概要を", suru("公表"));
  const event = draw.random.pick(["負傷した", "行方不明となった", "帰路を失った", "水に落ちた"]);
  return {
    caption: "事故の措置",
    paragraphs: [
      {
        text:
          `${p.actor}は、${p.customer}が${event}ときは、${hours.law}以内に、その旨を${o1.law}に通報しなければならない。`,
      },
      {
        text:
          `${p.actor}は、前項の事故の日から${within.law}以内に、その原因を${o2.law}に報告しなければならない。`,
      },
      {
        text:
          `第一項の事故に係る${p.equipment}は、${o3.law}の${approval.law}を受けるまで、使用してはならない。`,
      },
      { text: `${p.actor}は、${lawNorm(duty, publish)}。` },
    ],
    facts: [
      fact("alarm", { hours, office: o1 }, ({ hours, office }) => [
        `${p.actor}は、${p.customer}が${event}ときは、${hours}以内に、${office}に通報しなければならない`,
        `${p.customer}が${event}ときの通報先は${office}であり、その期限は${hours}以内である`,
        `${p.customer}が${event}という事故については、${office}に対し、${hours}以内に通報する必要がある`,
      ]),
      fact("cause", { within, office: o2 }, ({ within, office }) => [
        `事故の原因は、事故の日から${within}以内に、${office}に報告しなければならない`,
        `事故の原因の報告先は${office}であり、その期限は事故の日から${within}以内である`,
        `${p.actor}は、${office}に対し、${within}以内に事故の原因を報告する必要がある`,
      ]),
      fact("reuse", { office: o3, approval }, ({ office, approval }) => [
        `事故に係る${p.equipment}は、${office}の${approval}を受けるまで、使用してはならない`,
        `事故に係る${p.equipment}を再び使用するのに必要なのは、${office}による${approval}である`,
        `事故に係る${p.equipment}の使用は、${approval}を${office}から受けた後でなければ、することができない`,
      ]),
      fact("publish", { duty }, (w) => [
        `${p.actor}は、${sayNorm(w.duty, publish, 0)}`,
        `事故の後、${p.actor}には、${sayNorm(w.duty, publish, 1)}`,
        `事故については、${p.actor}は、${sayNorm(w.duty, publish, 2)}`,
      ]),
    ],
  };
};
