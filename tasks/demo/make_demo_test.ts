import assert from "node:assert/strict";
import { wordings } from "./fact.ts";
import { makeDemo } from "./make_demo.ts";
import { TOPIC_COUNT } from "./profile.ts";
import { LETTERS, type Question } from "./question.ts";
import { articleContext } from "./sample.ts";
import { isNormKind } from "./norm.ts";
import { trickAccuracy, TRICKS } from "./tricks.ts";
import { COMMITTED } from "./demo_files.ts";

const committed = makeDemo(COMMITTED);
const large = makeDemo({ seed: 11, statutes: 40, questions: 2001 });
const plain = makeDemo({ seed: 12, statutes: 10, questions: 400, plain: true });
const all = [committed, large, plain];

function countLetters(questions: readonly Question[]): number[] {
  return LETTERS.map((letter) => questions.filter(({ answer }) => answer === letter).length);
}

Deno.test("the same seed gives the same dataset, another seed another", () => {
  const options = { seed: 3, statutes: 4, questions: 100 };
  const once = JSON.stringify(makeDemo(options).samples);
  assert.equal(JSON.stringify(makeDemo(options).samples), once);
  assert.notEqual(JSON.stringify(makeDemo({ ...options, seed: 4 }).samples), once);
});

Deno.test("the statutes don't depend on the number of questions", () => {
  const titles = (questions: number) =>
    makeDemo({ seed: 3, statutes: 4, questions }).statutes.map((statute) =>
      statute.chapters.flatMap(({ articles }) => articles.map((a) => articleContext(statute, a)))
    );
  assert.deepEqual(titles(10), titles(200));
});

Deno.test("there is matter for more than 300 different statutes, and no more than that", () => {
  assert.ok(TOPIC_COUNT >= 300);
  const { statutes } = makeDemo({ seed: 1, statutes: TOPIC_COUNT, questions: 0 });
  assert.equal(new Set(statutes.map(({ profile }) => profile.title)).size, TOPIC_COUNT);
  const tooMany = { seed: 1, statutes: TOPIC_COUNT + 1, questions: 0 };
  assert.throws(() => makeDemo(tooMany), /At most 320 statutes/);
});

Deno.test("asking for more questions than there are says so", () => {
  assert.throws(
    () => makeDemo({ seed: 1, statutes: 1, questions: 5000 }),
    /ask for fewer questions or more statutes/,
  );
});

Deno.test("the committed dataset has the promised size", () => {
  assert.ok(committed.statutes.length >= 5);
  assert.ok(committed.samples.length >= 240);
  assert.ok(new Set(committed.questions.map(({ article }) => article)).size >= 40);
  const wrong = committed.questions.filter(({ kind }) => kind === "wrong").length;
  assert.equal(wrong, Math.round(committed.questions.length * 0.3));
  const grids = committed.questions.filter(({ form }) => form === "grid").length;
  assert.ok(grids * 2 >= committed.questions.length);
});

Deno.test("letters are level to within one: overall, within a kind, within a form", () => {
  for (const { questions } of all) {
    const groups = [
      questions,
      questions.filter(({ kind }) => kind === "correct"),
      questions.filter(({ kind }) => kind === "wrong"),
      questions.filter(({ form }) => form === "grid"),
      questions.filter(({ form }) => form === "mixed"),
    ];
    for (const group of groups) {
      const counts = countLetters(group);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(" "));
    }
  }
});

