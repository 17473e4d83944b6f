/** For tests: the tiny Qwen model with "yes" and "no" as tokens of their own. */
import { join } from "node:path";
import { writeTinyModel } from "../../onnx/tiny_model_double.ts";

/** Ids of the answers. */
export const ANSWER_TOKENS = { yes: 262, no: 263 } as const;

/** Writes its safetensors, tokenizer and configuration. */
export async function writeTinyReranker(folder: string): Promise<string> {
  await writeTinyModel(folder);
  const path = join(folder, "tokenizer.json");
  const tokenizer = JSON.parse(await Deno.readTextFile(path));
  const { vocab, merges } = tokenizer.model;
  const pieces = [
    ["y e", 261],
    ["ye s", ANSWER_TOKENS.yes],
    ["n o", ANSWER_TOKENS.no],
  ] as const;
  for (const [pair, id] of pieces) {
    vocab[pair.replace(" ", "")] = id;
    merges.push(pair);
  }
  await Deno.writeTextFile(path, JSON.stringify(tokenizer));
  return folder;
}
