import { Journal } from "../../eval/journal.ts";
import type { ResultFile } from "../../eval/result_schema.ts";

/** Opens the journal of a made-up result as a run does, and can add its results one by one. */
export async function openJournalDouble(
  path: string,
  { results, provenance }: ResultFile,
  overrides: { readonly total?: number } = {},
) {
  const journal = await Journal.open(path);
  let seconds = 0;
  return {
    journal,
    start() {
      journal.start(
        {
          questions: overrides.total ?? results.length,
          llm_backend: "hf",
          llm_model: provenance.llm.model,
          dtype: "q8",
          adapter_digest: "sha256:1",
          context: "gold",
        },
        {},
        provenance.started_at,
      );
    },
    /** Adds the next results, half a second apart. */
    answer(from: number, to: number) {
      for (const result of results.slice(from, to)) journal.append(result, seconds += 0.5);
    },
  };
}
