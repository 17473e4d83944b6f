import type { ArticleBuilder } from "./article.ts";
import { fact } from "./fact.ts";
import { lawNorm, sayNorm, suru, withObject } from "./norm.ts";
import { word } from "./slot.ts";

/** 帳簿: keeping, copying, losing and showing the books. */
export const booksArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const [start, other] = draw.random.sample(
    ["帳簿に最後の記載をした日", "帳簿を閉鎖した日", "事業年度の末日", "検査を受けた日"],
    2,
  ).map((text) => word("start", text)) as [ReturnType<typeof word>, ReturnType<typeof word>];
  const kept = draw.slot("years");
  const within = draw.slot("days");
  const due = draw.slot("days");
  const power = draw.norm("power");
  const digital = withObject("帳簿を電磁的記録により", suru("作成"));
  return {
    caption: "帳簿",
    paragraphs: [
      {
        text:
          `${p.actor}は、${p.place}ごとに帳簿を備えなければならない。この場合において、帳簿の保存期間は、${start.law}から起算して${kept.law}とする。`,
      },
      { text: `${p.actor}は、${lawNorm(power, digital)}。` },
      {
        text:
          `${p.actor}は、${other.law}から${within.law}以内に、帳簿の写しを${o1.law}に提出しなければならない。`,
      },
      {
        text:
          `${p.actor}は、帳簿を失ったときは、その日から${due.law}以内に、その旨を${o2.law}に届け出なければならない。`,
      },
    ],
    facts: [
      fact("keep", { start, kept }, ({ start, kept }) => [
        `帳簿の保存期間は、${start}から起算して${kept}である`,
        `帳簿は、${start}から数えて${kept}間保存するものとされている`,
        `${p.actor}が備える帳簿は、その保存期間が${kept}とされ、${start}から起算される`,
      ]),
      fact("digital", { power }, (w) => [
        `${p.actor}は、${sayNorm(w.power, digital, 0)}`,
        `${p.actor}が${sayNorm(w.power, digital, 1)}`,
        `${p.actor}については、${sayNorm(w.power, digital, 2)}`,
      ]),
      fact("copy", { start: other, within, office: o1 }, ({ start, within, office }) => [
        `帳簿の写しは、${start}から${within}以内に、${office}に提出しなければならない`,
        `帳簿の写しの提出先は${office}であり、その期限は${start}から${within}以内である`,
        `${p.actor}は、${office}に対し、${start}から${within}以内に帳簿の写しを提出する必要がある`,
      ]),
      fact("lost", { due, office: o2 }, ({ due, office }) => [
        `${p.actor}は、帳簿を失ったときは、${due}以内に、${office}に届け出なければならない`,
        `帳簿を失った${p.actor}が届出をする先は${office}であり、その期限は失った日から${due}以内である`,
        `帳簿を失ったときの届出は、${due}以内に${office}にするものとされている`,
      ]),
    ],
  };
};

/** 標識の掲示: what hangs where. */
export const displayArticle: ArticleBuilder = (p, draw) => {
  const [office] = draw.offices();
  const rows = draw.random.sample([
    `${p.certificate}の写し`,
    "料金表",
    "避難の経路図",
    "営業時間表",
    "苦情の申出先",
  ], 3).map((text) => ({ document: word("document", text), spot: draw.slot("spot") }));
  const within = draw.slot("days");
  const report = draw.slot("days");
  const duty = draw.norm("duty");
  const light = withObject("夜間に掲示を灯火で", {
    plain: "照らす",
    negative: "照らさ",
    te: "照らして",
  });
  return {
    caption: "掲示",
    paragraphs: [
      {
        text:
          `${p.actor}は、次の各号に掲げるものを、当該各号に定める場所に掲示しなければならない。`,
        items: rows.map(({ document, spot }) => `${document.law}　${spot.law}`),
      },
      { text: `${p.actor}は、${lawNorm(duty, light)}。` },
      {
        text:
          `${p.actor}は、第一項の掲示が汚れたときは、${within.law}以内にこれを取り替え、取替えの日から${report.law}以内に、その旨を${office.law}に届け出なければならない。`,
      },
    ],
    facts: [
      ...rows.map((row) =>
        fact("display", row, ({ document, spot }) => [
          `${p.actor}は、${document}を${spot}に掲示しなければならない`,
          `${document}を掲示すべき場所は、${spot}である`,
          `${spot}に掲示するものとされているのは、${document}である`,
        ])
      ),
      fact("light", { duty }, (w) => [
        `${p.actor}は、${sayNorm(w.duty, light, 0)}`,
        `${p.actor}には、${sayNorm(w.duty, light, 1)}`,
        `${p.actor}については、${sayNorm(w.duty, light, 2)}`,
      ]),
      fact("replace", { within, report, office }, ({ within, report, office }) => [
        `汚れた掲示は${within}以内に取り替え、取替えの日から${report}以内に${office}に届け出なければならない`,
        `汚れた掲示の取替えの期限は${within}以内であり、その後${report}以内に${office}に届出をする必要がある`,
        `掲示の汚れについては、${within}以内の取替えと、取替えから${report}以内の${office}への届出が求められる`,
      ]),
    ],
  };
};

