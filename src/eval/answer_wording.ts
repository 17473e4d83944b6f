/*
 * The words in which answers are given, as sources of regular expressions for texts in the spelling
 * of `plainText`. All repetitions are bounded, so that a test at one position takes bounded time.
 */

const any = (...alternatives: string[]) => `(?:${alternatives.join("|")})`;
const han = "\\p{Script=Han}";

/** What an answer is called. */
export const NAME = any(
  "(?<![a-z])(?:answer|choice)",
  ...["回答", "解答", "答え", `(?<!${han})答`, "正解", "正答", "選択", "結論"],
);
/** The same, called final. */
export const FINAL_NAME = any(
  "最終(?:的な?)?の?(?:回答|解答|答え|選択|結論)",
  "(?<![a-z])final[ _-]?(?:answer|choice)",
);
/** Not preceded by words that make it something else: 不正解, 誤った回答, 回答の例. */
export const GENUINE = `(?<!${
  any(
    ...["不", "誤", "誤った", "間違った", "間違い", "想定", "wrong ", "incorrect "],
    ...['例[:) 「"は]{0,3}', '例えば[「"、]{0,2}', '(?:example|format)[:s "]{0,3}'],
    '形式[:は「で" ]{0,3}',
  )
})`;
/** A remark in brackets after a label: 回答（1文字のみ）. */
export const REMARK = "(?: ?\\([^()\\n]{0,30}\\))?";
/** What may close a label: 【回答】, "answer". */
export const CLOSED = "[】\\]」』>)\"'\\\\]{0,3}";
/** Between a label and what it labels. */
export const COLON = `${REMARK} ?${CLOSED}(?: ?(?:は|is))? ?(?:[:=|]|->|[-=]>|→|⇒)[ :]{0,3}`;
/** A ground given before the answer: 正しいのは、第5条により c. */
export const GROUND =
  "(?:[^。、\\n]{0,40}(?:により|によると|に基づき|によれば|から|ため)[、, ]{0,2})?";

const HEAD_NOUN = any(
  ...["もの", "の", "こと", "選択[肢枝]", "記述", "肢", "説明", "組み?合わ?せ", "内容", "条文"],
  ...["答え", "回答", "文", "場合", "行為", "書類", "事項"],
);
const TOPIC = `(?:として)?(?:は:?|:|=)[、, ]?${GROUND}`;

/** The one that the answer is, called right: 正しいものは. */
export const RIGHT_ONE_IS = `${
  any(
    ...["正しい", "適切な", "適当な", "妥当な", "該当する", "当てはまる", "あてはまる", "含まれる"],
    "最も[^。\\n]{1,10}",
  )
}${HEAD_NOUN}?${TOPIC}`;
/** The one that the answer is, called wrong: 誤っているものは, 該当しないものは. */
export const WRONG_ONE_IS = any(
  `${
    any(
      ...["誤っている", "誤った", "誤りである", "誤りの", "間違っている", "間違った", "不適切な"],
      ...["不適当な", "[^。\\n、]{0,12}ない"],
    )
  }${HEAD_NOUN}${TOPIC}`,
  `(?:誤り|間違い)(?:なの|である(?:の|もの))?${TOPIC}`,
  "(?:incorrect|wrong|false) (?:statement|option|one|choice) is:? ",
);

/** Between a letter and what is said of it: bの「…」という記述, bだけ. */
export const OF_IT = "(?:の?[「『(][^「」『』()\\n]{0,200}[」』)])?" +
  "(?:(?:という|の)(?:記述|内容|説明|選択肢|文章|文|主張))?(?:だけ|のみ)?";

