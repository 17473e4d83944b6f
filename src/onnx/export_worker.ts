/// <reference lib="deno.worker" />
import type { ExportDtype } from "./export_dtype.ts";
import { type SliceStatistics, WeightExporter, type WeightSlice } from "./weight_exporter.ts";

/** What an export's workers are told. */
export type ExportRequest =
  | { readonly kind: "start"; readonly folder: string; readonly dtype: ExportDtype }
  | { readonly kind: "slice"; readonly id: number; readonly slice: WeightSlice };

/** What they answer. */
export type ExportReply =
  | { readonly kind: "done"; readonly id: number; readonly statistics: SliceStatistics }
  | { readonly kind: "failed"; readonly message: string; readonly name: string };

let exporter: WeightExporter | undefined;

self.onmessage = ({ data }: MessageEvent<ExportRequest>) => {
  try {
    if (data.kind === "start") {
      exporter = new WeightExporter(data.folder, data.dtype);
    } else {
      const statistics = exporter!.run(data.slice);
      self.postMessage({ kind: "done", id: data.id, statistics } satisfies ExportReply);
    }
  } catch (error) {
    const { message, name } = error as Error;
    self.postMessage({ kind: "failed", message, name } satisfies ExportReply);
  }
};