/** 主任者: number, qualification, appointment and second posts of the responsible person. */
export const chiefArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const number = draw.slot("persons");
  const age = draw.slot("age");
  const exam = draw.slot("exam");
  const within = draw.slot("days");
  const power = draw.norm("power");
  const combine = withObject(`他の${p.place}の主任者を`, {
    plain: "兼ねる",
    negative: "兼ね",
    te: "兼ねて",
  });
  return {
    caption: "主任者",
    paragraphs: [
      {
        text:
          `${p.actor}は、${p.place}ごとに、${p.chief}（以下この条において「主任者」という。）を` +
          `${number.law}以上置かなければならない。`,
      },
      {
        text:
          `主任者は、${age.law}以上の者であって、${o1.law}の行う${exam.law}に合格したものでなければならない。`,
      },
      {
        text:
          `${p.actor}は、主任者を選任したときは、選任の日から${within.law}以内に、その旨を${o2.law}に届け出なければならない。`,
      },
      { text: `主任者は、${lawNorm(power, combine)}。` },
    ],
    facts: [
      fact("number", { number }, ({ number }) => [
        `${p.place}ごとに置くべき${p.chief}の最低の人数は、${number}である`,
        `${p.chief}は、${p.place}ごとに、${number}を下限として置くものとされている`,
        `${p.actor}が${p.place}ごとに置く${p.chief}の人数の下限は、${number}である`,
      ]),
      fact("qualified", { age, office: o1, exam }, ({ age, office, exam }) => [
        `${p.chief}の資格は、${age}以上であること及び${office}の行う${exam}に合格したことである`,
        `${p.chief}となるための年齢の下限は${age}であり、合格すべき${exam}は${office}が行う`,
        `${p.chief}の要件として定められているのは、${office}の行う${exam}への合格と、${age}以上の年齢である`,
      ]),
      fact("appoint", { within, office: o2 }, ({ within, office }) => [
        `${p.actor}は、${p.chief}を選任したときは、${within}以内に、${office}に届け出なければならない`,
        `${p.chief}の選任の届出先は${office}であり、その期限は選任の日から${within}以内である`,
        `${p.chief}を選任した${p.actor}は、${office}に対し、${within}以内に届出をする必要がある`,
      ]),
      fact("combine", { power }, (w) => [
        `${p.chief}は、${sayNorm(w.power, combine, 0)}`,
        `${p.chief}が${sayNorm(w.power, combine, 1)}`,
        `${p.chief}については、${sayNorm(w.power, combine, 2)}`,
      ]),
    ],
  };
};

