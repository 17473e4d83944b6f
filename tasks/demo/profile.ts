import type { Random } from "./random.ts";
import { type Slot, SLOT_POOLS, word } from "./slot.ts";

/** The words that stay the same through one statute. */
export interface Profile {
  readonly title: string;
  /** 雲海渡船運送 */
  readonly topic: string;
  /** 雲海渡船による運送 */
  readonly deed: string;
  /** 雲海渡船運送業 */
  readonly business: string;
  /** 雲海渡船運送業者 */
  readonly actor: string;
  readonly place: string;
  readonly equipment: string;
  readonly customer: string;
  readonly chief: string;
  readonly ministry: string;
  readonly ordinance: string;
  /** What must be obtained to do business, and the paper that shows it. */
  readonly grant: Slot;
  readonly certificate: string;
  /** The three offices of the statute; the first gives and takes away the grant. */
  readonly offices: readonly [Slot, Slot, Slot];
}

interface Trade {
  readonly nouns: readonly string[];
  readonly activities: readonly string[];
  readonly place: string;
  readonly equipment: string;
  readonly customer: string;
  readonly link: (activity: string) => string;
}

const split = (text: string) => text.split(" ");

const TRADES: readonly Trade[] = [
  {
    nouns: split(
      "空中庭園 夜間図書館 月見台 雲上温室 星見塔 霧中茶屋 地底植物園 氷上劇場 砂時計塔 硝子灯台 湖底回廊 " +
        "樹上宿 風待港 虹色浴場 無音堂 竹林迷路 月影広場 雪洞美術館 逆さ水族館 千枚棚田",
    ),
    activities: split("管理 運営 案内 警備"),
    place: "管理所",
    equipment: "設備",
    customer: "来訪者",
    link: () => "の",
  },
  {
    nouns: split(
      "風鈴 星図 万華鏡 影絵 虹硝子 水琴 紙風船 月長石 露珠 音叉時計 夢枕 雲形定規 貝笛 木霊箱 香炉時計 " +
        "磁石花 霜細工 灯籠凧 砂絵 羽根筆",
    ),
    activities: split("製作 修理 鑑定 貸付"),
    place: "工房",
    equipment: "器具",
    customer: "依頼人",
    link: () => "の",
  },
  {
    nouns: split(
      "雲海渡船 月光馬車 飛行鯨 風帆気球 霧中索道 地下舟 氷上橇 提灯列車 大凧 竜馬車 潮流筏 渡り亀 " +
        "綿毛艇 星間小舟 夜行輿 雷雲艇 砂漠帆船 水上自転車 空中滑車 巨鳥籠",
    ),
    activities: split("運送 整備 案内 貸渡"),
    place: "発着場",
    equipment: "乗物",
    customer: "乗客",
    link: (activity) => activity === "運送" || activity === "案内" ? "による" : "の",
  },
  {
    nouns: split(
      "朝霧 流星 光苔 雲塊 虹片 月光 潮騒 木霊 夜露 極光 霜花 春風 雷鳴 星屑 陽炎 蜃気楼 初雪 渦潮 " +
        "山彦 花吹雪",
    ),
    activities: split("採集 観測 貯蔵 配達"),
    place: "作業場",
    equipment: "容器",
    customer: "注文者",
    link: () => "の",
  },
];

/** How a topic becomes a statute, a business and the person who carries it on. */
const FORMS: readonly ((topic: string) => Pick<Profile, "title" | "business" | "actor">)[] = [
  (t) => ({ title: `${t}業法`, business: `${t}業`, actor: `${t}業者` }),
  (t) => ({ title: `${t}業の適正化に関する法律`, business: `${t}業`, actor: `${t}業者` }),
  (t) => ({ title: `${t}事業規制法`, business: `${t}事業`, actor: `${t}事業者` }),
  (t) => ({ title: `${t}士法`, business: `${t}の業`, actor: `${t}士` }),
];

const MINISTRIES = split("雲務 星務 風務 灯務 潮務 森務 暦務 音務 霧務 夢務");
const BUREAUS = split("管区長 支庁長 監督局長 登録局長 検査局長 保安局長 巡察局長 記録局長");
const BODIES = split("中央審査会 指定協会 地方監理会 公益評議会 監察委員会 調整委員会");
const CERTIFICATES: Readonly<Record<string, string>> = {
  許可: "許可証",
  登録: "登録証",
  免許: "免許証",
  認定: "認定証",
};

/** The number of different topics; each gives four different titles. */
export const TOPIC_COUNT = TRADES.reduce((n, t) => n + t.nouns.length * t.activities.length, 0);

/**
 * Draws profiles with different topics (and so different titles).
 * @throws RangeError when more are asked for than there are topics
 */
export function drawProfiles(count: number, random: Random): Profile[] {
  const topics = TRADES.flatMap((trade) =>
    trade.nouns.flatMap((noun) => trade.activities.map((activity) => ({ trade, noun, activity })))
  );
  if (count > topics.length) {
    throw new RangeError(`At most ${topics.length} statutes from one seed, not ${count}`);
  }
  // The trades take turns and so do the forms, so that even five statutes differ in kind.
  const byTrade = TRADES.map((trade) => random.shuffle(topics.filter((t) => t.trade === trade)));
  const nounsSeen = new Set<string>();
  return Array.from({ length: count }, (_, i) => {
    const rest = byTrade.slice(i % TRADES.length).concat(byTrade.slice(0, i % TRADES.length));
    const queue = rest.find((list) => list.length > 0)!;
    const fresh = queue.findIndex(({ noun }) => !nounsSeen.has(noun));
    const { trade, noun, activity } = queue.splice(Math.max(fresh, 0), 1)[0]!;
    nounsSeen.add(noun);
    return drawProfile(trade, noun, activity, random);
  });
}

function drawProfile(trade: Trade, noun: string, activity: string, random: Random): Profile {
  const topic = noun + activity;
  const ministry = random.pick(MINISTRIES);
  const grant = random.pick(SLOT_POOLS.grant!);
  const [first, second, third] = random.shuffle([
    `${ministry}大臣`,
    random.pick(BUREAUS),
    random.pick(BODIES),
  ].map((name) => word("office", name)));
  return {
    ...random.pick(FORMS)(topic),
    topic,
    deed: noun + trade.link(activity) + activity,
    place: trade.place,
    equipment: trade.equipment,
    customer: trade.customer,
    chief: `${topic}主任者`,
    ministry: `${ministry}省`,
    ordinance: `${ministry}省令`,
    grant,
    certificate: CERTIFICATES[grant.value]!,
    offices: [first!, second!, third!],
  };
}
