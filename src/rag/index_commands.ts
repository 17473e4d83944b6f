import type { SearchConfig } from "../settings/search_config.ts";
import { defaultVectorStore } from "../settings/search_config.ts";
import { quoteForShell } from "../settings/quote_for_shell.ts";
import type { RemoteAddress } from "./remote/remote_address.ts";

/** The command that makes the vectors a search wants, for messages. */
export function embedCommand(
  { index, vectorStore, embeddingModel }: Pick<
    SearchConfig,
    "index" | "vectorStore" | "embeddingModel"
  >,
): string {
  return commandOf("embed", [
    ["--index", index],
    ["--vector-store", vectorStore === defaultVectorStore(index) ? undefined : vectorStore],
    ["--embedding-model", embeddingModel ?? "<model>"],
  ]);
}

/** The command that sends an index to a server, for messages. */
export function pushCommand(index: string, { display }: RemoteAddress, model?: string): string {
  return commandOf("push", [
    ["--index", index],
    ["--server", display],
    ["--embedding-model", model],
  ]);
}

function commandOf(
  name: string,
  options: readonly (readonly [string, string | undefined])[],
): string {
  const words = options.flatMap(([option, value]) =>
    value === undefined ? [] : [option, value === "<model>" ? value : quoteForShell(value)]
  );
  return ["houqa laws", name, ...words].join(" ");
}