Deno.test("samples have the dataset's format", () => {
  for (const { samples } of all) {
    for (const sample of samples) {
      assert.deepEqual(Object.keys(sample), [
        "ファイル名",
        "コンテキスト",
        "問題文",
        "指示",
        "選択肢",
        "output",
        "references",
      ]);
      assert.match(sample.ファイル名, /^.+_第[1-5]章_選択式_問題番号\d+$/);
      assert.match(sample.コンテキスト, /^## .+\n### 第\d+条(の2)?\n#### 第1項\n/);
      assert.ok(sample.指示.startsWith("<following_context>"));
      const lines = sample.選択肢.split("\n");
      assert.equal(lines.length, 4);
      lines.forEach((line, i) => {
        assert.ok(line.startsWith(`${"abcd"[i]} `), line);
        assert.doesNotMatch(line.slice(2), /\s|undefined/);
      });
      assert.equal(new Set(lines.map((line) => line.slice(2))).size, 4);
      assert.match(sample.output, /^[abcd]$/);
      assert.equal(sample.references.length, 1);
      assert.match(sample.references[0]!, /^https:\/\/example\.com\/laws\/599AC\d{10}$/);
    }
    assert.equal(new Set(samples.map((sample) => sample.ファイル名)).size, samples.length);
  }
});

Deno.test("no question comes twice, whatever the order and wording of its choices", () => {
  for (const { questions } of all) {
    const keys = questions.map((question) => {
      const claims = question.choices.map(({ statement: { fact, slots } }) =>
        wordings({ fact, slots })[0]
      );
      return [question.statute.id, question.article.num, question.kind, ...claims.sort()].join(
        "\n",
      );
    });
    assert.equal(new Set(keys).size, keys.length);
  }
});

Deno.test("the answer follows from the slots alone", () => {
  for (const { questions, samples } of all) {
    questions.forEach(({ article, choices, kind, answer }, i) => {
      // Written again here, apart from the generator's own judgement: a statement is true if its
      // list of (slot, value) pairs is that of a rule of the same family in the article.
      const key = (family: string, slots: Readonly<Record<string, { value: string }>>) =>
        JSON.stringify([family, Object.entries(slots).map(([name, s]) => [name, s.value]).sort()]);
      const rules = new Set(article.facts.map((fact) => key(fact.family, fact.slots)));
      const fitting = LETTERS.filter((_, c) => {
        const { statement } = choices[c]!;
        return rules.has(key(statement.fact.family, statement.slots)) === (kind === "correct");
      });
      assert.deepEqual(fitting, [answer]);
      assert.equal(samples[i]!.output, answer);
      assert.match(samples[i]!.問題文, kind === "correct" ? /正しいもの/ : /誤っているもの/);
    });
  }
});

Deno.test("choices say what their slots hold", () => {
  for (const demo of all) {
    for (const { choices } of demo.questions) {
      for (const { statement, text } of choices) {
        assert.ok(wordings(statement, demo === plain).includes(text));
        for (const slot of Object.values(statement.slots)) {
          if (isNormKind(slot.kind)) continue;
          assert.ok(text.includes(demo === plain ? slot.law : slot.value), text);
        }
      }
    }
  }
});

Deno.test("the context is the article, with every right value in it, and nothing else", () => {
  for (const { questions, samples } of all) {
    questions.forEach(({ statute, article }, i) => {
      const context = samples[i]!.コンテキスト;
      assert.equal(context, articleContext(statute, article));
      assert.equal(context.match(/^### /gm)?.length, 1);
      for (const { slots } of article.facts) {
        for (const slot of Object.values(slots)) {
          if (!isNormKind(slot.kind)) assert.ok(context.includes(slot.law), slot.law);
        }
      }
    });
  }
});

Deno.test("a grid has each value of its two slots twice", () => {
  for (const { questions } of all) {
    for (const { choices } of questions.filter(({ form }) => form === "grid")) {
      const names = Object.keys(choices[0]!.statement.slots);
      const varied = names.filter((name) => {
        const values = choices.map(({ statement }) => statement.slots[name]!.value);
        const different = new Set(values);
        for (const value of different) {
          if (different.size > 1) assert.equal(values.filter((v) => v === value).length, 2);
        }
        return different.size > 1;
      });
      assert.equal(varied.length, 2);
    }
  }
});

Deno.test("no wording of a fact can be taken for another fact's", () => {
  for (const statute of large.statutes) {
    for (const { articles } of statute.chapters) {
      for (const { facts } of articles) {
        const texts = facts.flatMap((fact) => wordings({ fact, slots: fact.slots }));
        assert.equal(new Set(texts).size, texts.length);
      }
    }
  }
});

/** Upper bounds of what a trick may reach, in percent, for 240 and for 2001 questions. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  "bigrams shared with the article": [36, 34],
  "the same with kanji numerals": [44, 41],
};

Deno.test("no surface trick answers the questions", () => {
  for (const [name, trick] of Object.entries(TRICKS)) {
    const [few, many] = BOUNDS[name] ?? [32, 28];
    const onFew = 100 * trickAccuracy(trick, committed.questions);
    const onMany = 100 * trickAccuracy(trick, large.questions);
    assert.ok(onFew <= few, `${name}: ${onFew.toFixed(1)} % of 240`);
    assert.ok(onMany <= many, `${name}: ${onMany.toFixed(1)} % of 2001`);
    // A trick far below chance would be one above it when turned round.
    assert.ok(onMany >= 20, `${name}: ${onMany.toFixed(1)} % of 2001`);
  }
});

Deno.test("in the plain manner, statements keep the statute's numerals and first wording", () => {
  for (const { choices } of plain.questions) {
    for (const { statement, text } of choices) {
      assert.doesNotMatch(text, /\d/);
      assert.equal(text, wordings(statement, true)[0]);
    }
  }
});
