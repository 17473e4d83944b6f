/**
 * Scores brought to 0…1: (s - min) / (max - min). Where all are equal nothing tells them apart, and
 * each becomes 0.5.
 */
export function normaliseScores(scores: readonly number[]): number[] {
  const min = Math.min(...scores);
  const max = Math.max(...scores);
  return scores.map((score) => max === min ? 0.5 : (score - min) / (max - min));
}
