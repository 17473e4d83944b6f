import { BUILD_RECORD } from "./build_record.ts";

/** As what houqa was handed over. */
export type BuildForm = "sources" | "binary" | "houqa.run";

/** The form that is running. */
export function buildForm(
  isBundle: boolean = BUILD_RECORD !== undefined,
  isCompiled: boolean = Deno.build.standalone,
): BuildForm {
  if (!isBundle) return "sources";
  return isCompiled ? "binary" : "houqa.run";
}
