// Made from page/page.ts, page/live.ts and page/page.css by tasks/make_report_page.ts.
// deno-fmt-ignore-file

/** The report page's script. */
export const PAGE_SCRIPT = 
  "(() => {\n" +
  "\"use strict\";\n" +
  "function element(tag, attributes = {}, ...children) {\n" +
  "  const made = document.createElement(tag);\n" +
  "  for (const [name, value] of Object.entries(attributes)) {\n" +
  "    if (value !== void 0) made.setAttribute(name, value);\n" +
  "  }\n" +
  "  append(made, children);\n" +
  "  return made;\n" +
  "}\n" +
  "function say(ja, en) {\n" +
  "  return [\n" +
  "    element(\"span\", {\n" +
  "      class: \"ja\",\n" +
  "      lang: \"ja\"\n" +
  "    }, ja),\n" +
  "    element(\"span\", {\n" +
  "      class: \"en\",\n" +
  "      lang: \"en\"\n" +
  "    }, en)\n" +
  "  ];\n" +
  "}\n" +
  "function byId(id) {\n" +
  "  return document.getElementById(id);\n" +
  "}\n" +
  "function webLink(url, text) {\n" +
  "  if (url === void 0 || !/^https?:\\/\\//i.test(url)) return text;\n" +
  "  return element(\"a\", {\n" +
  "    href: url,\n" +
  "    rel: \"noopener noreferrer\",\n" +
  "    target: \"_blank\"\n" +
  "  }, text);\n" +
  "}\n" +
  "function append(parent, children) {\n" +
  "  for (const child of children) {\n" +
  "    if (Array.isArray(child)) append(parent, child);\n" +
  "    else if (child) parent.appendChild(typeof child === \"string\" ? new Text(child) : child);\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "var ReportData = class {\n" +
  "  page = JSON.parse(byId(\"rows\").textContent);\n" +
  "  #blocks = /* @__PURE__ */ new Map();\n" +
  "  #texts = /* @__PURE__ */ new Map();\n" +
  "  /** The block that holds a question. */\n" +
  "  block(row) {\n" +
  "    const place = Math.floor(row / this.page.blockSize);\n" +
  "    let block = this.#blocks.get(place);\n" +
  "    if (block === void 0) {\n" +
  "      block = JSON.parse(byId(`block-${place}`).textContent);\n" +
  "      this.#blocks.set(place, block);\n" +
  "    }\n" +
  "    return block;\n" +
  "  }\n" +
  "  /** One question in full. */\n" +
  "  detail(row) {\n" +
  "    return this.block(row).details[row % this.page.blockSize];\n" +
  "  }\n" +
  "  /** All that a search looks through, in lower case and one width. */\n" +
  "  searchText(row) {\n" +
  "    let text = this.#texts.get(row);\n" +
  "    if (text === void 0) {\n" +
  "      const { n, name, text: question, choices } = this.page.rows[row];\n" +
  "      const { answers, references } = this.detail(row);\n" +
  "      text = fold([\n" +
  "        `#${n}`,\n" +
  "        name,\n" +
  "        question,\n" +
  "        ...choices,\n" +
  "        ...references,\n" +
  "        ...answers.flatMap((answer) => answer === null ? [] : [\n" +
  "          answer.response.slice(0, 2e4),\n" +
  "          answer.error ?? \"\",\n" +
  "          ...(answer.articles ?? []).map(({ title }) => title)\n" +
  "        ])\n" +
  "      ].join(\"\\n\"));\n" +
  "      this.#texts.set(row, text);\n" +
  "    }\n" +
  "    return text;\n" +
  "  }\n" +
  "};\n" +
  "function fold(text) {\n" +
  "  return text.normalize(\"NFKC\").toLowerCase();\n" +
  "}\n" +
  "\n" +
  "function setUpPreferences() {\n" +
  "  const root = document.documentElement;\n" +
  "  const setLanguage = (language) => {\n" +
  "    root.lang = language;\n" +
  "    root.dataset[\"language\"] = language;\n" +
  "    for (const one of document.querySelectorAll(\"[data-label-ja]\")) {\n" +
  "      one.setAttribute(\"aria-label\", one.dataset[language === \"ja\" ? \"labelJa\" : \"labelEn\"]);\n" +
  "    }\n" +
  "    for (const one of document.querySelectorAll(\"option[data-ja]\")) {\n" +
  "      one.textContent = one.dataset[language];\n" +
  "    }\n" +
  "  };\n" +
  "  setLanguage(navigator.language.startsWith(\"ja\") ? \"ja\" : \"en\");\n" +
  "  byId(\"language\").addEventListener(\"click\", () => {\n" +
  "    setLanguage(root.dataset[\"language\"] === \"ja\" ? \"en\" : \"ja\");\n" +
  "  });\n" +
  "  byId(\"theme\").addEventListener(\"click\", () => {\n" +
  "    const isDark = root.dataset[\"theme\"] === \"dark\" || root.dataset[\"theme\"] === void 0 && matchMedia(\"(prefers-color-scheme: dark)\").matches;\n" +
  "    root.dataset[\"theme\"] = isDark ? \"light\" : \"dark\";\n" +
  "  });\n" +
  "  let closed = [];\n" +
  "  addEventListener(\"beforeprint\", () => {\n" +
  "    closed = [\n" +
  "      ...document.querySelectorAll(\"figure details:not([open])\")\n" +
  "    ];\n" +
  "    for (const one of closed) one.open = true;\n" +
  "  });\n" +
  "  addEventListener(\"afterprint\", () => {\n" +
  "    for (const one of closed) one.open = false;\n" +
  "  });\n" +
  "}\n" +
  "function setUpScrolling() {\n" +
  "  const mark = () => {\n" +
  "    for (const one of document.querySelectorAll(\".wide, .flips\")) {\n" +
  "      const isScrolled = one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight;\n" +
  "      if (isScrolled) one.tabIndex = 0;\n" +
  "      else one.removeAttribute(\"tabindex\");\n" +
  "    }\n" +
  "  };\n" +
  "  addEventListener(\"resize\", mark);\n" +
  "  document.addEventListener(\"toggle\", mark, true);\n" +
  "  mark();\n" +
  "}\n" +
  "\n" +
  "var FIRST_CHARACTERS = 2e4;\n" +
  "function longText(text, marks, lines = (part) => part) {\n" +
  "  const pre = element(\"pre\", {\n" +
  "    lang: \"ja\",\n" +
  "    tabindex: \"0\"\n" +
  "  });\n" +
  "  if (text.length <= FIRST_CHARACTERS) {\n" +
  "    pre.append(...text === \"\" ? [\n" +
  "      \"\\u2205\"\n" +
  "    ] : flatten(marks ?? lines(text)));\n" +
  "    return pre;\n" +
  "  }\n" +
  "  showMore(pre, text, 0);\n" +
  "  return pre;\n" +
  "}\n" +
  "function showMore(pre, text, start) {\n" +
  "  const end = Math.min(text.length, start + FIRST_CHARACTERS);\n" +
  "  pre.append(element(\"span\", {\n" +
  "    class: \"part-of-text\"\n" +
  "  }, text.slice(start, end)));\n" +
  "  if (end === text.length) return;\n" +
  "  const rest = (text.length - end).toLocaleString(\"en\");\n" +
  "  const more = element(\"button\", {\n" +
  "    type: \"button\"\n" +
  "  }, say(`\\u7D9A\\u304D\\uFF08\\u6B8B\\u308A ${rest} \\u6587\\u5B57\\uFF09`, `More (${rest} characters left)`));\n" +
  "  more.addEventListener(\"click\", () => {\n" +
  "    more.remove();\n" +
  "    showMore(pre, text, end);\n" +
  "  });\n" +
  "  pre.append(more);\n" +
  "}\n" +
  "function flatten(child) {\n" +
  "  if (Array.isArray(child)) return child.flatMap(flatten);\n" +
  "  return child === void 0 || child === null || child === false ? [] : [\n" +
  "    child\n" +
  "  ];\n" +
  "}\n" +
  "\n" +
  "function isShown(row, { show: show2, law: law2, words: words2 }, searchText) {\n" +
  "  if (law2 !== void 0 && row.law !== law2) return false;\n" +
  "  if (!matches(row, show2)) return false;\n" +
  "  if (words2.length === 0) return true;\n" +
  "  const text = searchText();\n" +
  "  return words2.every((word) => text.includes(word));\n" +
  "}\n" +
  "function changeOf({ given }) {\n" +
  "  const [first, ...others] = given;\n" +
  "  if (!isMeasured(first)) return \"\";\n" +
  "  const known = others.filter(isMeasured);\n" +
  "  const isUp = known.some((one) => isRight(one) && !isRight(first));\n" +
  "  const isDown = known.some((one) => !isRight(one) && isRight(first));\n" +
  "  return isUp ? isDown ? \"mixed\" : \"up\" : isDown ? \"down\" : \"\";\n" +
  "}\n" +
  "function compareRows(x, y, key) {\n" +
  "  const [one, other] = [\n" +
  "    sortValue(x, key),\n" +
  "    sortValue(y, key)\n" +
  "  ];\n" +
  "  if (one === other) return 0;\n" +
  "  return typeof one === \"number\" && typeof other === \"number\" ? one - other : String(one).localeCompare(String(other), \"ja\");\n" +
  "}\n" +
  "function matches({ given }, show2) {\n" +
  "  const known = given.filter((one) => one !== null);\n" +
  "  const [kind, place] = show2.split(\"-\");\n" +
  "  const run = place === void 0 ? null : given[Number(place)] ?? null;\n" +
  "  const first = given[0] ?? null;\n" +
  "  switch (kind) {\n" +
  "    case \"wrong\":\n" +
  "      return place === void 0 ? known.some((one) => !isRight(one)) : run !== null && !isRight(run);\n" +
  "    case \"allwrong\":\n" +
  "      return known.every((one) => !isRight(one));\n" +
  "    case \"unparsed\":\n" +
  "      return known.some(([outcome]) => outcome !== \"c\" && outcome !== \"w\");\n" +
  "    case \"unsteady\":\n" +
  "      return known.some(([, , unsteady]) => unsteady === 1);\n" +
  "    case \"flipped\":\n" +
  "      return known.some(isRight) && !known.filter(isMeasured).every(isRight);\n" +
  "    case \"differs\":\n" +
  "      return new Set(known.map(([, letter]) => letter)).size > 1;\n" +
  "    case \"gained\":\n" +
  "      return isMeasured(run) && isMeasured(first) && isRight(run) && !isRight(first);\n" +
  "    case \"lost\":\n" +
  "      return isMeasured(run) && isMeasured(first) && !isRight(run) && isRight(first);\n" +
  "    default:\n" +
  "      return true;\n" +
  "  }\n" +
  "}\n" +
  "function isMeasured(given) {\n" +
  "  return given !== null && given !== void 0 && given[0] !== \"e\";\n" +
  "}\n" +
  "function isRight([outcome]) {\n" +
  "  return outcome === \"c\";\n" +
  "}\n" +
  "function sortValue(row, key) {\n" +
  "  if (typeof key === \"number\") {\n" +
  "    const given = row.given[key];\n" +
  "    if (given === null || given === void 0) return Infinity;\n" +
  "    const [outcome, letter] = given;\n" +
  "    return 10 * (letter === \"\" ? 4 : \"abcd\".indexOf(letter)) + \"cwute\".indexOf(outcome);\n" +
  "  }\n" +
  "  if (key === \"change\") return {\n" +
  "    up: 0,\n" +
  "    mixed: 1,\n" +
  "    down: 2,\n" +
  "    \"\": 3\n" +
  "  }[changeOf(row)];\n" +
  "  return row[key];\n" +
  "}\n" +
  "\n" +
  "var ROW_HEIGHT = 34;\n" +
  "var MARGIN_ROWS = 12;\n" +
  "var MOST_PRINTED = 1e3;\n" +
  "var MARKS = {\n" +
  "  c: \"\\u2713\",\n" +
  "  w: \"\\u2717\",\n" +
  "  u: \"?\",\n" +
  "  t: \"\\u2026\",\n" +
  "  e: \"!\"\n" +
  "};\n" +
  "var OUTCOMES = {\n" +
  "  c: say(\"\\u6B63\\u7B54\", \"right\"),\n" +
  "  w: say(\"\\u4E0D\\u6B63\\u89E3\", \"wrong\"),\n" +
  "  u: say(\"\\u8AAD\\u307F\\u53D6\\u308C\\u306A\\u3044\", \"unparsed\"),\n" +
  "  t: say(\"\\u9014\\u4E2D\\u3067\\u5207\\u308C\\u305F\", \"truncated\"),\n" +
  "  e: say(\"\\u30A8\\u30E9\\u30FC\", \"error\")\n" +
  "};\n" +
  "function givenBadge(given) {\n" +
  "  if (given === null || given === void 0) return \"\\u2013\";\n" +
  "  const [outcome, letter] = given;\n" +
  "  return element(\"span\", {\n" +
  "    class: `given given-${outcome}`\n" +
  "  }, element(\"span\", {\n" +
  "    \"aria-hidden\": \"true\"\n" +
  "  }, MARKS[outcome]), letter, element(\"span\", {\n" +
  "    class: \"unseen\"\n" +
  "  }, cloned(OUTCOMES[outcome])));\n" +
  "}\n" +
  "var QuestionList = class {\n" +
  "  #data;\n" +
  "  #open;\n" +
  "  #box = byId(\"list\");\n" +
  "  #body = element(\"tbody\");\n" +
  "  #table;\n" +
  "  /** Places in the data, in the order shown. */\n" +
  "  #shown = [];\n" +
  "  #current;\n" +
  "  #sort = {\n" +
  "    key: \"n\",\n" +
  "    isDown: false\n" +
  "  };\n" +
  "  #isPrinting = false;\n" +
  "  /** @param open called with a question's place in the data. */\n" +
  "  constructor(data2, open2) {\n" +
  "    this.#data = data2;\n" +
  "    this.#open = open2;\n" +
  "    this.#table = element(\"table\", {\n" +
  "      role: \"grid\",\n" +
  "      tabindex: \"0\",\n" +
  "      \"data-label-ja\": \"\\u8A2D\\u554F\\u306E\\u4E00\\u89A7\",\n" +
  "      \"data-label-en\": \"List of questions\",\n" +
  "      \"aria-label\": \"\\u8A2D\\u554F\\u306E\\u4E00\\u89A7\"\n" +
  "    }, element(\"thead\", {}, element(\"tr\", {}, this.#headings())), this.#body);\n" +
  "    this.#box.replaceChildren(this.#table);\n" +
  "    this.#box.addEventListener(\"scroll\", () => this.#draw(), {\n" +
  "      passive: true\n" +
  "    });\n" +
  "    this.#table.addEventListener(\"keydown\", (event) => this.#onKey(event));\n" +
  "    this.#body.addEventListener(\"click\", (event) => {\n" +
  "      const line = event.target.closest(\"tr\");\n" +
  "      if (line?.dataset[\"row\"] === void 0) return;\n" +
  "      this.select(Number(line.dataset[\"row\"]));\n" +
  "      this.#open(Number(line.dataset[\"row\"]));\n" +
  "    });\n" +
  "    addEventListener(\"resize\", () => this.#draw());\n" +
  "    addEventListener(\"beforeprint\", () => this.#print(true));\n" +
  "    addEventListener(\"afterprint\", () => this.#print(false));\n" +
  "  }\n" +
  "  /** Shows what a filter leaves. */\n" +
  "  filter(filter) {\n" +
  "    const { rows } = this.#data.page;\n" +
  "    this.#shown = rows.flatMap((row, place) => isShown(row, filter, () => this.#data.searchText(place)) ? [\n" +
  "      place\n" +
  "    ] : []);\n" +
  "    this.#order();\n" +
  "    return this.#shown.length;\n" +
  "  }\n" +
  "  /** Marks a question and scrolls to it, if it is shown. */\n" +
  "  select(row) {\n" +
  "    this.#current = row;\n" +
  "    const place = this.#shown.indexOf(row);\n" +
  "    if (place >= 0) {\n" +
  "      const head = this.#table.tHead.offsetHeight;\n" +
  "      const [top, height] = [\n" +
  "        place * ROW_HEIGHT,\n" +
  "        this.#box.clientHeight - head\n" +
  "      ];\n" +
  "      if (top < this.#box.scrollTop) this.#box.scrollTop = top;\n" +
  "      else if (top + ROW_HEIGHT > this.#box.scrollTop + height) {\n" +
  "        this.#box.scrollTop = top + ROW_HEIGHT - height;\n" +
  "      }\n" +
  "    }\n" +
  "    this.#draw();\n" +
  "  }\n" +
  "  /** Gives the list the keys: arrows and the like move within it, Enter reads on. */\n" +
  "  focus() {\n" +
  "    this.#box.scrollIntoView({\n" +
  "      block: \"nearest\"\n" +
  "    });\n" +
  "    this.#table.focus({\n" +
  "      preventScroll: true\n" +
  "    });\n" +
  "  }\n" +
  "  /** Goes on by some questions, opens the one there and gives the list the keys. */\n" +
  "  move(by) {\n" +
  "    this.focus();\n" +
  "    if (this.#shown.length === 0) return;\n" +
  "    const at = this.#current === void 0 ? -1 : this.#shown.indexOf(this.#current);\n" +
  "    const place = Math.min(this.#shown.length - 1, Math.max(0, at < 0 ? 0 : at + by));\n" +
  "    this.select(this.#shown[place]);\n" +
  "    this.#open(this.#shown[place]);\n" +
  "  }\n" +
  "  #headings() {\n" +
  "    const { runs } = this.#data.page;\n" +
  "    const columns = [\n" +
  "      [\n" +
  "        \"n\",\n" +
  "        \"#\",\n" +
  "        \"n\"\n" +
  "      ],\n" +
  "      [\n" +
  "        \"law\",\n" +
  "        say(\"\\u6CD5\\u4EE4\", \"Law\"),\n" +
  "        \"law\"\n" +
  "      ],\n" +
  "      [\n" +
  "        \"text\",\n" +
  "        say(\"\\u8A2D\\u554F\", \"Question\"),\n" +
  "        \"text\"\n" +
  "      ],\n" +
  "      [\n" +
  "        \"gold\",\n" +
  "        say(\"\\u6B63\\u89E3\", \"Gold\"),\n" +
  "        \"gold\"\n" +
  "      ],\n" +
  "      ...runs.map((name, run) => [\n" +
  "        run,\n" +
  "        name,\n" +
  "        \"run\"\n" +
  "      ]),\n" +
  "      ...runs.length > 1 ? [\n" +
  "        [\n" +
  "          \"change\",\n" +
  "          say(\"\\u5909\\u5316\", \"Change\"),\n" +
  "          \"change\"\n" +
  "        ]\n" +
  "      ] : []\n" +
  "    ];\n" +
  "    return columns.map(([key, title, kind]) => {\n" +
  "      const button = element(\"button\", {\n" +
  "        type: \"button\"\n" +
  "      }, title);\n" +
  "      const heading = element(\"th\", {\n" +
  "        scope: \"col\",\n" +
  "        class: `col-${kind}`\n" +
  "      }, button);\n" +
  "      button.addEventListener(\"click\", () => {\n" +
  "        this.#sort = {\n" +
  "          key,\n" +
  "          isDown: this.#sort.key === key && !this.#sort.isDown\n" +
  "        };\n" +
  "        for (const other of this.#table.tHead.querySelectorAll(\"th\")) {\n" +
  "          other.removeAttribute(\"aria-sort\");\n" +
  "        }\n" +
  "        heading.setAttribute(\"aria-sort\", this.#sort.isDown ? \"descending\" : \"ascending\");\n" +
  "        this.#order();\n" +
  "      });\n" +
  "      return heading;\n" +
  "    });\n" +
  "  }\n" +
  "  #order() {\n" +
  "    const { rows } = this.#data.page;\n" +
  "    const { key, isDown } = this.#sort;\n" +
  "    this.#shown.sort((x, y) => (isDown ? -1 : 1) * compareRows(rows[x], rows[y], key) || x - y);\n" +
  "    this.#table.setAttribute(\"aria-rowcount\", String(this.#shown.length + 1));\n" +
  "    this.#box.scrollTop = 0;\n" +
  "    this.#draw();\n" +
  "  }\n" +
  "  #draw() {\n" +
  "    const { scrollTop, clientHeight } = this.#box;\n" +
  "    const most = this.#isPrinting ? MOST_PRINTED : Infinity;\n" +
  "    const start = this.#isPrinting ? 0 : Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN_ROWS);\n" +
  "    const end = Math.min(this.#shown.length, this.#isPrinting ? most : start + Math.ceil(clientHeight / ROW_HEIGHT) + 2 * MARGIN_ROWS);\n" +
  "    const rest = this.#isPrinting ? 0 : this.#shown.length - end;\n" +
  "    this.#body.replaceChildren(...this.#space(start), ...this.#shown.slice(start, end).map((row, place) => this.#line(row, start + place)), ...this.#space(rest));\n" +
  "    const isThere = this.#current !== void 0 && this.#shown.slice(start, end).includes(this.#current);\n" +
  "    if (isThere) this.#table.setAttribute(\"aria-activedescendant\", `row-${this.#current}`);\n" +
  "    else this.#table.removeAttribute(\"aria-activedescendant\");\n" +
  "  }\n" +
  "  #line(row, place) {\n" +
  "    const data2 = this.#data.page.rows[row];\n" +
  "    return element(\"tr\", {\n" +
  "      id: `row-${row}`,\n" +
  "      \"data-row\": String(row),\n" +
  "      \"aria-rowindex\": String(place + 2),\n" +
  "      \"aria-selected\": String(row === this.#current)\n" +
  "    }, element(\"td\", {\n" +
  "      class: \"figure\"\n" +
  "    }, String(data2.n)), element(\"td\", {\n" +
  "      class: \"cut\",\n" +
  "      title: data2.law\n" +
  "    }, data2.law), element(\"td\", {\n" +
  "      class: \"cut\"\n" +
  "    }, data2.text.slice(0, 160)), element(\"td\", {\n" +
  "      class: \"letter\"\n" +
  "    }, data2.gold), data2.given.map((given) => element(\"td\", {\n" +
  "      class: \"letter\"\n" +
  "    }, givenBadge(given))), data2.given.length > 1 && element(\"td\", {\n" +
  "      class: \"letter\"\n" +
  "    }, changeBadge(data2)));\n" +
  "  }\n" +
  "  /** Stands for lines that are not drawn. */\n" +
  "  #space(rows) {\n" +
  "    if (rows <= 0) return [];\n" +
  "    const columns = this.#table.tHead.rows[0].cells.length;\n" +
  "    const cell = element(\"td\", {\n" +
  "      colspan: String(columns)\n" +
  "    });\n" +
  "    cell.style.height = `${rows * ROW_HEIGHT}px`;\n" +
  "    return [\n" +
  "      element(\"tr\", {\n" +
  "        \"aria-hidden\": \"true\",\n" +
  "        class: \"space\"\n" +
  "      }, cell)\n" +
  "    ];\n" +
  "  }\n" +
  "  #onKey(event) {\n" +
  "    const page = Math.max(1, Math.floor(this.#box.clientHeight / ROW_HEIGHT) - 2);\n" +
  "    const steps = {\n" +
  "      ArrowDown: 1,\n" +
  "      ArrowUp: -1,\n" +
  "      PageDown: page,\n" +
  "      PageUp: -page,\n" +
  "      Home: -Infinity,\n" +
  "      End: Infinity\n" +
  "    };\n" +
  "    const by = steps[event.key];\n" +
  "    if (event.target !== this.#table || event.ctrlKey || event.altKey || event.metaKey) return;\n" +
  "    if (by !== void 0) {\n" +
  "      event.preventDefault();\n" +
  "      this.move(by);\n" +
  "    } else if (event.key === \"Enter\") {\n" +
  "      event.preventDefault();\n" +
  "      if (this.#current === void 0) this.move(0);\n" +
  "      byId(\"detail\").focus();\n" +
  "    }\n" +
  "  }\n" +
  "  #print(isPrinting) {\n" +
  "    this.#isPrinting = isPrinting;\n" +
  "    this.#draw();\n" +
  "  }\n" +
  "};\n" +
  "function changeBadge(row) {\n" +
  "  const change = changeOf(row);\n" +
  "  if (change === \"\") return \"\";\n" +
  "  const [mark, meaning] = {\n" +
  "    up: [\n" +
  "      \"\\u25B2\",\n" +
  "      say(\"\\u65B0\\u3057\\u304F\\u6B63\\u7B54\", \"gained\")\n" +
  "    ],\n" +
  "    down: [\n" +
  "      \"\\u25BC\",\n" +
  "      say(\"\\u5931\\u3063\\u305F\", \"lost\")\n" +
  "    ],\n" +
  "    mixed: [\n" +
  "      \"\\u25B2\\u25BC\",\n" +
  "      say(\"\\u30E9\\u30F3\\u306B\\u3088\\u308B\", \"both\")\n" +
  "    ]\n" +
  "  }[change];\n" +
  "  return element(\"span\", {\n" +
  "    class: `change change-${change}`\n" +
  "  }, element(\"span\", {\n" +
  "    \"aria-hidden\": \"true\"\n" +
  "  }, mark), element(\"span\", {\n" +
  "    class: \"unseen\"\n" +
  "  }, meaning));\n" +
  "}\n" +
  "function cloned(child) {\n" +
  "  return Array.isArray(child) ? child.map(cloned) : child instanceof Node ? child.cloneNode(true) : child;\n" +
  "}\n" +
  "\n" +
  "function orderAnswers({ orders, majority, calibrated, response }) {\n" +
  "  const others = [\n" +
  "    [\n" +
  "      say(\"\\u9806\\u306E\\u591A\\u6570\\u6C7A\", \"Majority of the orders\"),\n" +
  "      majority\n" +
  "    ],\n" +
  "    [\n" +
  "      say(\"\\u8F03\\u6B63\\u5F8C\\uFF08\\u6587\\u5B57\\u306E\\u504F\\u308A\\u3092\\u9664\\u304F\\uFF09\", \"Calibrated (letter prior taken off)\"),\n" +
  "      calibrated\n" +
  "    ]\n" +
  "  ];\n" +
  "  const known = others.filter(([, other]) => other !== void 0);\n" +
  "  if (orders === void 0 && known.length === 0) return false;\n" +
  "  return [\n" +
  "    orders !== void 0 && element(\"div\", {\n" +
  "      class: \"wide\"\n" +
  "    }, element(\"table\", {}, element(\"thead\", {}, element(\"tr\", {}, element(\"th\", {\n" +
  "      scope: \"col\"\n" +
  "    }, say(\"\\u9806\", \"Order\")), element(\"th\", {\n" +
  "      scope: \"col\"\n" +
  "    }, say(\"\\u793A\\u3057\\u305F\\u6587\\u5B57\", \"As shown\")), element(\"th\", {\n" +
  "      scope: \"col\"\n" +
  "    }, say(\"\\u5143\\u306E\\u6587\\u5B57\", \"In the file\")), element(\"th\", {\n" +
  "      scope: \"col\"\n" +
  "    }, say(\"\\u5FDC\\u7B54\", \"Response\")))), element(\"tbody\", {}, orders.map(({ order, outcome, shown, letter, response: own }) => element(\"tr\", {}, element(\"th\", {\n" +
  "      scope: \"row\"\n" +
  "    }, order), element(\"td\", {}, shown || \"\\u2013\"), element(\"td\", {}, givenBadge([\n" +
  "      outcome,\n" +
  "      letter\n" +
  "    ])), element(\"td\", {}, shortResponse(own ?? response))))))),\n" +
  "    known.map(([name, other]) => element(\"p\", {\n" +
  "      class: \"small\"\n" +
  "    }, name, \" \", givenBadge([\n" +
  "      other.outcome,\n" +
  "      other.letter\n" +
  "    ])))\n" +
  "  ];\n" +
  "}\n" +
  "function shortResponse(text) {\n" +
  "  if (text.length <= 40) return element(\"span\", {\n" +
  "    lang: \"ja\"\n" +
  "  }, text || \"\\u2205\");\n" +
  "  return element(\"details\", {}, element(\"summary\", {\n" +
  "    lang: \"ja\"\n" +
  "  }, `${text.slice(0, 24).replace(/\\s+/g, \" \")}\\u2026`), longText(text));\n" +
  "}\n" +
  "\n" +
  "var Diff = class {\n" +
  "  diff(oldStr, newStr, options = {}) {\n" +
  "    let callback;\n" +
  "    if (typeof options === \"function\") {\n" +
  "      callback = options;\n" +
  "      options = {};\n" +
  "    } else if (\"callback\" in options) {\n" +
  "      callback = options.callback;\n" +
  "    }\n" +
  "    const oldString = this.castInput(oldStr, options);\n" +
  "    const newString = this.castInput(newStr, options);\n" +
  "    const oldTokens = this.removeEmpty(this.tokenize(oldString, options));\n" +
  "    const newTokens = this.removeEmpty(this.tokenize(newString, options));\n" +
  "    return this.diffWithOptionsObj(oldTokens, newTokens, options, callback);\n" +
  "  }\n" +
  "  diffWithOptionsObj(oldTokens, newTokens, options, callback) {\n" +
  "    var _a;\n" +
  "    const done = (value) => {\n" +
  "      value = this.postProcess(value, options);\n" +
  "      if (callback) {\n" +
  "        setTimeout(function() {\n" +
  "          callback(value);\n" +
  "        }, 0);\n" +
  "        return void 0;\n" +
  "      } else {\n" +
  "        return value;\n" +
  "      }\n" +
  "    };\n" +
  "    const newLen = newTokens.length, oldLen = oldTokens.length;\n" +
  "    let editLength = 1;\n" +
  "    let maxEditLength = newLen + oldLen;\n" +
  "    if (options.maxEditLength != null) {\n" +
  "      maxEditLength = Math.min(maxEditLength, options.maxEditLength);\n" +
  "    }\n" +
  "    const maxExecutionTime = (_a = options.timeout) !== null && _a !== void 0 ? _a : Infinity;\n" +
  "    const abortAfterTimestamp = Date.now() + maxExecutionTime;\n" +
  "    const bestPath = [\n" +
  "      {\n" +
  "        oldPos: -1,\n" +
  "        lastComponent: void 0\n" +
  "      }\n" +
  "    ];\n" +
  "    let newPos = this.extractCommon(bestPath[0], newTokens, oldTokens, 0, options);\n" +
  "    if (bestPath[0].oldPos + 1 >= oldLen && newPos + 1 >= newLen) {\n" +
  "      return done(this.buildValues(bestPath[0].lastComponent, newTokens, oldTokens));\n" +
  "    }\n" +
  "    let minDiagonalToConsider = -Infinity, maxDiagonalToConsider = Infinity;\n" +
  "    const execEditLength = () => {\n" +
  "      for (let diagonalPath = Math.max(minDiagonalToConsider, -editLength); diagonalPath <= Math.min(maxDiagonalToConsider, editLength); diagonalPath += 2) {\n" +
  "        let basePath;\n" +
  "        const removePath = bestPath[diagonalPath - 1], addPath = bestPath[diagonalPath + 1];\n" +
  "        if (removePath) {\n" +
  "          bestPath[diagonalPath - 1] = void 0;\n" +
  "        }\n" +
  "        let canAdd = false;\n" +
  "        if (addPath) {\n" +
  "          const addPathNewPos = addPath.oldPos - diagonalPath;\n" +
  "          canAdd = addPath && 0 <= addPathNewPos && addPathNewPos < newLen;\n" +
  "        }\n" +
  "        const canRemove = removePath && removePath.oldPos + 1 < oldLen;\n" +
  "        if (!canAdd && !canRemove) {\n" +
  "          bestPath[diagonalPath] = void 0;\n" +
  "          continue;\n" +
  "        }\n" +
  "        if (!canRemove || canAdd && removePath.oldPos < addPath.oldPos) {\n" +
  "          basePath = this.addToPath(addPath, true, false, 0, options);\n" +
  "        } else {\n" +
  "          basePath = this.addToPath(removePath, false, true, 1, options);\n" +
  "        }\n" +
  "        newPos = this.extractCommon(basePath, newTokens, oldTokens, diagonalPath, options);\n" +
  "        if (basePath.oldPos + 1 >= oldLen && newPos + 1 >= newLen) {\n" +
  "          return done(this.buildValues(basePath.lastComponent, newTokens, oldTokens)) || true;\n" +
  "        } else {\n" +
  "          bestPath[diagonalPath] = basePath;\n" +
  "          if (basePath.oldPos + 1 >= oldLen) {\n" +
  "            maxDiagonalToConsider = Math.min(maxDiagonalToConsider, diagonalPath - 1);\n" +
  "          }\n" +
  "          if (newPos + 1 >= newLen) {\n" +
  "            minDiagonalToConsider = Math.max(minDiagonalToConsider, diagonalPath + 1);\n" +
  "          }\n" +
  "        }\n" +
  "      }\n" +
  "      editLength++;\n" +
  "    };\n" +
  "    if (callback) {\n" +
  "      (function exec() {\n" +
  "        setTimeout(function() {\n" +
  "          if (editLength > maxEditLength || Date.now() > abortAfterTimestamp) {\n" +
  "            return callback(void 0);\n" +
  "          }\n" +
  "          if (!execEditLength()) {\n" +
  "            exec();\n" +
  "          }\n" +
  "        }, 0);\n" +
  "      })();\n" +
  "    } else {\n" +
  "      while (editLength <= maxEditLength && Date.now() <= abortAfterTimestamp) {\n" +
  "        const ret = execEditLength();\n" +
  "        if (ret) {\n" +
  "          return ret;\n" +
  "        }\n" +
  "      }\n" +
  "    }\n" +
  "  }\n" +
  "  addToPath(path, added, removed, oldPosInc, options) {\n" +
  "    const last = path.lastComponent;\n" +
  "    if (last && !options.oneChangePerToken && last.added === added && last.removed === removed) {\n" +
  "      return {\n" +
  "        oldPos: path.oldPos + oldPosInc,\n" +
  "        lastComponent: {\n" +
  "          count: last.count + 1,\n" +
  "          added,\n" +
  "          removed,\n" +
  "          previousComponent: last.previousComponent\n" +
  "        }\n" +
  "      };\n" +
  "    } else {\n" +
  "      return {\n" +
  "        oldPos: path.oldPos + oldPosInc,\n" +
  "        lastComponent: {\n" +
  "          count: 1,\n" +
  "          added,\n" +
  "          removed,\n" +
  "          previousComponent: last\n" +
  "        }\n" +
  "      };\n" +
  "    }\n" +
  "  }\n" +
  "  extractCommon(basePath, newTokens, oldTokens, diagonalPath, options) {\n" +
  "    const newLen = newTokens.length, oldLen = oldTokens.length;\n" +
  "    let oldPos = basePath.oldPos, newPos = oldPos - diagonalPath, commonCount = 0;\n" +
  "    while (newPos + 1 < newLen && oldPos + 1 < oldLen && this.equals(oldTokens[oldPos + 1], newTokens[newPos + 1], options)) {\n" +
  "      newPos++;\n" +
  "      oldPos++;\n" +
  "      commonCount++;\n" +
  "      if (options.oneChangePerToken) {\n" +
  "        basePath.lastComponent = {\n" +
  "          count: 1,\n" +
  "          previousComponent: basePath.lastComponent,\n" +
  "          added: false,\n" +
  "          removed: false\n" +
  "        };\n" +
  "      }\n" +
  "    }\n" +
  "    if (commonCount && !options.oneChangePerToken) {\n" +
  "      basePath.lastComponent = {\n" +
  "        count: commonCount,\n" +
  "        previousComponent: basePath.lastComponent,\n" +
  "        added: false,\n" +
  "        removed: false\n" +
  "      };\n" +
  "    }\n" +
  "    basePath.oldPos = oldPos;\n" +
  "    return newPos;\n" +
  "  }\n" +
  "  equals(left, right, options) {\n" +
  "    if (options.comparator) {\n" +
  "      return options.comparator(left, right);\n" +
  "    } else {\n" +
  "      return left === right || !!options.ignoreCase && left.toLowerCase() === right.toLowerCase();\n" +
  "    }\n" +
  "  }\n" +
  "  removeEmpty(array) {\n" +
  "    const ret = [];\n" +
  "    for (let i = 0; i < array.length; i++) {\n" +
  "      if (array[i]) {\n" +
  "        ret.push(array[i]);\n" +
  "      }\n" +
  "    }\n" +
  "    return ret;\n" +
  "  }\n" +
  "  // eslint-disable-next-line @typescript-eslint/no-unused-vars\n" +
  "  castInput(value, options) {\n" +
  "    return value;\n" +
  "  }\n" +
  "  // eslint-disable-next-line @typescript-eslint/no-unused-vars\n" +
  "  tokenize(value, options) {\n" +
  "    return Array.from(value);\n" +
  "  }\n" +
  "  join(chars) {\n" +
  "    return chars.join(\"\");\n" +
  "  }\n" +
  "  postProcess(changeObjects, options) {\n" +
  "    return changeObjects;\n" +
  "  }\n" +
  "  get useLongestToken() {\n" +
  "    return false;\n" +
  "  }\n" +
  "  buildValues(lastComponent, newTokens, oldTokens) {\n" +
  "    const components = [];\n" +
  "    let nextComponent;\n" +
  "    while (lastComponent) {\n" +
  "      components.push(lastComponent);\n" +
  "      nextComponent = lastComponent.previousComponent;\n" +
  "      delete lastComponent.previousComponent;\n" +
  "      lastComponent = nextComponent;\n" +
  "    }\n" +
  "    components.reverse();\n" +
  "    const componentLen = components.length;\n" +
  "    let componentPos = 0, newPos = 0, oldPos = 0;\n" +
  "    for (; componentPos < componentLen; componentPos++) {\n" +
  "      const component = components[componentPos];\n" +
  "      if (!component.removed) {\n" +
  "        if (!component.added && this.useLongestToken) {\n" +
  "          let value = newTokens.slice(newPos, newPos + component.count);\n" +
  "          value = value.map(function(value2, i) {\n" +
  "            const oldValue = oldTokens[oldPos + i];\n" +
  "            return oldValue.length > value2.length ? oldValue : value2;\n" +
  "          });\n" +
  "          component.value = this.join(value);\n" +
  "        } else {\n" +
  "          component.value = this.join(newTokens.slice(newPos, newPos + component.count));\n" +
  "        }\n" +
  "        newPos += component.count;\n" +
  "        if (!component.added) {\n" +
  "          oldPos += component.count;\n" +
  "        }\n" +
  "      } else {\n" +
  "        component.value = this.join(oldTokens.slice(oldPos, oldPos + component.count));\n" +
  "        oldPos += component.count;\n" +
  "      }\n" +
  "    }\n" +
  "    return components;\n" +
  "  }\n" +
  "};\n" +
  "\n" +
  "var ArrayDiff = class extends Diff {\n" +
  "  tokenize(value) {\n" +
  "    return value.slice();\n" +
  "  }\n" +
  "  join(value) {\n" +
  "    return value;\n" +
  "  }\n" +
  "  removeEmpty(value) {\n" +
  "    return value;\n" +
  "  }\n" +
  "};\n" +
  "var arrayDiff = new ArrayDiff();\n" +
  "function diffArrays(oldArr, newArr, options) {\n" +
  "  return arrayDiff.diff(oldArr, newArr, options);\n" +
  "}\n" +
  "\n" +
  "var MOST_CHARACTERS = 6e4;\n" +
  "var MOST_CHANGES = 4e3;\n" +
  "var MOST_MS = 400;\n" +
  "function markDifferences(first, second) {\n" +
  "  if (first === second || first.length + second.length > MOST_CHARACTERS) return void 0;\n" +
  "  const changes = diffArrays(words(first), words(second), {\n" +
  "    maxEditLength: MOST_CHANGES,\n" +
  "    timeout: MOST_MS\n" +
  "  });\n" +
  "  if (changes === void 0) return void 0;\n" +
  "  return [\n" +
  "    changes.filter(({ added }) => !added).map(({ value, removed }) => removed ? element(\"del\", {}, value.join(\"\")) : value.join(\"\")),\n" +
  "    changes.filter(({ removed }) => !removed).map(({ value, added }) => added ? element(\"ins\", {}, value.join(\"\")) : value.join(\"\"))\n" +
  "  ];\n" +
  "}\n" +
  "function words(text) {\n" +
  "  if (!(\"Segmenter\" in Intl)) return text.split(/(\\s+|[、。，．])/).filter((word) => word !== \"\");\n" +
  "  const segmenter = new Intl.Segmenter(\"ja\", {\n" +
  "    granularity: \"word\"\n" +
  "  });\n" +
  "  return [\n" +
  "    ...segmenter.segment(text)\n" +
  "  ].map(({ segment }) => segment);\n" +
  "}\n" +
  "\n" +
  "function showDetail(data2, place) {\n" +
  "  const row = data2.page.rows[place];\n" +
  "  const detail = data2.detail(place);\n" +
  "  const { texts } = data2.block(place);\n" +
  "  byId(\"detail\").replaceChildren(element(\"h3\", {}, `#${row.n} `, element(\"span\", {\n" +
  "    class: \"soft\"\n" +
  "  }, row.name)), element(\"p\", {\n" +
  "    class: \"question\",\n" +
  "    lang: \"ja\"\n" +
  "  }, row.text), choiceTable(row, detail, data2.page.runs), element(\"h4\", {}, say(\"\\u751F\\u306E\\u5FDC\\u7B54\", \"Raw responses\")), element(\"div\", {\n" +
  "    class: \"responses\"\n" +
  "  }, responses(row, detail, data2.page.runs)), ...prompts(detail, texts, data2.page.runs), ...retrieved(detail, data2.page.runs), ...detail.references.length === 0 ? [] : [\n" +
  "    element(\"h4\", {}, say(\"\\u51FA\\u5178\", \"References\")),\n" +
  "    element(\"ul\", {\n" +
  "      class: \"path\"\n" +
  "    }, detail.references.map((url) => element(\"li\", {}, webLink(url, url))))\n" +
  "  ]);\n" +
  "  byId(\"detail\").scrollTop = 0;\n" +
  "}\n" +
  "function choiceTable({ choices, gold, given }, { answers }, runs) {\n" +
  "  return element(\"div\", {\n" +
  "    class: \"wide\"\n" +
  "  }, element(\"table\", {\n" +
  "    class: \"choices\"\n" +
  "  }, element(\"thead\", {}, element(\"tr\", {}, element(\"th\", {\n" +
  "    scope: \"col\"\n" +
  "  }, say(\"\\u9078\\u629E\\u80A2\", \"Choice\")), runs.map((name) => element(\"th\", {\n" +
  "    scope: \"col\",\n" +
  "    class: \"figure\"\n" +
  "  }, name)))), element(\"tbody\", {}, [\n" +
  "    \"a\",\n" +
  "    \"b\",\n" +
  "    \"c\",\n" +
  "    \"d\"\n" +
  "  ].map((letter, place) => element(\"tr\", {\n" +
  "    class: letter === gold ? \"gold\" : void 0\n" +
  "  }, element(\"th\", {\n" +
  "    scope: \"row\"\n" +
  "  }, element(\"b\", {}, letter), letter === gold && element(\"span\", {\n" +
  "    class: \"gold-mark\"\n" +
  "  }, say(\"\\u6B63\\u89E3\", \"right\")), element(\"span\", {\n" +
  "    lang: \"ja\"\n" +
  "  }, ` ${choices[place] ?? \"\"}`)), answers.map((answer, run) => element(\"td\", {\n" +
  "    class: \"figure\"\n" +
  "  }, given[run]?.[1] === letter && element(\"span\", {\n" +
  "    class: \"picked\"\n" +
  "  }, \"\\u25CF\", element(\"span\", {\n" +
  "    class: \"unseen\"\n" +
  "  }, say(\"\\u9078\\u3093\\u3060\", \"given\"))), answer?.probabilities === void 0 ? \"\" : ` ${(100 * answer.probabilities[place]).toFixed(1)}%`)))))));\n" +
  "}\n" +
  "function responses({ given }, { answers }, runs) {\n" +
  "  const first = answers[0];\n" +
  "  const marked = answers.map((answer, run) => run === 0 || first === null || first === void 0 || answer === null ? void 0 : markDifferences(first.response, answer.response));\n" +
  "  return answers.map((answer, run) => {\n" +
  "    if (answer === null) {\n" +
  "      return element(\"div\", {\n" +
  "        class: \"response\"\n" +
  "      }, element(\"h5\", {}, runs[run]), \"\\u2013\");\n" +
  "    }\n" +
  "    const marks = run > 0 ? marked[run]?.[1] : answers.length === 2 ? marked[1]?.[0] : void 0;\n" +
  "    const isSame = run > 0 && first?.response === answer.response;\n" +
  "    return element(\"div\", {\n" +
  "      class: \"response\"\n" +
  "    }, element(\"h5\", {}, runNameOf(runs, run), \" \", givenBadge(given[run])), answer.error !== void 0 && element(\"pre\", {\n" +
  "      class: \"warning\"\n" +
  "    }, answer.error), longText(answer.response, marks), isSame && element(\"p\", {\n" +
  "      class: \"soft\"\n" +
  "    }, say(\"A \\u3068\\u540C\\u3058\", \"The same as A\")), run > 0 && !isSame && marks === void 0 && element(\"p\", {\n" +
  "      class: \"soft\"\n" +
  "    }, say(\"\\u5DEE\\u306E\\u5370\\u306A\\u3057\\uFF08\\u9577\\u3059\\u304E\\u308B\\uFF09\", \"Differences not marked: too long\")), answer.thinking !== void 0 && element(\"details\", {}, element(\"summary\", {}, say(\"\\u601D\\u8003\", \"Thinking\")), longText(answer.thinking)), measures(answer), orderAnswers(answer), samples(answer));\n" +
  "  });\n" +
  "}\n" +
  "function runNameOf(runs, run) {\n" +
  "  return element(\"b\", {\n" +
  "    class: `run run-${run % 6}`\n" +
  "  }, runs[run]);\n" +
  "}\n" +
  "function measures({ seconds, promptTokens, completionTokens, rule, finish }) {\n" +
  "  const parts = [\n" +
  "    seconds === void 0 ? \"\" : `${seconds} s`,\n" +
  "    promptTokens === void 0 ? \"\" : `${promptTokens}${completionTokens === void 0 ? \"\" : ` \\u2192 ${completionTokens}`} tokens`,\n" +
  "    rule ?? \"\",\n" +
  "    finish ?? \"\"\n" +
  "  ].filter((part) => part !== \"\");\n" +
  "  return parts.length > 0 && element(\"p\", {\n" +
  "    class: \"soft small\"\n" +
  "  }, parts.join(\" \\xB7 \"));\n" +
  "}\n" +
  "function samples({ samples: several }) {\n" +
  "  return several !== void 0 && element(\"details\", {}, element(\"summary\", {}, say(`${several.length} \\u56DE\\u306E\\u56DE\\u7B54`, `${several.length} answers`)), several.map(({ letter, response }) => [\n" +
  "    element(\"p\", {\n" +
  "      class: \"small\"\n" +
  "    }, element(\"b\", {}, letter || \"\\u2013\")),\n" +
  "    longText(response)\n" +
  "  ]));\n" +
  "}\n" +
  "function prompts({ answers }, texts, runs) {\n" +
  "  const byPrompt = /* @__PURE__ */ new Map();\n" +
  "  for (const [run, answer] of answers.entries()) {\n" +
  "    if (answer?.prompt === void 0) continue;\n" +
  "    byPrompt.set(answer.prompt, [\n" +
  "      ...byPrompt.get(answer.prompt) ?? [],\n" +
  "      run\n" +
  "    ]);\n" +
  "  }\n" +
  "  return [\n" +
  "    ...byPrompt\n" +
  "  ].map(([prompt, of]) => {\n" +
  "    const names = of.map((run) => runs[run]).join(\", \");\n" +
  "    return element(\"details\", {\n" +
  "      open: \"\"\n" +
  "    }, element(\"summary\", {}, say(`\\u30D7\\u30ED\\u30F3\\u30D7\\u30C8\\u3068\\u6587\\u8108\\uFF08${names}\\uFF09`, `Prompt and context (${names})`)), longText(texts[prompt], void 0, promptLines));\n" +
  "  });\n" +
  "}\n" +
  "function promptLines(text) {\n" +
  "  return text.split(/^(#{1,6} .*|【[^】\\n]*】)$/m).map((part, place) => place % 2 === 1 ? element(\"b\", {}, part) : part);\n" +
  "}\n" +
  "function retrieved({ answers }, runs) {\n" +
  "  return answers.flatMap((answer, run) => {\n" +
  "    const { articles = [], leftOut = [] } = answer ?? {};\n" +
  "    if (articles.length + leftOut.length === 0) return [];\n" +
  "    return [\n" +
  "      element(\"h4\", {}, say(`\\u691C\\u7D22\\u3055\\u308C\\u305F\\u6761\\u6587\\uFF08${runs[run]}\\uFF09`, `Retrieved articles (${runs[run]})`)),\n" +
  "      element(\"ol\", {\n" +
  "        class: \"articles\"\n" +
  "      }, articles.map((one) => articleItem(one))),\n" +
  "      ...leftOut.length === 0 ? [] : [\n" +
  "        element(\"p\", {\n" +
  "          class: \"soft\"\n" +
  "        }, say(\"\\u793A\\u3055\\u308C\\u306A\\u304B\\u3063\\u305F\\u6761\\u6587\", \"Not shown\")),\n" +
  "        element(\"ul\", {\n" +
  "          class: \"articles\"\n" +
  "        }, leftOut.map((one) => articleItem(one)))\n" +
  "      ]\n" +
  "    ];\n" +
  "  });\n" +
  "}\n" +
  "function articleItem({ title, url, score, rank, gold, note }) {\n" +
  "  return element(\"li\", {}, webLink(url, title), gold === true && element(\"span\", {\n" +
  "    class: \"gold-mark\"\n" +
  "  }, say(\"\\u6B63\\u89E3\\u306E\\u6761\\u6587\", \"wanted\")), element(\"span\", {\n" +
  "    class: \"soft small\"\n" +
  "  }, [\n" +
  "    \"\",\n" +
  "    rank === void 0 ? \"\" : `#${rank}`,\n" +
  "    score === void 0 ? \"\" : `score ${score}`,\n" +
  "    note ?? \"\"\n" +
  "  ].filter((part, place) => place === 0 || part !== \"\").join(\" \\xB7 \")));\n" +
  "}\n" +
  "\n" +
  "var data = new ReportData();\n" +
  "var show = byId(\"show\");\n" +
  "var law = byId(\"law\");\n" +
  "var search = byId(\"search\");\n" +
  "function open(row) {\n" +
  "  showDetail(data, row);\n" +
  "  history.replaceState(null, \"\", `#q${row}`);\n" +
  "}\n" +
  "var list = new QuestionList(data, open);\n" +
  "function applyFilter() {\n" +
  "  const shown = list.filter({\n" +
  "    show: show.value,\n" +
  "    // Values of laws begin with \"=\", so that none of them can be the empty one.\n" +
  "    law: law.value === \"\" ? void 0 : law.value.slice(1),\n" +
  "    words: fold(search.value).split(/\\s+/).filter((word) => word !== \"\")\n" +
  "  });\n" +
  "  byId(\"count\").textContent = `${shown} / ${data.page.rows.length}`;\n" +
  "}\n" +
  "function followAddress() {\n" +
  "  const name = location.hash.slice(1);\n" +
  "  const row = /^q(\\d+)$/.exec(name)?.[1];\n" +
  "  if (row !== void 0 && data.page.rows[Number(row)] !== void 0) {\n" +
  "    list.select(Number(row));\n" +
  "    showDetail(data, Number(row));\n" +
  "    byId(\"questions\").scrollIntoView();\n" +
  "  } else if ([\n" +
  "    ...show.options\n" +
  "  ].some(({ value }) => value === name)) {\n" +
  "    show.value = name;\n" +
  "    law.value = \"\";\n" +
  "    search.value = \"\";\n" +
  "    applyFilter();\n" +
  "    byId(\"questions\").scrollIntoView();\n" +
  "  }\n" +
  "}\n" +
  "function onKey(event) {\n" +
  "  if (event.ctrlKey || event.altKey || event.metaKey) return;\n" +
  "  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;\n" +
  "  if (event.key === \"Escape\" && event.target === search) {\n" +
  "    search.value = \"\";\n" +
  "    applyFilter();\n" +
  "    list.focus();\n" +
  "  } else if (event.key === \"Enter\" && event.target === search) {\n" +
  "    applyFilter();\n" +
  "    list.move(0);\n" +
  "  } else if (isTyping) return;\n" +
  "  else if (event.key === \"Enter\" && event.target === document.body) list.move(0);\n" +
  "  else if (event.key === \"/\") {\n" +
  "    event.preventDefault();\n" +
  "    search.focus();\n" +
  "  } else if (event.key === \"j\") list.move(1);\n" +
  "  else if (event.key === \"k\") list.move(-1);\n" +
  "}\n" +
  "for (const control of [\n" +
  "  show,\n" +
  "  law\n" +
  "]) control.addEventListener(\"change\", applyFilter);\n" +
  "var waiting;\n" +
  "search.addEventListener(\"input\", () => {\n" +
  "  clearTimeout(waiting);\n" +
  "  waiting = setTimeout(applyFilter, 120);\n" +
  "});\n" +
  "search.form.addEventListener(\"submit\", (event) => event.preventDefault());\n" +
  "addEventListener(\"hashchange\", followAddress);\n" +
  "addEventListener(\"keydown\", onKey);\n" +
  "applyFilter();\n" +
  "setUpPreferences();\n" +
  "setUpScrolling();\n" +
  "followAddress();\n" +
  "})();\n";

/** The script of the page that is shown while a run goes on. */
export const LIVE_SCRIPT = 
  "(() => {\n" +
  "\"use strict\";\n" +
  "function element(tag, attributes = {}, ...children) {\n" +
  "  const made = document.createElement(tag);\n" +
  "  for (const [name, value] of Object.entries(attributes)) {\n" +
  "    if (value !== void 0) made.setAttribute(name, value);\n" +
  "  }\n" +
  "  append(made, children);\n" +
  "  return made;\n" +
  "}\n" +
  "function say(ja, en) {\n" +
  "  return [\n" +
  "    element(\"span\", {\n" +
  "      class: \"ja\",\n" +
  "      lang: \"ja\"\n" +
  "    }, ja),\n" +
  "    element(\"span\", {\n" +
  "      class: \"en\",\n" +
  "      lang: \"en\"\n" +
  "    }, en)\n" +
  "  ];\n" +
  "}\n" +
  "function byId(id) {\n" +
  "  return document.getElementById(id);\n" +
  "}\n" +
  "function append(parent, children) {\n" +
  "  for (const child of children) {\n" +
  "    if (Array.isArray(child)) append(parent, child);\n" +
  "    else if (child) parent.appendChild(typeof child === \"string\" ? new Text(child) : child);\n" +
  "  }\n" +
  "}\n" +
  "\n" +
  "function setUpPreferences() {\n" +
  "  const root = document.documentElement;\n" +
  "  const setLanguage = (language) => {\n" +
  "    root.lang = language;\n" +
  "    root.dataset[\"language\"] = language;\n" +
  "    for (const one of document.querySelectorAll(\"[data-label-ja]\")) {\n" +
  "      one.setAttribute(\"aria-label\", one.dataset[language === \"ja\" ? \"labelJa\" : \"labelEn\"]);\n" +
  "    }\n" +
  "    for (const one of document.querySelectorAll(\"option[data-ja]\")) {\n" +
  "      one.textContent = one.dataset[language];\n" +
  "    }\n" +
  "  };\n" +
  "  setLanguage(navigator.language.startsWith(\"ja\") ? \"ja\" : \"en\");\n" +
  "  byId(\"language\").addEventListener(\"click\", () => {\n" +
  "    setLanguage(root.dataset[\"language\"] === \"ja\" ? \"en\" : \"ja\");\n" +
  "  });\n" +
  "  byId(\"theme\").addEventListener(\"click\", () => {\n" +
  "    const isDark = root.dataset[\"theme\"] === \"dark\" || root.dataset[\"theme\"] === void 0 && matchMedia(\"(prefers-color-scheme: dark)\").matches;\n" +
  "    root.dataset[\"theme\"] = isDark ? \"light\" : \"dark\";\n" +
  "  });\n" +
  "  let closed = [];\n" +
  "  addEventListener(\"beforeprint\", () => {\n" +
  "    closed = [\n" +
  "      ...document.querySelectorAll(\"figure details:not([open])\")\n" +
  "    ];\n" +
  "    for (const one of closed) one.open = true;\n" +
  "  });\n" +
  "  addEventListener(\"afterprint\", () => {\n" +
  "    for (const one of closed) one.open = false;\n" +
  "  });\n" +
  "}\n" +
  "function setUpScrolling() {\n" +
  "  const mark = () => {\n" +
  "    for (const one of document.querySelectorAll(\".wide, .flips\")) {\n" +
  "      const isScrolled = one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight;\n" +
  "      if (isScrolled) one.tabIndex = 0;\n" +
  "      else one.removeAttribute(\"tabindex\");\n" +
  "    }\n" +
  "  };\n" +
  "  addEventListener(\"resize\", mark);\n" +
  "  document.addEventListener(\"toggle\", mark, true);\n" +
  "  mark();\n" +
  "}\n" +
  "\n" +
  "var EVERY_MS = 1e3;\n" +
  "var STATES = {\n" +
  "  waiting: [\n" +
  "    \"\\u958B\\u59CB\\u5F85\\u3061\",\n" +
  "    \"not begun\"\n" +
  "  ],\n" +
  "  running: [\n" +
  "    \"\\u5B9F\\u884C\\u4E2D\",\n" +
  "    \"running\"\n" +
  "  ],\n" +
  "  stopped: [\n" +
  "    \"\\u505C\\u6B62\\uFF08\\u9014\\u4E2D\\u3067\\u7D42\\u308F\\u3063\\u305F\\uFF09\",\n" +
  "    \"stopped before its end\"\n" +
  "  ],\n" +
  "  finished: [\n" +
  "    \"\\u5B8C\\u4E86\",\n" +
  "    \"finished\"\n" +
  "  ],\n" +
  "  damaged: [\n" +
  "    \"\\u8AAD\\u3081\\u307E\\u305B\\u3093\",\n" +
  "    \"unreadable\"\n" +
  "  ]\n" +
  "};\n" +
  "async function refresh() {\n" +
  "  try {\n" +
  "    const response = await fetch(\"state\", {\n" +
  "      cache: \"no-store\"\n" +
  "    });\n" +
  "    if (!response.ok) throw new Error(String(response.status));\n" +
  "    const data = await response.json();\n" +
  "    if (data.isFinished) {\n" +
  "      location.reload();\n" +
  "      return;\n" +
  "    }\n" +
  "    byId(\"live\").replaceChildren(element(\"div\", {\n" +
  "      class: \"cards\"\n" +
  "    }, data.runs.map(runCard)), ...data.comparisons.length === 0 ? [] : [\n" +
  "      comparisonTable(data.comparisons)\n" +
  "    ]);\n" +
  "    byId(\"lost\").hidden = true;\n" +
  "  } catch {\n" +
  "    byId(\"lost\").hidden = false;\n" +
  "  }\n" +
  "  setTimeout(refresh, EVERY_MS);\n" +
  "}\n" +
  "function runCard(run, place) {\n" +
  "  const { name, path, state, message, model, total, done, accuracy, outcomes, letters } = run;\n" +
  "  const isWhole = state === \"finished\";\n" +
  "  return element(\"article\", {\n" +
  "    class: `card run-card run-edge-${place % 6}`\n" +
  "  }, element(\"h3\", {}, element(\"b\", {\n" +
  "    class: `run run-${place % 6}`\n" +
  "  }, name), \" \", element(\"span\", {\n" +
  "    class: `state state-${state}`\n" +
  "  }, say(...STATES[state]))), element(\"p\", {\n" +
  "    class: \"model\"\n" +
  "  }, model ?? \"\"), message !== void 0 && element(\"p\", {\n" +
  "    class: \"warning\"\n" +
  "  }, message), element(\"p\", {}, element(\"progress\", {\n" +
  "    max: String(total ?? 1),\n" +
  "    value: String(total === void 0 ? 0 : done),\n" +
  "    \"aria-label\": name\n" +
  "  })), element(\"p\", {}, `${done} / ${total ?? \"\\u2013\"} `, say(\"\\u554F\", \"questions\"), pace(run)), accuracy === void 0 ? false : element(\"p\", {\n" +
  "    class: isWhole ? \"big\" : \"big provisional\"\n" +
  "  }, (100 * accuracy.share).toFixed(1), element(\"span\", {\n" +
  "    class: \"unit\"\n" +
  "  }, \" %\"), !isWhole && element(\"span\", {\n" +
  "    class: \"unit\"\n" +
  "  }, say(\"\\uFF08\\u66AB\\u5B9A\\uFF09\", \" (provisional)\"))), accuracy === void 0 ? false : element(\"p\", {}, say(\"\\u6B63\\u7B54\", \"right\"), ` ${accuracy.count}/${accuracy.total}`, say(\"\\u300195 % \\u533A\\u9593 \", \", 95 % interval \"), `${percent(accuracy.interval.low)}\\u2013${percent(accuracy.interval.high)} %`), element(\"p\", {\n" +
  "    class: \"soft\"\n" +
  "  }, part(say(\"\\u4E0D\\u6B63\\u89E3\", \"wrong\"), outcomes[\"wrong\"]), part(say(\"\\u8AAD\\u307F\\u53D6\\u308C\\u306A\\u3044\", \"unparsed\"), outcomes[\"unparsed\"]), part(say(\"\\u9014\\u4E2D\\u3067\\u5207\\u308C\\u305F\", \"truncated\"), outcomes[\"truncated\"]), part(say(\"\\u30A8\\u30E9\\u30FC\", \"errors\"), outcomes[\"error\"])), element(\"p\", {\n" +
  "    class: \"soft\"\n" +
  "  }, say(\"\\u6587\\u5B57 \", \"letters \"), Object.entries(letters).map(([letter, count]) => part(letter, count, true))), takeoverWarning(run, isWhole), element(\"p\", {\n" +
  "    class: \"path\"\n" +
  "  }, path));\n" +
  "}\n" +
  "function takeoverWarning({ takeover }, isWhole) {\n" +
  "  if (takeover === void 0) return false;\n" +
  "  const { letter, count, answered } = takeover;\n" +
  "  return element(\"p\", {\n" +
  "    class: \"warning\"\n" +
  "  }, say(`${isWhole ? \"\" : \"\\u3053\\u3053\\u307E\\u3067\\u306E\"}\\u56DE\\u7B54 ${answered} \\u4EF6\\u4E2D ${count} \\u4EF6\\u304C ${letter} \\u3067\\u3059\\uFF08\\u5D29\\u58CA\\uFF09\\u3002`, `${count} of ${answered} answers ${isWhole ? \"\" : \"until now \"}are \"${letter}\": this looks like a collapse.`));\n" +
  "}\n" +
  "function part(name, count, always = false) {\n" +
  "  if (!always && !count) return false;\n" +
  "  return element(\"span\", {\n" +
  "    class: \"part\"\n" +
  "  }, name, ` ${count ?? 0}`);\n" +
  "}\n" +
  "function pace({ state, secondsAnAnswer, secondsLeft, secondsSinceAnswer }) {\n" +
  "  if (state === \"stopped\") {\n" +
  "    return say(\"\\u3002\\u540C\\u3058\\u30B3\\u30DE\\u30F3\\u30C9\\u3067\\u7D9A\\u304D\\u304B\\u3089\\u518D\\u958B\\u3067\\u304D\\u307E\\u3059\\u3002\", \". The same command goes on where it ended.\");\n" +
  "  }\n" +
  "  if (state !== \"running\") return \"\";\n" +
  "  return [\n" +
  "    secondsAnAnswer === void 0 ? \"\" : [\n" +
  "      say(\"\\u30011 \\u554F \", \", \"),\n" +
  "      duration(secondsAnAnswer),\n" +
  "      say(\"\", \" a question\")\n" +
  "    ],\n" +
  "    secondsLeft === void 0 ? \"\" : [\n" +
  "      say(\"\\u3001\\u6B8B\\u308A\\u7D04 \", \", about \"),\n" +
  "      duration(secondsLeft),\n" +
  "      say(\"\", \" left\")\n" +
  "    ],\n" +
  "    secondsSinceAnswer === void 0 || secondsSinceAnswer < 10 ? \"\" : [\n" +
  "      say(\"\\u3001\\u6700\\u5F8C\\u306E\\u56DE\\u7B54\\u306F \", \", last answer \"),\n" +
  "      duration(secondsSinceAnswer),\n" +
  "      say(\"\\u524D\", \" ago\")\n" +
  "    ]\n" +
  "  ];\n" +
  "}\n" +
  "function comparisonTable(comparisons) {\n" +
  "  const titles = [\n" +
  "    [\n" +
  "      \"\\u7D44\",\n" +
  "      \"Runs\"\n" +
  "    ],\n" +
  "    [\n" +
  "      \"\\u4E21\\u65B9\\u304C\\u7B54\\u3048\\u305F\\u554F\\u984C\",\n" +
  "      \"Answered by both\"\n" +
  "    ],\n" +
  "    [\n" +
  "      \"\\u6B63\\u7B54\",\n" +
  "      \"Right\"\n" +
  "    ],\n" +
  "    [\n" +
  "      \"\\u5F8C\\u8005\\u3060\\u3051\\u6B63\\u7B54\",\n" +
  "      \"Only the second\"\n" +
  "    ],\n" +
  "    [\n" +
  "      \"\\u524D\\u8005\\u3060\\u3051\\u6B63\\u7B54\",\n" +
  "      \"Only the first\"\n" +
  "    ]\n" +
  "  ];\n" +
  "  return element(\"section\", {}, element(\"h2\", {}, say(\"\\u3053\\u3053\\u307E\\u3067\\u306E\\u6BD4\\u8F03\\uFF08\\u66AB\\u5B9A\\uFF09\", \"Until now (provisional)\")), element(\"div\", {\n" +
  "    class: \"wide\"\n" +
  "  }, element(\"table\", {}, element(\"thead\", {}, element(\"tr\", {}, titles.map(([ja, en], place) => element(\"th\", {\n" +
  "    scope: \"col\",\n" +
  "    class: place > 0 ? \"figure\" : void 0\n" +
  "  }, say(ja, en))))), element(\"tbody\", {}, comparisons.map(({ first, second, questions, firstRight, secondRight, gained, lost }) => element(\"tr\", {}, element(\"th\", {\n" +
  "    scope: \"row\"\n" +
  "  }, `${first} \\u2192 ${second}`), [\n" +
  "    String(questions),\n" +
  "    `${firstRight} \\u2192 ${secondRight}`,\n" +
  "    String(gained),\n" +
  "    String(lost)\n" +
  "  ].map((text) => element(\"td\", {\n" +
  "    class: \"figure\"\n" +
  "  }, text))))))), element(\"p\", {\n" +
  "    class: \"soft\"\n" +
  "  }, say(\"\\u5224\\u5B9A\\u306F\\u6700\\u5F8C\\u307E\\u3067\\u51FA\\u3057\\u307E\\u305B\\u3093\\u3002\\u9014\\u4E2D\\u306E\\u5DEE\\u3092\\u898B\\u3066\\u6B62\\u3081\\u305F\\u308A\\u6C7A\\u3081\\u305F\\u308A\\u3059\\u308B\\u3068\\u3001\\u898B\\u304B\\u3051\\u306E\\u5DEE\\u3092\\u3064\\u304B\\u307F\\u307E\\u3059\\u3002\", \"No verdict before the end: who stops or decides by what shows on the way catches chance.\")));\n" +
  "}\n" +
  "function percent(share) {\n" +
  "  return (100 * share).toFixed(1);\n" +
  "}\n" +
  "function duration(seconds) {\n" +
  "  if (seconds < 10) return say(`${seconds.toFixed(1)} \\u79D2`, `${seconds.toFixed(1)} s`);\n" +
  "  if (seconds < 100) return say(`${Math.round(seconds)} \\u79D2`, `${Math.round(seconds)} s`);\n" +
  "  const minutes = Math.round(seconds / 60);\n" +
  "  if (minutes < 100) return say(`${minutes} \\u5206`, `${minutes} min`);\n" +
  "  const [hours, rest] = [\n" +
  "    Math.floor(minutes / 60),\n" +
  "    minutes % 60\n" +
  "  ];\n" +
  "  return say(`${hours} \\u6642\\u9593 ${rest} \\u5206`, `${hours} h ${rest} min`);\n" +
  "}\n" +
  "setUpPreferences();\n" +
  "setUpScrolling();\n" +
  "refresh();\n" +
  "})();\n";

/** The report page's style. */
export const PAGE_STYLE = 
  ":root {\n" +
  "  color-scheme: light dark;\n" +
  "  --page: light-dark(#f6f6f3, #15171a);\n" +
  "  --card: light-dark(#ffffff, #1d2024);\n" +
  "  --ink: light-dark(#1c1f23, #e7e9ec);\n" +
  "  --ink-soft: light-dark(#5b626b, #a3abb5);\n" +
  "  --line: light-dark(#dfe1e4, #363b42);\n" +
  "  --accent: light-dark(#1f4e8c, #8ab8f0);\n" +
  "  --focus: light-dark(#1f6feb, #79b0ff);\n" +
  "  --good: light-dark(#1a6b3c, #7fd3a0);\n" +
  "  --bad: light-dark(#a3281f, #f39a90);\n" +
  "  --odd: light-dark(#7a5200, #e8bf62);\n" +
  "  --warn-page: light-dark(#fdf3dc, #37301c);\n" +
  "  --added: light-dark(#d3f0dc, #1f4a31);\n" +
  "  --removed: light-dark(#fbdcd8, #56261f);\n" +
  "  --chosen: light-dark(#e3edfa, #263a54);\n" +
  "  --run-0: light-dark(#1f5fa8, #7db4f2);\n" +
  "  --run-1: light-dark(#b3520a, #f3a45c);\n" +
  "  --run-2: light-dark(#1d7a5c, #63cba6);\n" +
  "  --run-3: light-dark(#85348f, #d391de);\n" +
  "  --run-4: light-dark(#6b6100, #cfc25a);\n" +
  "  --run-5: light-dark(#a02a4c, #f08fab);\n" +
  "  --heat-0: light-dark(#f4f5f6, #24282d);\n" +
  "  --heat-1: light-dark(#dfeaf6, #23344a);\n" +
  "  --heat-2: light-dark(#bcd5ee, #2a4a70);\n" +
  "  --heat-3: light-dark(#92bae2, #326095);\n" +
  "  --heat-4: light-dark(#3f7fc0, #7fb0e6);\n" +
  "  --heat-5: light-dark(#2866a8, #a0c7ef);\n" +
  "  --heat-6: light-dark(#174a84, #c3dcf6);\n" +
  "  --heat-ink: light-dark(#ffffff, #10151b);\n" +
  "  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, \"Noto Sans Mono CJK JP\", monospace;\n" +
  "}\n" +
  ":root[data-theme=\"light\"] {\n" +
  "  color-scheme: light;\n" +
  "}\n" +
  ":root[data-theme=\"dark\"] {\n" +
  "  color-scheme: dark;\n" +
  "}\n" +
  "* {\n" +
  "  box-sizing: border-box;\n" +
  "}\n" +
  "html {\n" +
  "  scroll-padding-top: 3.6rem;\n" +
  "}\n" +
  "body {\n" +
  "  margin: 0;\n" +
  "  background: var(--page);\n" +
  "  color: var(--ink);\n" +
  "  font: 15px/1.65 system-ui, -apple-system, \"Segoe UI\", \"Hiragino Sans\", \"Noto Sans CJK JP\",\n" +
  "    \"Noto Sans JP\", \"Yu Gothic UI\", Meiryo, sans-serif;\n" +
  "  font-variant-numeric: tabular-nums;\n" +
  "  overflow-wrap: anywhere;\n" +
  "}\n" +
  ":root[data-language=\"ja\"] .en,\n" +
  ":root[data-language=\"en\"] .ja {\n" +
  "  display: none;\n" +
  "}\n" +
  ".unseen {\n" +
  "  position: absolute;\n" +
  "  width: 1px;\n" +
  "  height: 1px;\n" +
  "  overflow: hidden;\n" +
  "  clip-path: inset(50%);\n" +
  "  white-space: nowrap;\n" +
  "}\n" +
  "header,\n" +
  "main,\n" +
  "footer {\n" +
  "  max-width: 1240px;\n" +
  "  margin: 0 auto;\n" +
  "  padding: 0 1.5rem;\n" +
  "}\n" +
  "header {\n" +
  "  padding-top: 2rem;\n" +
  "  display: flex;\n" +
  "  flex-wrap: wrap;\n" +
  "  gap: .5rem 2rem;\n" +
  "  align-items: end;\n" +
  "  justify-content: space-between;\n" +
  "}\n" +
  "h1 {\n" +
  "  font-size: 1.65rem;\n" +
  "  line-height: 1.25;\n" +
  "  margin: 0;\n" +
  "  letter-spacing: .01em;\n" +
  "}\n" +
  "header p {\n" +
  "  margin: .2rem 0 0;\n" +
  "  color: var(--ink-soft);\n" +
  "  font-size: .87rem;\n" +
  "}\n" +
  "h2 {\n" +
  "  font-size: 1.22rem;\n" +
  "  margin: 0 0 .9rem;\n" +
  "  padding-bottom: .35rem;\n" +
  "  border-bottom: 1px solid var(--line);\n" +
  "}\n" +
  "h3 {\n" +
  "  font-size: 1rem;\n" +
  "  margin: 0 0 .4rem;\n" +
  "}\n" +
  "h4 {\n" +
  "  font-size: .92rem;\n" +
  "  margin: 1.3rem 0 .4rem;\n" +
  "}\n" +
  "h5 {\n" +
  "  font-size: .92rem;\n" +
  "  margin: 0 0 .35rem;\n" +
  "}\n" +
  "p {\n" +
  "  margin: .35rem 0;\n" +
  "}\n" +
  "a {\n" +
  "  color: var(--accent);\n" +
  "  text-underline-offset: .18em;\n" +
  "  text-decoration-thickness: 1px;\n" +
  "}\n" +
  ":focus-visible {\n" +
  "  outline: 2px solid var(--focus);\n" +
  "  outline-offset: 2px;\n" +
  "  border-radius: 3px;\n" +
  "}\n" +
  "section {\n" +
  "  margin: 2.4rem 0;\n" +
  "}\n" +
  "small,\n" +
  ".small {\n" +
  "  font-size: .84em;\n" +
  "}\n" +
  ".soft,\n" +
  "small {\n" +
  "  color: var(--ink-soft);\n" +
  "}\n" +
  ".path {\n" +
  "  color: var(--ink-soft);\n" +
  "  font: .76rem/1.5 var(--mono);\n" +
  "}\n" +
  "nav {\n" +
  "  position: sticky;\n" +
  "  top: 0;\n" +
  "  z-index: 3;\n" +
  "  background: var(--page);\n" +
  "  border-bottom: 1px solid var(--line);\n" +
  "  margin-top: 1rem;\n" +
  "}\n" +
  "nav ul {\n" +
  "  max-width: 1240px;\n" +
  "  margin: 0 auto;\n" +
  "  padding: .55rem 1.5rem;\n" +
  "  display: flex;\n" +
  "  gap: .3rem 1.3rem;\n" +
  "  list-style: none;\n" +
  "  overflow-x: auto;\n" +
  "  white-space: nowrap;\n" +
  "  font-size: .9rem;\n" +
  "}\n" +
  "nav a {\n" +
  "  color: var(--ink);\n" +
  "  text-decoration: none;\n" +
  "}\n" +
  "nav a:hover {\n" +
  "  text-decoration: underline;\n" +
  "}\n" +
  "button,\n" +
  "select,\n" +
  "input {\n" +
  "  font: inherit;\n" +
  "  color: inherit;\n" +
  "  background: var(--card);\n" +
  "  border: 1px solid var(--line);\n" +
  "  border-radius: 6px;\n" +
  "  padding: .25rem .6rem;\n" +
  "  min-height: 34px;\n" +
  "}\n" +
  "button {\n" +
  "  cursor: pointer;\n" +
  "}\n" +
  "button:hover {\n" +
  "  border-color: var(--ink-soft);\n" +
  "}\n" +
  ".controls {\n" +
  "  display: flex;\n" +
  "  gap: .5rem;\n" +
  "  font-size: .88rem;\n" +
  "}\n" +
  ".cards {\n" +
  "  display: grid;\n" +
  "  grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));\n" +
  "  gap: 1rem;\n" +
  "  margin-bottom: 1rem;\n" +
  "}\n" +
  ".grid {\n" +
  "  display: grid;\n" +
  "  grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));\n" +
  "  gap: 1rem;\n" +
  "}\n" +
  ".card,\n" +
  "figure {\n" +
  "  background: var(--card);\n" +
  "  border: 1px solid var(--line);\n" +
  "  border-radius: 10px;\n" +
  "  padding: 1.1rem 1.25rem;\n" +
  "  margin: 0;\n" +
  "  min-width: 0;\n" +
  "}\n" +
  "figure {\n" +
  "  margin-bottom: 1rem;\n" +
  "}\n" +
  ".grid > figure {\n" +
  "  margin-bottom: 0;\n" +
  "}\n" +
  ".grid {\n" +
  "  margin-bottom: 1rem;\n" +
  "}\n" +
  "figcaption p {\n" +
  "  color: var(--ink-soft);\n" +
  "  font-size: .86rem;\n" +
  "  margin: 0 0 .7rem;\n" +
  "  max-width: 46em;\n" +
  "}\n" +
  "figcaption h3 {\n" +
  "  margin-bottom: .1rem;\n" +
  "}\n" +
  "svg.chart {\n" +
  "  display: block;\n" +
  "  max-width: 100%;\n" +
  "  height: auto;\n" +
  "}\n" +
  "svg.chart text {\n" +
  "  font-family: inherit;\n" +
  "}\n" +
  ".run-card {\n" +
  "  border-top: 3px solid var(--edge, var(--line));\n" +
  "}\n" +
  ".run-edge-0 {\n" +
  "  --edge: var(--run-0);\n" +
  "}\n" +
  ".run-edge-1 {\n" +
  "  --edge: var(--run-1);\n" +
  "}\n" +
  ".run-edge-2 {\n" +
  "  --edge: var(--run-2);\n" +
  "}\n" +
  ".run-edge-3 {\n" +
  "  --edge: var(--run-3);\n" +
  "}\n" +
  ".run-edge-4 {\n" +
  "  --edge: var(--run-4);\n" +
  "}\n" +
  ".run-edge-5 {\n" +
  "  --edge: var(--run-5);\n" +
  "}\n" +
  ".run {\n" +
  "  display: inline-block;\n" +
  "  min-width: 1.55em;\n" +
  "  padding: 0 .35em;\n" +
  "  border: 1.5px solid currentColor;\n" +
  "  border-radius: 5px;\n" +
  "  text-align: center;\n" +
  "  line-height: 1.35;\n" +
  "}\n" +
  ".run-0 {\n" +
  "  color: var(--run-0);\n" +
  "}\n" +
  ".run-1 {\n" +
  "  color: var(--run-1);\n" +
  "}\n" +
  ".run-2 {\n" +
  "  color: var(--run-2);\n" +
  "}\n" +
  ".run-3 {\n" +
  "  color: var(--run-3);\n" +
  "}\n" +
  ".run-4 {\n" +
  "  color: var(--run-4);\n" +
  "}\n" +
  ".run-5 {\n" +
  "  color: var(--run-5);\n" +
  "}\n" +
  ".model {\n" +
  "  font-weight: 600;\n" +
  "}\n" +
  ".big {\n" +
  "  font-size: 2.5rem;\n" +
  "  line-height: 1.15;\n" +
  "  font-weight: 650;\n" +
  "  margin: .5rem 0 .1rem;\n" +
  "  letter-spacing: -.01em;\n" +
  "}\n" +
  ".unit {\n" +
  "  font-size: 1.1rem;\n" +
  "  font-weight: 500;\n" +
  "  color: var(--ink-soft);\n" +
  "}\n" +
  "#live {\n" +
  "  margin-top: 1.2rem;\n" +
  "}\n" +
  ".provisional {\n" +
  "  color: var(--ink-soft);\n" +
  "}\n" +
  ".state {\n" +
  "  font-size: .86rem;\n" +
  "  font-weight: 500;\n" +
  "  padding: .05rem .55rem;\n" +
  "  border: 1px solid var(--line);\n" +
  "  border-radius: 999px;\n" +
  "}\n" +
  ".state-running {\n" +
  "  border-color: var(--accent);\n" +
  "  color: var(--accent);\n" +
  "}\n" +
  ".state-stopped,\n" +
  ".state-damaged {\n" +
  "  border-color: var(--odd);\n" +
  "  color: var(--odd);\n" +
  "}\n" +
  "progress {\n" +
  "  width: 100%;\n" +
  "  accent-color: var(--edge, var(--accent));\n" +
  "}\n" +
  ".part + .part::before {\n" +
  "  content: \" · \";\n" +
  "}\n" +
  "dl {\n" +
  "  display: flex;\n" +
  "  flex-wrap: wrap;\n" +
  "  gap: .2rem 1.4rem;\n" +
  "  margin: .7rem 0 .3rem;\n" +
  "  font-size: .86rem;\n" +
  "}\n" +
  "dl div {\n" +
  "  display: flex;\n" +
  "  gap: .45em;\n" +
  "}\n" +
  "dt {\n" +
  "  color: var(--ink-soft);\n" +
  "}\n" +
  "dd {\n" +
  "  margin: 0;\n" +
  "}\n" +
  ".warning {\n" +
  "  background: var(--warn-page);\n" +
  "  border-left: 3px solid var(--odd);\n" +
  "  padding: .5rem .8rem;\n" +
  "  border-radius: 4px;\n" +
  "  font-size: .9rem;\n" +
  "}\n" +
  ".verdict {\n" +
  "  margin-bottom: 1rem;\n" +
  "  border-left: 4px solid var(--ink-soft);\n" +
  "}\n" +
  ".verdict-better {\n" +
  "  border-left-color: var(--good);\n" +
  "}\n" +
  ".verdict-worse {\n" +
  "  border-left-color: var(--bad);\n" +
  "}\n" +
  ".verdict-baseline_collapsed,\n" +
  ".verdict-collapsed {\n" +
  "  border-left-color: var(--odd);\n" +
  "}\n" +
  ".sentence {\n" +
  "  font-size: 1.12rem;\n" +
  "  font-weight: 600;\n" +
  "  line-height: 1.6;\n" +
  "  max-width: 52em;\n" +
  "}\n" +
  ".verdict ul {\n" +
  "  margin: .5rem 0 0;\n" +
  "  padding-left: 1.2rem;\n" +
  "  font-size: .92rem;\n" +
  "}\n" +
  ".flips {\n" +
  "  list-style: none;\n" +
  "  margin: .4rem 0;\n" +
  "  padding: 0;\n" +
  "  max-height: 16rem;\n" +
  "  overflow-y: auto;\n" +
  "  font-size: .87rem;\n" +
  "}\n" +
  ".flips li {\n" +
  "  padding: .22rem 0;\n" +
  "  border-bottom: 1px solid var(--line);\n" +
  "}\n" +
  "details {\n" +
  "  margin-top: .7rem;\n" +
  "}\n" +
  "summary {\n" +
  "  cursor: pointer;\n" +
  "  color: var(--accent);\n" +
  "  font-size: .88rem;\n" +
  "  width: fit-content;\n" +
  "}\n" +
  ".wide {\n" +
  "  overflow-x: auto;\n" +
  "  margin: .5rem 0;\n" +
  "}\n" +
  "table {\n" +
  "  border-collapse: collapse;\n" +
  "  font-size: .88rem;\n" +
  "  min-width: min(100%, 24rem);\n" +
  "}\n" +
  "th,\n" +
  "td {\n" +
  "  text-align: left;\n" +
  "  padding: .35rem .75rem .35rem 0;\n" +
  "  border-bottom: 1px solid var(--line);\n" +
  "  vertical-align: top;\n" +
  "  font-weight: inherit;\n" +
  "}\n" +
  "th,\n" +
  "td {\n" +
  "  overflow-wrap: break-word;\n" +
  "}\n" +
  "tbody th {\n" +
  "  min-width: 5.5em;\n" +
  "}\n" +
  "thead th {\n" +
  "  color: var(--ink-soft);\n" +
  "  font-size: .82rem;\n" +
  "  vertical-align: bottom;\n" +
  "}\n" +
  ".figure {\n" +
  "  text-align: right;\n" +
  "  white-space: nowrap;\n" +
  "  padding-left: .75rem;\n" +
  "}\n" +
  "thead .figure {\n" +
  "  white-space: normal;\n" +
  "}\n" +
  ".filters {\n" +
  "  display: flex;\n" +
  "  flex-wrap: wrap;\n" +
  "  gap: .6rem 1rem;\n" +
  "  align-items: end;\n" +
  "}\n" +
  ".field {\n" +
  "  display: grid;\n" +
  "  gap: .1rem;\n" +
  "}\n" +
  ".field label {\n" +
  "  font-size: .8rem;\n" +
  "  color: var(--ink-soft);\n" +
  "}\n" +
  ".field select {\n" +
  "  max-width: 19rem;\n" +
  "}\n" +
  "#search {\n" +
  "  width: min(60vw, 20rem);\n" +
  "}\n" +
  ".count {\n" +
  "  margin: 0 0 .35rem;\n" +
  "  color: var(--ink-soft);\n" +
  "}\n" +
  ".keys {\n" +
  "  font-size: .82rem;\n" +
  "}\n" +
  ".panes {\n" +
  "  display: grid;\n" +
  "  grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);\n" +
  "  gap: 1rem;\n" +
  "  align-items: start;\n" +
  "}\n" +
  ".list,\n" +
  ".detail {\n" +
  "  background: var(--card);\n" +
  "  border: 1px solid var(--line);\n" +
  "  border-radius: 10px;\n" +
  "  height: min(78vh, 900px);\n" +
  "  overflow: auto;\n" +
  "  overscroll-behavior: contain;\n" +
  "}\n" +
  ".detail {\n" +
  "  padding: 1.1rem 1.25rem;\n" +
  "}\n" +
  ".list table {\n" +
  "  width: 100%;\n" +
  "  table-layout: fixed;\n" +
  "  min-width: 30rem;\n" +
  "}\n" +
  ".list thead {\n" +
  "  position: sticky;\n" +
  "  top: 0;\n" +
  "  z-index: 1;\n" +
  "  background: var(--card);\n" +
  "  box-shadow: 0 1px 0 var(--line);\n" +
  "}\n" +
  ".list th,\n" +
  ".list tr[data-row] td {\n" +
  "  padding: 0 .5rem;\n" +
  "  height: 34px;\n" +
  "  line-height: 33px;\n" +
  "  white-space: nowrap;\n" +
  "  overflow: hidden;\n" +
  "}\n" +
  ".list th {\n" +
  "  padding: 0;\n" +
  "}\n" +
  ".list th button {\n" +
  "  border: 0;\n" +
  "  background: none;\n" +
  "  padding: 0 .5rem;\n" +
  "  width: 100%;\n" +
  "  height: 34px;\n" +
  "  text-align: left;\n" +
  "  font-size: .82rem;\n" +
  "  color: var(--ink-soft);\n" +
  "  border-radius: 0;\n" +
  "  overflow: hidden;\n" +
  "}\n" +
  ".list th[aria-sort] button {\n" +
  "  color: var(--ink);\n" +
  "  font-weight: 600;\n" +
  "}\n" +
  ".list th[aria-sort=\"ascending\"] button::after {\n" +
  "  content: \" ↑\";\n" +
  "}\n" +
  ".list th[aria-sort=\"descending\"] button::after {\n" +
  "  content: \" ↓\";\n" +
  "}\n" +
  ".list tr[data-row] {\n" +
  "  cursor: pointer;\n" +
  "}\n" +
  ".list tr[data-row]:hover td {\n" +
  "  background: color-mix(in srgb, var(--chosen) 45%, transparent);\n" +
  "}\n" +
  ".list tr[aria-selected=\"true\"] td {\n" +
  "  background: var(--chosen);\n" +
  "}\n" +
  ".list .space td {\n" +
  "  padding: 0;\n" +
  "  border: 0;\n" +
  "}\n" +
  ".list .cut {\n" +
  "  text-overflow: ellipsis;\n" +
  "}\n" +
  ".col-n {\n" +
  "  width: 2.9rem;\n" +
  "}\n" +
  ".col-law {\n" +
  "  width: 5.6rem;\n" +
  "}\n" +
  ".col-gold {\n" +
  "  width: 3.2rem;\n" +
  "}\n" +
  ".col-run {\n" +
  "  width: 3.1rem;\n" +
  "}\n" +
  ".col-change {\n" +
  "  width: 4.2rem;\n" +
  "}\n" +
  ".given {\n" +
  "  white-space: nowrap;\n" +
  "}\n" +
  ".given > span:first-child {\n" +
  "  display: inline-block;\n" +
  "  width: 1.15em;\n" +
  "}\n" +
  ".given-c {\n" +
  "  color: var(--good);\n" +
  "}\n" +
  ".given-w {\n" +
  "  color: var(--bad);\n" +
  "}\n" +
  ".given-u,\n" +
  ".given-t,\n" +
  ".given-e {\n" +
  "  color: var(--odd);\n" +
  "}\n" +
  ".change-up {\n" +
  "  color: var(--good);\n" +
  "}\n" +
  ".change-down {\n" +
  "  color: var(--bad);\n" +
  "}\n" +
  ".question {\n" +
  "  font-size: 1.02rem;\n" +
  "  white-space: pre-wrap;\n" +
  "}\n" +
  ".choices {\n" +
  "  width: 100%;\n" +
  "}\n" +
  ".choices th[scope=\"row\"] {\n" +
  "  width: auto;\n" +
  "}\n" +
  ".choices .gold {\n" +
  "  background: color-mix(in srgb, var(--added) 55%, transparent);\n" +
  "}\n" +
  ".gold-mark {\n" +
  "  font-size: .76rem;\n" +
  "  border: 1px solid var(--good);\n" +
  "  color: var(--good);\n" +
  "  border-radius: 4px;\n" +
  "  padding: 0 .35em;\n" +
  "  margin-left: .5em;\n" +
  "  white-space: nowrap;\n" +
  "}\n" +
  ".picked {\n" +
  "  color: var(--ink);\n" +
  "}\n" +
  ".responses {\n" +
  "  display: grid;\n" +
  "  grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));\n" +
  "  gap: .8rem;\n" +
  "}\n" +
  ".response {\n" +
  "  min-width: 0;\n" +
  "}\n" +
  "pre {\n" +
  "  margin: 0;\n" +
  "  padding: .7rem .8rem;\n" +
  "  background: var(--page);\n" +
  "  border: 1px solid var(--line);\n" +
  "  border-radius: 6px;\n" +
  "  white-space: pre-wrap;\n" +
  "  font: .86rem/1.6 inherit;\n" +
  "  font-family: inherit;\n" +
  "  max-height: 28rem;\n" +
  "  overflow: auto;\n" +
  "  unicode-bidi: plaintext;\n" +
  "}\n" +
  "ins {\n" +
  "  background: var(--added);\n" +
  "  text-decoration: underline 2px;\n" +
  "}\n" +
  ".part-of-text {\n" +
  "  display: block;\n" +
  "}\n" +
  "del {\n" +
  "  background: var(--removed);\n" +
  "}\n" +
  ".articles {\n" +
  "  margin: .3rem 0;\n" +
  "  padding-left: 1.6rem;\n" +
  "  font-size: .9rem;\n" +
  "}\n" +
  "footer {\n" +
  "  color: var(--ink-soft);\n" +
  "  font-size: .82rem;\n" +
  "  padding-bottom: 3rem;\n" +
  "}\n" +
  "@media (min-width: 1000px) {\n" +
  "  section > figure {\n" +
  "    display: grid;\n" +
  "    grid-template-columns: minmax(0, 1fr) auto;\n" +
  "    gap: 0 1.5rem;\n" +
  "    align-items: start;\n" +
  "  }\n" +
  "  section > figure > details {\n" +
  "    grid-column: 1 / -1;\n" +
  "    margin-top: 0.3rem;\n" +
  "  }\n" +
  "}\n" +
  "@media (max-width: 900px) {\n" +
  "  header,\n" +
  "  main,\n" +
  "  footer {\n" +
  "    padding-left: 1rem;\n" +
  "    padding-right: 1rem;\n" +
  "  }\n" +
  "  nav ul {\n" +
  "    padding-left: 1rem;\n" +
  "    padding-right: 1rem;\n" +
  "  }\n" +
  "  .panes {\n" +
  "    grid-template-columns: minmax(0, 1fr);\n" +
  "  }\n" +
  "  .list {\n" +
  "    height: 24rem;\n" +
  "  }\n" +
  "  .detail {\n" +
  "    height: auto;\n" +
  "    max-height: none;\n" +
  "  }\n" +
  "}\n" +
  "@page {\n" +
  "  margin: 14mm 12mm;\n" +
  "}\n" +
  "@media print {\n" +
  "  tr,\n" +
  "  svg {\n" +
  "    break-inside: avoid;\n" +
  "  }\n" +
  "  figcaption {\n" +
  "    break-after: avoid;\n" +
  "  }\n" +
  "  :root,\n" +
  "  :root[data-theme] {\n" +
  "    color-scheme: light;\n" +
  "  }\n" +
  "  body {\n" +
  "    background: none;\n" +
  "    font-size: 10pt;\n" +
  "  }\n" +
  "  nav,\n" +
  "  .controls,\n" +
  "  .filters,\n" +
  "  .keys,\n" +
  "  .flips + p {\n" +
  "    display: none;\n" +
  "  }\n" +
  "  header,\n" +
  "  main,\n" +
  "  footer {\n" +
  "    max-width: none;\n" +
  "    padding: 0;\n" +
  "  }\n" +
  "  .card,\n" +
  "  figure {\n" +
  "    border-radius: 0;\n" +
  "  }\n" +
  "  .card,\n" +
  "  section > figure {\n" +
  "    break-inside: avoid;\n" +
  "  }\n" +
  "  .card:has(.flips) {\n" +
  "    break-inside: auto;\n" +
  "  }\n" +
  "  summary,\n" +
  "  h2,\n" +
  "  h3 {\n" +
  "    break-after: avoid;\n" +
  "  }\n" +
  "  .wide table {\n" +
  "    font-size: 7.5pt;\n" +
  "  }\n" +
  "  .wide th,\n" +
  "  .wide td {\n" +
  "    padding: .2rem .3rem .2rem 0;\n" +
  "  }\n" +
  "  /* Japanese headings would else be broken after every character. */\n" +
  "  .wide thead th {\n" +
  "    font-size: 7pt;\n" +
  "    overflow-wrap: normal;\n" +
  "    word-break: keep-all;\n" +
  "  }\n" +
  "  .wide .figure {\n" +
  "    padding-left: .3rem;\n" +
  "  }\n" +
  "  .panes {\n" +
  "    display: block;\n" +
  "  }\n" +
  "  .list,\n" +
  "  .detail,\n" +
  "  .flips,\n" +
  "  pre {\n" +
  "    height: auto;\n" +
  "    max-height: none;\n" +
  "    overflow: visible;\n" +
  "    border: 0;\n" +
  "    padding-left: 0;\n" +
  "  }\n" +
  "  .list thead {\n" +
  "    position: static;\n" +
  "  }\n" +
  "  .list table {\n" +
  "    min-width: 0;\n" +
  "  }\n" +
  "}\n" +
  "/* What only ears get is placed within what scrolls, so that it widens nothing. */\n" +
  ".list,\n" +
  ".detail,\n" +
  ".wide {\n" +
  "  position: relative;\n" +
  "}\n";
