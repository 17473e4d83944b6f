import type { Random } from "../demo/random.ts";

/** Kanji of laws, roughly the frequent ones first. */
const KANJI =
  "法定事規条業者行項関人合政令第会社金物理証会計保険地方公共務省届出許可登録申請審査報告検査" +
  "命停止取消罰則過料科料懲役禁錮没収追徴免除減額加算控除税率課税所得資産負債株式債券投資信託銀行" +
  "協同組農林水畜産漁港湾河川道路鉄航空船舶車両運送通電波放送郵便気象環境汚染廃棄処分資源化学薬品医療" +
  "機器食衛生健康福祉年介護障害児童教育校大学研究科技術文財博館図書労働雇用賃災補償安全危険消防火爆発" +
  "建築土木設計工監督管轄都市計画区域町村県府国家議員選挙投票裁判決和解調停仲弁護司警察刑犯訴訟執破更再" +
  "免状試験資格認指導監講習修了卒業研究員委任期間日月歳暦週時限満経過始終前後次同当該各号以上下内外中間" +
  "特別一般普通重軽主副正補助役員職勤任命解選考給与俸退恩扶養遺族配偶戸籍氏名住居住民票印鑑署押捺文書写" +
  "鉱石炭油原子力核燃料放射線施設装置構造材質量容積重圧温度濃速距離面高低測量標準規模型式番記載附属帳簿" +
  "貿易輸入輸出関税倉庫通貨為替手形小切振替決済預貯貸付融抵当質権担保連帯責清算合併分割譲渡承継相続贈与" +
  "遺言後見親族婚姻離縁養子戦没引揚傷病恩給軍隊防衛基演習自衛官階級服装宿舎糧秣武器弾薬捕虜緊急事態";

/** Katakana syllables for the names of substances and goods. */
const SYLLABLES = "メチルエブプロピンアミノクリドベゼフェトキシオサホスニカテラジハイソヘ";

/** Words that every law may use. */
const LEGAL_WORDS =
  ("届出 許可 登録 申請 認可 承認 報告 検査 命令 処分 停止 取消し 罰金 過料 違反 義務 権利 責任 期間 期限 書面 " +
    "電磁的記録 記載事項 添付書類 主務大臣 都道府県知事 市町村長 指定機関 内閣総理大臣 主務省令 政令 内閣府令 条例 " +
    "公告 通知 公示 閲覧 縦覧 意見 聴聞 審査 審議会 委員会 理事 監事 役員 職員 代表者 代理人 使用人 従業者 法人 " +
    "個人 団体 組合 会社 株式会社 事業者 事業所 営業所 施設 設備 区域 計画 基準 方法 手続 措置 業務 事務 財産 資産 " +
    "負債 費用 手数料 料金 報酬 給付 年金 保険料 補助金 交付金 貸付け 売買 譲渡 賃貸借 契約 相手方 利用者 消費者 " +
    "有価証券 金融商品 投資者 医薬品 医療機器 建物 土地 借地権 賃借人 土地所有者 製造 販売 輸入 輸出 運送 建築 工事 " +
    "試験 研修 資格 免許 免状 証明書 帳簿 記録 保存 提出 送付 受領 支払 徴収 納付 控除 免除 算定 合計額 割合 金額 " +
    "災害 事故 危険 安全 衛生 環境 公害 廃棄物 資源 農地 森林 漁業 河川 道路 港湾 鉄道 航空機 船舶 自動車 電気 ガス " +
    "通信 放送 郵便 教育 学校 児童 高齢者 障害者 労働者 使用者 賃金 雇用 失業 裁判所 検察官 弁護士 訴訟 執行 破産 " +
    "再生計画 選挙 議員 地方公共団体 国 独立行政法人 公益 秩序 利益 信用 秘密 情報 個人情報").split(
      " ",
    );

const DISTINCT_WORDS = 30_000;

/**
 * A dictionary of words as laws have them: the common ones by hand, the rest put together from kanji
 * and syllables so that few are frequent and most are rare (Zipf's law: the r-th word comes with a
 * weight of 1/r).
 */
export function makeVocabulary(random: Random): readonly string[] {
  const kanji = [...new Set(KANJI)];
  const rare = Array.from({ length: 1500 }, () => randomKanji(random));
  const words = new Set(LEGAL_WORDS);
  while (words.size < DISTINCT_WORDS) {
    const kind = random.next();
    if (kind < 0.06) words.add(join(3 + random.below(6), () => random.pick([...SYLLABLES])));
    else if (kind < 0.16) words.add(zipfPick(kanji, random) + random.pick(rare));
    else words.add(join(2 + Number(kind > 0.85), () => zipfPick(kanji, random)));
  }
  return [...words];
}

/** Any of 2,500 kanji, which is about what laws use. */
export function randomKanji(random: Random): string {
  return String.fromCharCode(0x4e00 + 8 * random.below(2500));
}

/** One of a list, the r-th with a weight of about 1/r. */
export function zipfPick<T>(list: readonly T[], random: Random): T {
  // The inverse of the logarithm, which is about the sum of 1/r.
  const rank = Math.floor(Math.exp(random.next() * Math.log(list.length + 1))) - 1;
  return list[Math.min(rank, list.length - 1)]!;
}

const join = (count: number, make: () => string) => Array.from({ length: count }, make).join("");
