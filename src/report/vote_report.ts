import type { RunDifference } from "../compare/run_differences.ts";
import type { RunVote, VoteScore } from "../compare/vote_runs.ts";
import { runName } from "./compare_report.ts";
import { share } from "./console_report.ts";
import { countedPercent, pValue } from "./figures.ts";
import { left, type ReportBlock, right } from "./report_block.ts";

/** A vote as blocks for a terminal or Markdown. */
export function describeVote(
  vote: RunVote,
  differences: readonly RunDifference[],
): ReportBlock[] {
  const { runs, questions, scores } = vote;
  const allowed = [...new Set(differences.flatMap(({ name }) => name ?? []))]
    .filter((name) => name !== "dtype");
  return [
    { kind: "heading", level: 1, text: "VOTE" },
    {
      kind: "table",
      columns: [left(""), left("")],
      rows: runs.flatMap((run, place) => [[runName(place), run.model], ["", run.path]]),
      narrow: "wrap",
    },
    {
      kind: "heading",
      level: 2,
      text: `Right answers to ${questions.length} questions, one letter a run`,
    },
    {
      kind: "table",
      columns: [
        left(""),
        right("right"),
        right("95 % Wilson"),
        right("wrong"),
        right("unparsed"),
        right("truncated"),
        right("error"),
      ],
      rows: [
        ...scores.map((score, place) => scoreRow(runName(place), score)),
        scoreRow("vote", vote.vote),
      ],
    },
    { kind: "text", text: `Right in at least one run: ${ofAll(vote.anyRight, vote)}.` },
    { kind: "heading", level: 2, text: "Against the best single run" },
    ...bestBlocks(vote),
    { kind: "heading", level: 2, text: "Agreement" },
    { kind: "list", items: agreementItems(vote) },
    ...warningBlocks(vote, allowed),
  ];
}

function scoreRow(name: string, { right: { count, total, interval }, outcomes }: VoteScore) {
  return [
    name,
    countedPercent(count, total),
    `${share(interval.low)} to ${share(interval.high)}`,
    ...(["wrong", "unparsed", "truncated", "error"] as const).map((kind) => String(outcomes[kind])),
  ];
}

function ofAll(count: number, { questions }: RunVote): string {
  return countedPercent(count, questions.length);
}

function bestBlocks({ best, scores, vote }: RunVote): ReportBlock[] {
  const { run, corrected, harmed, mcnemar } = best;
  const name = runName(run);
  const others = scores.flatMap(({ right: { count } }, place) =>
    place !== run && count === scores[run]!.right.count ? [runName(place)] : []
  );
  return [
    {
      kind: "text",
      tone: "strong",
      text: `The vote corrects ${corrected} questions that ${name} has not right, and loses ` +
        `${harmed} that ${name} has right: ${vote.right.count} against ` +
        `${scores[run]!.right.count} right, exact McNemar p = ${pValue(mcnemar.exact)} ` +
        `(mid-p ${pValue(mcnemar.midP)}).`,
    },
    {
      kind: "text",
      text: `${name} was picked as the best after looking at these answers` +
        `${others.length === 0 ? "" : ` (${others.join(", ")} has as many right)`}: its accuracy ` +
        "is on the lucky side, so that p leans against the vote. For a claim, choose the single " +
        "run beforehand, and compare it with the vote by houqa compare (which also takes shared " +
        "articles into account).",
    },
  ];
}

function agreementItems(vote: RunVote): string[] {
  const { allAgree, agreement, ties, withErrors, withoutLetter } = vote;
  return [
    `All runs give the same letter: ${ofAll(allAgree, vote)}`,
    ...(agreement === undefined ? [] : [
      `Of ${agreement.questions} questions with a letter from every run, two runs agree on ` +
      `${share(agreement.pairwise)}` +
      (agreement.kappa === undefined
        ? "; no kappa, as all letters are the same"
        : `; Fleiss' kappa ${agreement.kappa.toFixed(3)} (0 is chance, 1 full agreement)`),
    ]),
    `Ties: ${ties.probability} decided by the larger sum of log-probabilities, ${ties.order} by ` +
    "the order of the files",
    `Questions with a run that gave no letter: ${withoutLetter}; with a run that ended in an ` +
    `error: ${withErrors}`,
  ];
}

function warningBlocks(vote: RunVote, allowed: readonly string[]): ReportBlock[] {
  const { runs, ties, withErrors, leftOut, identical, questions } = vote;
  const collapsed = [
    ...vote.scores.map(({ takeover }, place) => ({ name: runName(place), takeover })),
    { name: "The vote", takeover: vote.vote.takeover },
  ];
  const items = [
    ...collapsed.flatMap(({ name, takeover }) =>
      takeover === undefined ? [] : [
        `${name} has collapsed: ${takeover.count} of ${takeover.answered} answers are ` +
        `"${takeover.letter}" (expected about ${share(takeover.expectedShare)}, p = ${
          pValue(takeover.pValue)
        }). Do not read its accuracy as knowledge.`,
      ]
    ),
    ...(runs.length === 2 && ties.order > 0
      ? [
        "Two runs can only tie where they differ: without probabilities in both files the vote " +
        "follows A wherever A gave a letter. Vote with three runs or more.",
      ]
      : []),
    ...identical.map(([first, second]) =>
      `${runName(first)} and ${runName(second)} gave the same output to every question: ` +
      "together they have two votes."
    ),
    ...(withErrors === 0 ? [] : [
      `On ${withErrors} of ${questions.length} questions fewer runs voted, because of errors. Run ` +
      "those evaluations again first: they ask only such questions.",
    ]),
    ...(leftOut === 0 ? [] : [
      `${leftOut} questions are not in all files with the same correct answer, and are left out.`,
    ]),
    ...(allowed.length === 0 ? [] : [
      `Allowed by --allow-differences: ${allowed.join(", ")}. What they do can't be told apart ` +
      "from what the models do.",
    ]),
  ];
  return items.length === 0 ? [] : [{ kind: "list", tone: "warning", items }];
}
