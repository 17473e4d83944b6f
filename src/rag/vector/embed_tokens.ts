import type { Tensor } from "onnxruntime-common";
import type { RuntimeSession } from "../../runtime/runtime_session.ts";
import { UsageError } from "../../settings/usage_error.ts";
import { poolStates, withLengthOne } from "./pool_states.ts";
import type { EmbeddingFolder } from "./read_embedding_folder.ts";

/** Vectors of some texts. */
export interface PassResult {
  /** Of length 1, one a text. */
  readonly embeddings: Float32Array[];
  /** True where the graph pools by itself. */
  readonly isPooled: boolean;
}

/**
 * One pass of an embedding model.
 * @param rows tokens of each text; shorter ones are filled up on the right.
 * @param padToken what they are filled up with.
 * @throws {UsageError} for a graph that is no embedding model's.
 * @throws {Error} in the runtime's words, or when a vector is not finite.
 */
export async function embedTokens(
  session: RuntimeSession,
  model: EmbeddingFolder,
  rows: readonly (readonly number[])[],
  padToken: number,
): Promise<PassResult> {
  const feeds = makeFeeds(session, model, rows, padToken);
  const outputs = await session.run(feeds);
  const pooled = outputs.sentence_embedding;
  if (pooled !== undefined) {
    const values = await readFloats(pooled);
    const size = pooled.dims.at(-1)!;
    const embeddings = rows.map((_, row) =>
      withLengthOne(values.subarray(row * size, (row + 1) * size))
    );
    return { embeddings, isPooled: true };
  }
  const states = outputs.last_hidden_state ?? outputs.token_embeddings;
  const [count, width, size] = states?.dims ?? [];
  if (states === undefined || count !== rows.length || width !== feeds.input_ids!.dims[1]) {
    throw new UsageError(
      `${model.folder}: the graph gives ${
        Object.entries(outputs).map(([name, { dims }]) => `${name} [${dims.join(", ")}]`).join(", ")
      } and no last_hidden_state, token_embeddings or sentence_embedding: it is no embedding model.`,
    );
  }
  const lengths = rows.map((ids) => Math.max(1, ids.length));
  const all = { values: await readFloats(states), width: width!, size: size!, lengths };
  return { embeddings: poolStates(all, model.pooling), isPooled: false };
}

/** @throws {UsageError} for a graph that wants something else than an embedding model's inputs. */
function makeFeeds(
  session: RuntimeSession,
  model: EmbeddingFolder,
  rows: readonly (readonly number[])[],
  padToken: number,
): Record<string, Tensor> {
  const width = Math.max(1, ...rows.map((ids) => ids.length));
  const dims = [rows.length, width];
  const fill = (of: (id: number | undefined, at: number) => number) => {
    const values = new BigInt64Array(rows.length * width);
    rows.forEach((ids, row) => {
      for (let at = 0; at < width; at++) values[row * width + at] = BigInt(of(ids[at], at));
    });
    return session.tensor("int64", values, dims);
  };
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    if (name === "input_ids") feeds[name] = fill((id) => id ?? padToken);
    // A text without any token is read as one of padding.
    else if (name === "attention_mask") {
      feeds[name] = fill((id, at) => id !== undefined || at === 0 ? 1 : 0);
    } else if (name === "token_type_ids") feeds[name] = fill(() => 0);
    else if (name === "position_ids") feeds[name] = fill((_, at) => at);
    else if (name.startsWith("past_key_values.") && model.cache !== undefined) {
      const { kvHeads, headDim } = model.cache;
      const type = session.inputType(name);
      const nothing = type === "float16" ? new Uint16Array(0) : new Float32Array(0);
      feeds[name] = session.tensor(type, nothing, [rows.length, kvHeads, 0, headDim]);
    } else {
      throw new UsageError(
        `${model.folder}: the graph wants the input ${name}, which is no embedding model's.`,
      );
    }
  }
  return feeds;
}

async function readFloats(tensor: Tensor): Promise<Float32Array> {
  const data = tensor.location === "cpu" ? tensor.data : await tensor.getData(true);
  if (data instanceof Float32Array) return data;
  const bits = data as Uint16Array;
  return Float32Array.from(new Float16Array(bits.buffer, bits.byteOffset, bits.length));
}
