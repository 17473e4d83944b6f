import type { PairComparison } from "../compare/compare_runs.ts";
import type { Caution } from "../compare/verdict.ts";
import type { LetterProfile } from "../compare/letter_profile.ts";
import { SIGNIFICANCE } from "../compare/decide.ts";
import { points, pValue } from "./figures.ts";

/** A sentence in both languages. */
export interface BothLanguages {
  readonly ja: string;
  readonly en: string;
}

/** The names of the two runs in sentences, e.g. A and B. */
export interface RunNames {
  readonly first: string;
  readonly second: string;
}

/** The verdict in one plain sentence that claims no more than the numbers. */
export function verdictSentence(pair: PairComparison, names: RunNames): BothLanguages {
  const { statistics, verdict: { kind }, sensitivity: { detectable }, comparisons } = pair;
  const { first: A, second: B } = names;
  const { total, first, second, difference } = statistics;
  const interval = statistics.bootstrap ?? statistics.newcombe;
  const ends = [interval.low, interval.high].map(points);
  const en = {
    counts: `${second.count} against ${first.count} of ${total} right, ${
      points(difference)
    } points (95 % interval ${ends[0]} to ${ends[1]})`,
    power: detectable === undefined
      ? "With so few changes these questions can hardly show any"
      : `Differences smaller than about ${
        (100 * detectable).toFixed(0)
      } points mostly go unseen here${comparisons > 1 ? ` in ${comparisons} comparisons` : ""}`,
  };
  const ja = {
    counts: `${total} 問中の正答は ${first.count} 問から ${second.count} 問、差は ${
      points(difference)
    } ポイント（95 % 区間 ${ends[0]}〜${ends[1]}）`,
    power: detectable === undefined
      ? "変わった問題が少なく、差があってもほとんど示せません"
      : `約 ${(100 * detectable).toFixed(0)} ポイントより小さい差は、この問題数${
        comparisons > 1 ? `と ${comparisons} 回の比較` : ""
      }では多くの場合見つかりません`,
  };
  if (kind === "nothing_changed") return unchangedSentence(pair, names);
  if (kind === "better") {
    return {
      ja: `${B} は ${A} より正答が多いと言えます。${ja.counts}。`,
      en: `${B} answers more of these questions correctly than ${A}: ${en.counts}.`,
    };
  }
  if (kind === "worse") {
    return {
      ja: `${B} は ${A} より正答が少ないと言えます。${ja.counts}。`,
      en: `${B} answers fewer of these questions correctly than ${A}: ${en.counts}.`,
    };
  }
  if (kind === "collapsed") {
    const { letter, count, answered } = pair.letters.second.takeover!;
    return {
      ja:
        `${B} の正答は ${A} より多いものの、回答 ${answered} 件中 ${count} 件が ${letter} に偏っており（崩壊）、学習の成果とは言えません。${ja.counts}。`,
      en:
        `${B} gets more right than ${A}, but gives "${letter}" in ${count} of ${answered} answers: ` +
        `a collapse, no evidence of learning (${en.counts}).`,
    };
  }
  if (kind === "baseline_collapsed") {
    const { letter, count, answered } = pair.letters.first.takeover!;
    return {
      ja:
        `${B} の正答は ${A} より少ないものの、${A} は回答 ${answered} 件中 ${count} 件が ${letter} に偏っており（崩壊）、差の半分以上はその偏りだけで得られる分です。${B} の方が悪いとは言えません。${ja.counts}。`,
      en:
        `${B} gets fewer right than ${A}, but ${A} gives "${letter}" in ${count} of ${answered} ` +
        "answers: a collapse, and at least half of the difference is what that letter brings " +
        `without reading, no evidence that ${B} is worse (${en.counts}).`,
    };
  }
  if (pair.outputs.sameLetter === total) {
    return {
      ja:
        `${A} と ${B} は ${total} 問すべてで同じ文字を答えました（出力は同じではありません）。正答はどちらも ${first.count} 問です。`,
      en: `${A} and ${B} gave the same letter to each of ${total} questions, though not the same ` +
        `output: both have ${first.count} right.`,
    };
  }
  const against = whyNot(pair);
  return {
    ja: `${A} と ${B} の正答率に差があるとは言えません。${ja.counts}。${against.ja}${ja.power}。`,
    en: `No difference between ${A} and ${B} is shown: ${en.counts}. ${against.en}${en.power}.`,
  };
}

/**
 * What decided against a difference that one of the figures alone would show; empty where all agree
 * that there is none.
 */
function whyNot({ statistics, p, adjustedP, comparisons }: PairComparison): BothLanguages {
  const { mcnemar, clusteredP, counts, bootstrap } = statistics;
  const isBesideZero = bootstrap !== undefined && (bootstrap.low > 0 || bootstrap.high < 0);
  if (counts.gained === counts.lost) return { ja: "", en: "" };
  if (p < SIGNIFICANCE && adjustedP >= SIGNIFICANCE) {
    return {
      ja: `p = ${pValue(p)} ですが、${comparisons} 回の比較についての Holm の調整後は p = ${
        pValue(adjustedP)
      } です。`,
      en:
        `p = ${pValue(p)} is no evidence after Holm's adjustment for ${comparisons} comparisons ` +
        `(p = ${pValue(adjustedP)}). `,
    };
  }
  if (p < SIGNIFICANCE) {
    return {
      ja: `p = ${pValue(p)} ですが、95 % 区間が 0 を含みます。`,
      en: `p = ${pValue(p)}, but the 95 % interval holds 0. `,
    };
  }
  if (mcnemar.exact < SIGNIFICANCE) {
    return {
      ja: `McNemar の p = ${
        pValue(mcnemar.exact)
      } ですが、問題のまとまりごとに入れ替える検定では p = ${pValue(clusteredP)} です。`,
      en: `McNemar's p = ${pValue(mcnemar.exact)}, but with groups of questions kept ` +
        `together it is p = ${pValue(clusteredP)}. `,
    };
  }
  if (isBesideZero) {
    return {
      ja: `区間は 0 を含みませんが、正確検定の p = ${pValue(p)} は 0.05 以上です。`,
      en: `The interval leaves out 0, but the exact test gives p = ${pValue(p)}. `,
    };
  }
  return { ja: "", en: "" };
}

