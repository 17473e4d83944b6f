import { createHash } from "node:crypto";
import { type Corpus, type CorpusCounts, countLaw, countReason, emptyCounts } from "./corpus.ts";
import { CORPUS_LIMITS } from "./corpus_limits.ts";
import { describeLineIssue } from "./describe_line_issue.ts";
import type { Law } from "./law.ts";
import { LawFileError } from "./law_file_error.ts";
import { LawGatherer } from "./law_gatherer.ts";
import { type LawLine, lawLineSchema } from "./law_jsonl.ts";
import { printableName } from "./law_files.ts";
import type { OpenCorpusOptions } from "./open_corpus.ts";
import { type FileLine, readLines } from "./read_lines.ts";

/** Opens the group's JSONL file; the lines of a law must follow each other. */
export function openJsonl(path: string, sizeBytes: number, options: OpenCorpusOptions): Corpus {
  const counts: CorpusCounts = emptyCounts();
  const hash = createHash("sha256");
  const limits = options.limits ?? CORPUS_LIMITS;
  const name = printableName(path);
  return {
    path,
    kind: "jsonl",
    counts,
    digest: () => hash.copy().digest("hex"),
    close: () => Promise.resolve(),
    async *laws() {
      using file = await Deno.open(path);
      const seen = new Set<string>();
      let open: { readonly key: string; readonly gatherer: LawGatherer } | undefined;
      const finish = (): Law | undefined => {
        if (open === undefined) return;
        const law = open.gatherer.finish();
        open = undefined;
        countLaw(counts, law);
        return law;
      };
      for await (const line of readLines(file, limits.lineBytes)) {
        counts.lines++;
        if (line.bytes !== undefined) hash.update(line.bytes);
        hash.update("\n");
        const parsed = parse(
          line,
          counts,
          (problem) =>
            options.onProblem?.(`${name}:${line.number}: ${problem}. The line is left out.`),
        );
        if (parsed === undefined) continue;
        const key = LawGatherer.keyOf(parsed)!;
        if (key !== open?.key) {
          const law = finish();
          if (law !== undefined) yield law;
          if (!seen.has(key)) {
            seen.add(key);
            counts.found++;
            open = { key, gatherer: new LawGatherer(parsed) };
          }
          options.onProgress?.({ doneBytes: line.endOffset, totalBytes: sizeBytes });
        }
        if (open === undefined) {
          countReason(counts.skippedLines, "law not in one piece");
          options.onProblem?.(
            `${name}:${line.number}: more of ${
              printableName(key)
            }, whose lines ended before; the ` +
              "lines of a law must follow each other. The line is left out.",
          );
          continue;
        }
        if (open.gatherer.rows >= limits.elements) {
          countReason(counts.skippedLines, "law too large");
          continue;
        }
        open.gatherer.add(parsed);
      }
      const law = finish();
      if (law !== undefined) yield law;
      options.onProgress?.({ doneBytes: sizeBytes, totalBytes: sizeBytes });
    },
  };
}

function parse(
  { bytes }: FileLine,
  counts: CorpusCounts,
  report: (problem: string) => void,
): LawLine | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof LawFileError)) throw error;
    countReason(counts.skippedLines, error.reason);
    if (error.reason !== "blank") report(error.message);
  }
}

function read(bytes: Uint8Array | undefined): LawLine {
  if (bytes === undefined) throw new LawFileError("too long", "it is longer than any law's row");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new LawFileError("not UTF-8", "it is no UTF-8 text");
  }
  if (text.trim() === "") throw new LawFileError("blank", "it is blank");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LawFileError("broken JSON", (error as Error).message.slice(0, 200));
  }
  const result = lawLineSchema.safeParse(json);
  if (!result.success) {
    throw new LawFileError("wrong fields", describeLineIssue(result.error.issues[0]!));
  }
  if (LawGatherer.keyOf(result.data) === undefined) {
    throw new LawFileError("wrong fields", "it has no law_id, no law_num and no law_title");
  }
  return result.data;
}
