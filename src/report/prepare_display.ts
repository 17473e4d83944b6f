import { createDownloadBar, createDownloadLines } from "./download_display.ts";
import type { PrepareProgress } from "../llm/prepare_model.ts";

/** Shows how far the preparation of a model is: one bar a stage. */
export interface PrepareDisplay {
  update(progress: PrepareProgress): void;
  /** Leaves the terminal clean. Safe to call twice. */
  stop(): void;
}

const STAGES: Readonly<Record<PrepareProgress["stage"], string>> = {
  download: "downloading",
  digest: "reading the weights",
  export: "writing ONNX",
  hash: "hashing what was written",
};
/** Below this a stage is over before anybody reads about it. */
const LEAST_BYTES = 50e6;

/** Bars on a terminal, lines elsewhere. */
export function createPrepareDisplay(
  isTerminal: boolean,
  print: (line: string) => void,
): PrepareDisplay {
  let shown:
    | { stage: string; doneBytes: number; display: ReturnType<typeof createDownloadBar> }
    | undefined;
  return {
    update({ stage, doneBytes, totalBytes }) {
      if (totalBytes < LEAST_BYTES) return;
      // One that begins again is another model's: a search's, then the one that answers.
      if (shown?.stage !== stage || doneBytes < shown.doneBytes) {
        shown?.display.stop();
        const display = isTerminal ? createDownloadBar() : createDownloadLines(print);
        shown = { stage, doneBytes, display };
      }
      shown.doneBytes = doneBytes;
      shown.display.update({ file: STAGES[stage], doneBytes, totalBytes });
    },
    stop() {
      shown?.display.stop();
      shown = undefined;
    },
  };
}
