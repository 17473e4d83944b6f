import assert from "node:assert/strict";
import { createPrepareDisplay } from "./prepare_display.ts";

Deno.test("a stage that begins again, as another model's does, is shown from its start", () => {
  const lines: string[] = [];
  const display = createPrepareDisplay(false, (line) => lines.push(line));
  const download = (doneBytes: number, totalBytes: number) =>
    display.update({ stage: "download", doneBytes, totalBytes });
  download(0, 100e6);
  download(100e6, 100e6);
  download(0, 400e6);
  download(200e6, 400e6);
  display.update({ stage: "export", doneBytes: 1, totalBytes: 10 });
  display.stop();
  assert.deepEqual(lines.map((line) => line.replace(/ {2}ETA [^ ]+ s/, "")), [
    "0 %  0/100 MB  downloading",
    "100 %  100/100 MB  downloading",
    "0 %  0/400 MB  downloading",
    "50 %  200/400 MB  downloading",
  ]);
});
