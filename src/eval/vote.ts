import type { Letter } from "../dataset/question.ts";
import type { LetterLogprobs } from "../llm/llm.ts";

/** One voter: the letter it gave, if any, and what it thought of all letters, where known. */
export interface Ballot {
  readonly letter: Letter | "unknown";
  readonly letterLogprobs?: LetterLogprobs;
}

/** How a vote ended. */
export interface VoteResult {
  readonly winner: Letter | "unknown";
  /** Ballots by letter; `unknown` are the ones without a letter. */
  readonly votes: Readonly<Record<string, number>>;
  /** The winner's share of all ballots, without a winner 0. */
  readonly confidence: number;
  /** The first ballot for the winner. */
  readonly decidingBallot: number;
  /**
   * What decided: more votes than for any other letter; a tie's larger sum of log-probabilities, or
   * earliest ballot; or nothing, where no ballot had a letter.
   */
  readonly decidedBy: "majority" | "logprobs" | "earliest" | "none";
}

/**
 * Majority by letter; ballots without a letter never win. A tie goes to the letter with the larger
 * sum of log-probabilities where every ballot knows those of all tied letters, and else (or when
 * the sums are equal) to the one given earliest.
 */
export function vote(ballots: readonly Ballot[]): VoteResult {
  const votes: Record<string, number> = {};
  for (const { letter } of ballots) votes[letter] = (votes[letter] ?? 0) + 1;
  const given = Object.keys(votes).filter((letter): letter is Letter => letter !== "unknown");
  if (given.length === 0) {
    return { winner: "unknown", votes, confidence: 0, decidingBallot: 0, decidedBy: "none" };
  }
  const most = Math.max(...given.map((letter) => votes[letter]!));
  const tied = given.filter((letter) => votes[letter] === most);
  const { winner, decidedBy } = breakTie(tied, ballots);
  return {
    winner,
    votes,
    confidence: most / ballots.length,
    decidingBallot: ballots.findIndex(({ letter }) => letter === winner),
    decidedBy,
  };
}

/** The same log-probabilities added up in another order differ by less: that is no preference. */
const SAME_SUM = 1e-9;

/** `tied` stands in the order in which the letters were first given. */
function breakTie(
  tied: readonly Letter[],
  ballots: readonly Ballot[],
): { winner: Letter } & Pick<VoteResult, "decidedBy"> {
  const [first] = tied as [Letter];
  if (tied.length === 1) return { winner: first, decidedBy: "majority" };
  const known = ballots.every(({ letterLogprobs }) =>
    tied.every((letter) => letterLogprobs?.[letter] !== undefined)
  );
  if (!known) return { winner: first, decidedBy: "earliest" };
  const sumOf = (letter: Letter) =>
    ballots.reduce((sum, ballot) => sum + ballot.letterLogprobs![letter]!, 0);
  const largest = Math.max(...tied.map(sumOf));
  const best = tied.filter((letter) => largest - sumOf(letter) <= SAME_SUM);
  return { winner: best[0]!, decidedBy: best.length > 1 ? "earliest" : "logprobs" };
}