/** 禁止行為: acts that are forbidden and acts that are allowed after a notice. */
export const conductArticle: ArticleBuilder = (p, draw) => {
  const [o1, o2] = draw.offices();
  const before = draw.slot("days");
  const within = draw.slot("days");
  const acts = draw.random.sample([
    "日没後に鐘を鳴らす",
    "霧の日に口笛を吹く",
    "満月の夜に看板を外す",
    `${p.place}で居眠りをする`,
    `${p.customer}に歌を勧める`,
    "楽隊を用いて広告をする",
    "料金を木の実で受け取る",
    "猫を帳場に座らせる",
    "看板に猫の絵を用いる",
    "昼間に提灯をともす",
    `${p.customer}の似顔絵を描く`,
    "深夜に太鼓を打つ",
  ], 4).map((text) => word("act", text));
  const banned = acts.slice(0, 2);
  const allowed = acts.slice(2);
  const kinds = [
    ...banned.map((act) => ({ act, ban: word("ban", "must-not") })),
    ...allowed.map((act) => ({ act, ban: word("ban", "may") })),
  ];
  return {
    caption: "禁止行為等",
    paragraphs: [
      {
        text: `${p.actor}は、いかなる場合においても、次に掲げる行為をしてはならない。`,
        items: banned.map((act) => `${act.law}こと。`),
      },
      {
        text:
          `${p.actor}は、行為の日の${before.law}前までに${o1.law}に届け出たときは、次に掲げる行為をすることができる。`,
        items: allowed.map((act) => `${act.law}こと。`),
      },
      {
        text:
          `${o2.law}は、前二項の規定に違反した${p.actor}に対し、${within.law}以内に是正することを命ずることができる。`,
      },
    ],
    facts: [
      ...kinds.map((row) =>
        fact("conduct", row, ({ act, ban }) => {
          const can = ban === "may";
          return [
            `${p.actor}は、あらかじめ届出をした${
              can ? "ときは" : "ときであっても"
            }、${act}ことができ${can ? "る" : "ない"}`,
            `${p.actor}が${act}ことは、${can ? "届出をすれば許される" : "届出をしても許されない"}`,
            `${act}ことは、${
              can ? "届出があれば認められる" : "届出があっても認められない"
            }行為である`,
          ];
        })
      ),
      fact("notice", { before, office: o1 }, ({ before, office }) => [
        `届出をすれば認められる行為については、行為の日の${before}前までに${office}に届け出なければならない`,
        `届出をしてする行為の届出先は${office}であり、その期限は行為の日の${before}前である`,
        `届出を要する行為をしようとする者は、その${before}前までに${office}に届け出る必要がある`,
      ]),
      fact("correct", { within, office: o2 }, ({ within, office }) => [
        `${office}は、違反をした${p.actor}に対し、${within}以内に是正することを命ずることができる`,
        `違反の是正を命ずることができるのは${office}であり、是正の期限は${within}以内である`,
        `違反をした${p.actor}は、${office}から、${within}以内に是正することを命じられることがある`,
      ]),
    ],
  };
};

/** 定期点検: a table of intervals, the report of the result and the case of rest. */
export const inspectionArticle: ArticleBuilder = (p, draw) => {
  const [office, other] = draw.offices();
  const names = draw.random.pick([
    ["一等", "二等", "三等"],
    ["大型", "中型", "小型"],
    ["石造り", "木造り", "硝子造り"],
    ["山上用", "湖上用", "地下用"],
  ]);
  const rows = draw.random.shuffle(names).map((name) => ({
    class: word("class", `${name}の${p.equipment}`),
    interval: draw.slot("months"),
  }));
  const within = draw.slot("days");
  const repaired = draw.slot("days");
  const duty = draw.norm("duty");
  const inspect = withObject("休業の期間中も点検を", suru("実施"));
  return {
    caption: "定期点検",
    paragraphs: [
      {
        text:
          `${p.actor}は、次の各号に掲げる${p.equipment}の区分に応じ、当該各号に定める期間ごとに一回、点検を実施しなければならない。`,
        items: rows.map((row) => `${row.class.law}　${row.interval.law}`),
      },
      {
        text:
          `${p.actor}は、点検の日から${within.law}以内に、その結果を${office.law}に報告しなければならない。`,
      },
      {
        text:
          `${p.actor}は、点検により異状を認めたときは、${repaired.law}以内に修繕し、${other.law}の検査を受けなければならない。`,
      },
      { text: `${p.actor}は、${lawNorm(duty, inspect)}。` },
    ],
    facts: [
      ...rows.map((row) =>
        fact("interval", row, (w) => [
          `${w.class}については、${w.interval}ごとに一回、点検を実施しなければならない`,
          `${w.class}の点検の間隔は、${w.interval}とされている`,
          `${w.interval}ごとに一回点検を実施するものとされているのは、${w.class}である`,
        ])
      ),
      fact("result", { within, office }, ({ within, office }) => [
        `点検の結果は、点検の日から${within}以内に、${office}に報告しなければならない`,
        `点検の結果の報告先は${office}であり、その期限は点検の日から${within}以内である`,
        `点検を実施した${p.actor}は、${office}に対し、${within}以内に結果を報告する必要がある`,
      ]),
      fact("repair", { repaired, office: other }, ({ repaired, office }) => [
        `点検により異状を認めたときは、${repaired}以内に修繕し、${office}の検査を受けなければならない`,
        `点検で認めた異状の修繕の期限は${repaired}以内であり、修繕の後の検査は${office}が行う`,
        `異状を認めた${p.actor}は、${repaired}以内に修繕をして、${office}による検査を受ける必要がある`,
      ]),
      fact("rest", { duty }, (w) => [
        `${p.actor}は、${sayNorm(w.duty, inspect, 0)}`,
        `${p.actor}には、${sayNorm(w.duty, inspect, 1)}`,
        `${p.actor}については、${sayNorm(w.duty, inspect, 2)}`,
      ]),
    ],
  };
};
