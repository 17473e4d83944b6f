import type { HitSimilarity } from "../fusion/hit_similarity.ts";
import type { VectorIndex } from "./vector_index.ts";

/** Cosine of the vectors of two hits: of the articles, or of their best rows where rows have them. */
export function vectorSimilarity({ manifest: { grain }, vectors }: VectorIndex): HitSimilarity {
  return {
    fitsScores: true,
    between(hits) {
      const read = hits.map(({ unit, bestRow }) => vectors.read(grain === "unit" ? unit : bestRow));
      return (a, b) => {
        const other = read[b]!;
        return read[a]!.reduce((sum, value, at) => sum + value * other[at]!, 0);
      };
    },
  };
}