/** What a choice is called when it is right. */
export const RIGHT = any(
  "正し(?:い(?!とは|とも|わけ|か|と(?:す|仮)|なら|場合|よう|の(?:か|では|でしょ|だろ))|く(?!な|あ|は))",
  "正解(?!で(?:は|な)|と(?:は|す)|か|なら)",
  "正答",
  "(?:適切|妥当|適当)(?!で(?:は|な)|に|か)",
  "答え",
  "回答(?:です|とな|にな)",
  "該当(?:し(?!な|ませ)|する(?!か|と|わけ|場合))",
  "当てはま(?:る(?!か)|り)",
  "根拠(?:条文)?(?:です|となる)",
);
/** What a choice is called when it is wrong. */
export const WRONG = any(
  "誤(?:り|っている|った|って)(?!とは|では|か|なら)",
  "間違(?:い|って)(?!とは|では|か)",
  "不適[切当](?!か)",
  "(?:適切で|妥当で|正しく)は?(?:な|あり)",
  ...["該当し(?:な|ませ)", "当てはまら", "含まれ(?:な|ませ)"],
);

/** What follows an answer that is asserted, not merely talked about. */
export const ASSERTED = ` ?${
  any(
    ...["です", "だ(?!け|と(?:す|し|誤))", "で(?:ある|す|、|ございます|しょう)", "であり"],
    ...["と(?:なり|なる|考え|思|判断|な|いうこと|結論|答え|回答)", "に(?:なり|なる|決)"],
    ...["を(?:選|回答|答)", "[。!,、]", "\\.(?![a-z0-9])", "のみ(?:です|だ|が正)", "$", "\\n"],
  )
}`;

/** What follows a mention and takes it back: negation, condition, doubt, question. */
export const TAKEN_BACK = `[ \\n]?${
  any(
    "(?:という(?:わけ|こと))?(?:では|じゃ|で)(?:な(?!いか(?:と|。))|あり(?:ま)?せ|ござ)",
    ...["以外", "を除", "と[はも](?:言|い|限|思)"],
    `${OF_IT}[はも](?:誤|間違|不適|不正|違|該当し(?:な|ませ)|当てはまら)`,
    `${OF_IT}[はも](?:正しく|適切で|妥当で)は?[なあ]`,
    "(?:is|was|are|were) (?:not|incorrect|wrong|false)",
    "(?:is|are)n't",
    ...["なら", "だとす", "とす(?:る[と場]|るな|れ)", "だとし", "(?:だった|の|である)場合"],
    ...[
      "か(?:どうか|否)",
      "(?:です|でしょう|だろう|なの|である)か(?!ら)",
      "が正(?:解|しい)(?:です)?か(?!ら)",
    ],
    "\\?",
  )
}`;

/** Words that draw a conclusion. */
export const CONCLUDING = any(
  ...["よって", "したがって", "従って", "ゆえに", "故に", "このことから", "これらのことから"],
  ...[
    "以上(?:より|から|のことから|により|を踏まえ)",
    "このため",
    "そのため",
    "結論として",
    "結論[は:]",
  ],
  ...["結局", "消去法", "残[るっ]", "therefore", "thus", "hence", "so,?(?= )", "in conclusion"],
);

/** Words with which a model corrects itself. */
export const CORRECTING = any(
  ...[
    "いや",
    "いえ",
    "訂正",
    "失礼",
    "間違え(?:まし)?た",
    "間違いました",
    "すみません",
    "すいません",
  ],
  ...[
    "申し訳(?:ありません|ございません)",
    "やはり",
    "やっぱり",
    "もとい",
    "修正",
    "wait",
    "actually",
  ],
  ...["correction", "sorry", "i mean", "on second thought", "scratch that", "no, "],
);

/** Words that refuse, or say that the model cannot know. */
export const REFUSING = any(
  "申し訳",
  "(?:回答|お答え|判断|特定|断定|選択|対応|提供|お手伝い|決定)(?:することは?|は|を|が)?" +
    any("でき(?:ない|ません|かね)", "いたしかね", "しかね", "不可能"),
  ...[
    "答えられ(?:ない|ません)",
    "答えかね",
    "[わ分]か(?:りません|らない)",
    "不明です",
    "情報が不足",
  ],
  ...["i(?:'m| am) (?:sorry|not able|unable)", "i (?:can(?:no|')t|do(?:n't| not) know)"],
  ...["unable to", "as an ai", "cannot (?:determine|answer|provide)"],
  ...["not enough information", "insufficient information"],
);