function unchangedSentence(
  { first, second, statistics: { total } }: PairComparison,
  { first: A, second: B }: RunNames,
): BothLanguages {
  const isAdapter = second.adapter !== undefined && second.adapter !== first.adapter;
  return isAdapter
    ? {
      ja: `アダプタは何も変えませんでした。${total} 問すべてで ${A} と ${B} の出力が同じです。`,
      en:
        `The adapter changed nothing: all ${total} outputs of ${B} are the same as those of ${A}.`,
    }
    : {
      ja: `${total} 問すべてで ${A} と ${B} の出力が同じです。`,
      en: `All ${total} outputs of ${B} are the same as those of ${A}.`,
    };
}

/** What a caution warns of. */
export function cautionSentence(
  caution: Caution,
  pair: PairComparison,
  { first: A, second: B }: RunNames,
): BothLanguages {
  switch (caution.about) {
    case "collapse": {
      const name = caution.run === "first" ? A : B;
      const profile = pair.letters[caution.run];
      return collapseSentence(name, profile);
    }
    case "letters_alone": {
      const name = caution.run === "first" ? A : B;
      const worth = points(caution.difference).replace(/^\+/, caution.run === "first" ? "" : "+");
      return {
        ja:
          `差のうち ${worth} ポイントは、${name} が選ぶ文字の偏りだけで（問題を読まなくても）得られる分です。`,
        en: `${worth} points of the difference are what the letters that ${name} prefers bring ` +
          "without reading.",
      };
    }
    case "below_constant": {
      const name = caution.run === "first" ? A : B;
      return {
        ja:
          `${name} の正答は、いつも ${caution.letter} と答えた場合（${caution.count} 問）を超えません。`,
        en: `${name} has no more right than always answering "${caution.letter}" ` +
          `(${caution.count}).`,
      };
    }
    case "format":
      return {
        ja:
          `新しく正答になった ${caution.of} 問のうち ${caution.count} 問は、${A} では文字を読み取れなかったものです。知識ではなく、答え方（形式）の違いかもしれません。`,
        en:
          `${caution.count} of the ${caution.of} questions gained had no readable answer in ${A}: ` +
          "the form of the answers changed, not necessarily what the model knows.",
      };
    case "unreadable_now":
      return {
        ja:
          `正答でなくなった ${caution.of} 問のうち ${caution.count} 問は、${B} では文字を読み取れないものです。知識ではなく、答え方（形式）の違いかもしれません。`,
        en:
          `${caution.count} of the ${caution.of} questions lost have no readable answer in ${B}: ` +
          "the form of the answers changed, not necessarily what the model knows.",
      };
    case "errors": {
      const canAskAgain = pair.first.origin === "houqa" && pair.second.origin === "houqa";
      return {
        ja: `${caution.count} 問は、どちらかがエラーで終わったため数えていません。` +
          (canAskAgain ? "先に同じ eval コマンドで尋ね直してください。" : ""),
        en: `${caution.count} questions ended in an error in either run and are not counted.` +
          (canAskAgain ? " Run the same eval command again first: it asks only those." : ""),
      };
    }
    case "not_paired":
      return {
        ja: `${caution.count} 問は、片方のファイルにしかないか、正解が違うため数えていません。`,
        en:
          `${caution.count} questions are in one file only, or have other correct answers there, ` +
          "and are not counted.",
      };
    case "same_model":
      return {
        ja: `${A} と ${B} のモデルとアダプタは同じもの（ダイジェストが一致）です。`,
        en: `${A} and ${B} are the same model with the same adapter, by their digests.`,
      };
    case "no_articles":
      return {
        ja:
          "条文が分からず、同じ条文の問題をまとめられなかったため、区間は実際より狭いかもしれません（--data で問題ファイルを指定できます）。",
        en:
          "Questions could not be grouped by shared article, which is not known: the interval may " +
          "be too narrow (--data names the question file).",
      };
  }
}

function collapseSentence(name: string, { takeover }: LetterProfile): BothLanguages {
  const { letter, count, answered, expectedShare, pValue: p } = takeover!;
  const expected = `${(100 * expectedShare).toFixed(1)} %`;
  return {
    ja:
      `${name} は崩壊しています。回答 ${answered} 件中 ${count} 件が ${letter} です（期待は約 ${expected}、p = ${
        pValue(p)
      }）。正答率を知識と読まないでください。`,
    en: `${name} has collapsed: ${count} of ${answered} answers are "${letter}" (expected about ` +
      `${expected}, p = ${pValue(p)}). Do not read its accuracy as knowledge.`,
  };
}
