/**
 * Time, memory and size of reports: 140 questions in two runs, and 5,000 in four.
 *
 *   deno run --allow-all tasks/bench/report_bench.ts
 *
 * Runs are made up, with prompts and answers as long as real ones (prompts of about 900 characters,
 * answers of about 250).
 */
import { join } from "node:path";
import { makeResultFile } from "../../src/report/html/result_file_double.ts";
import { houqaCommand, measureCommand, megabytes, reportTarget } from "./measure_command.ts";

/** Writes made-up results and measures the command. */
async function measureReport(folder: string, questions: number, runs: number) {
  const paths: string[] = [];
  for (let run = 0; run < runs; run++) {
    const path = join(folder, `${questions}_${run}.json`);
    const file = makeResultFile({
      questions,
      // Another third or quarter of them in each run, so that many questions flip.
      isRight: (index) => (index * 7 + run * 3) % (5 - run % 3) < 2,
      spoil: (text) =>
        text === "条文"
          ? "この法律の規定により届出をした者は、内閣府令で定めるところにより報告しなければならない。"
            .repeat(20)
          : text.includes("答えは")
          ? `${"条文の要件に照らして検討すると、次のように考えられます。".repeat(8)}${text}`
          : text,
    });
    await Deno.writeTextFile(path, JSON.stringify(file));
    paths.push(path);
  }
  const out = join(folder, `${questions}.html`);
  const cost = await measureCommand(houqaCommand("report", ...paths, "--out", out));
  return { ...cost, sizeBytes: (await Deno.stat(out)).size };
}

const folder = await Deno.makeTempDir();
try {
  const small = await measureReport(folder, 140, 2);
  console.log(`140 × 2: ${small.wallSeconds.toFixed(1)} s, ${megabytes(small.peakRssBytes)} RSS`);
  reportTarget("140 questions, 2 runs: size in MB", small.sizeBytes / 1e6, { atMost: 3 });
  const large = await measureReport(folder, 5_000, 4);
  console.log(`5,000 × 4: page of ${megabytes(large.sizeBytes)}`);
  reportTarget("5,000 questions, 4 runs: seconds", large.wallSeconds, { atMost: 10 });
  reportTarget("5,000 questions, 4 runs: peak memory in GB", large.peakRssBytes / 1e9, {
    atMost: 1,
  });
} finally {
  await Deno.remove(folder, { recursive: true });
}
