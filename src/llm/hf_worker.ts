/// <reference lib="deno.worker" />
import { pinnedVersion } from "../build/pinned_version.ts";
import { openSession } from "../runtime/open_session.ts";
import { CannotContinueError } from "../settings/cannot_continue_error.ts";
import { CausalModel } from "./causal_model.ts";
import type { HFLoRALLM } from "./hf_lora_llm.ts";
import type { HfWorkerReply, HfWorkerRequest, OpenRequest } from "./hf_worker_messages.ts";
import { LlmError, type LlmIdentity } from "./llm.ts";
import { sessionModel } from "./session_model.ts";
import { explainRuntimeError } from "./runtime_error.ts";

// A worker's origin is the text "null", which ONNX Runtime's web build takes for the
// address of its own files. Without a location it does as in the main thread.
Object.defineProperty(globalThis, "location", { value: undefined, configurable: true });

let llm: HFLoRALLM | undefined;
/** One number, shared with the other thread: the id of the call that is to end. */
let stopFlag: Int32Array | undefined;

function reply(message: HfWorkerReply): void {
  self.postMessage(message);
}

self.onmessage = async ({ data }: MessageEvent<HfWorkerRequest>) => {
  const id = data.kind === "invoke" ? data.id : undefined;
  try {
    if (data.kind === "open") {
      llm = await open(data);
      reply({ kind: "opened", identity: llm.identity });
    } else {
      const signal = stopSignal(data.id);
      const onText = (piece: string) => reply({ kind: "text", id: data.id, piece });
      const overrides = { ...data.overrides, signal, ...(data.isStreamed ? { onText } : {}) };
      const [first, ...others] = data.prompts;
      const completions = others.length === 0
        ? [await llm!.invoke(first!, overrides, data.next)]
        : await llm!.invokeMany(data.prompts, overrides);
      reply({ kind: "completions", id: data.id, completions });
    }
  } catch (error) {
    const { name, message } = error as Error;
    reply({
      kind: "failed",
      ...(id === undefined ? {} : { id }),
      name,
      message,
      ...(error instanceof LlmError ? { errorKind: error.kind } : {}),
    });
  }
};

async function open(request: OpenRequest): Promise<HFLoRALLM> {
  stopFlag = new Int32Array(request.stop);
  const session = await openSession(
    request.device,
    sessionModel(request.model),
    request.threads === undefined ? {} : { threads: request.threads },
  ).catch((error) => {
    const isClear = error instanceof CannotContinueError ||
      error instanceof Deno.errors.NotCapable;
    throw isClear ? error : explainRuntimeError(error as Error);
  });
  // After the weights: while they are laid out the runtime needs more memory than ever again.
  const { ChatTokenizer } = await import("./chat_tokenizer.ts");
  const tokenizer = await ChatTokenizer.load(request.model.folder);
  const { HFLoRALLM } = await import("./hf_lora_llm.ts");
  const identity: LlmIdentity = {
    ...request.identity,
    device: session.device,
    contextLength: request.model.maxPositions,
    versions: {
      "@huggingface/tokenizers": pinnedVersion("@huggingface/tokenizers"),
      "@huggingface/jinja": pinnedVersion("@huggingface/jinja"),
      ...session.versions,
      ...request.identity.versions,
    },
  };
  return new HFLoRALLM(
    tokenizer,
    new CausalModel(session, request.model.shape, { extendsInPlace: request.model.isOurs }),
    request.model,
    request.defaults,
    identity,
  );
}

/** Looks at the shared number whenever it is asked: no message gets through while the graph runs. */
function stopSignal(id: number): AbortSignal {
  return {
    get aborted() {
      return Atomics.load(stopFlag!, 0) === id;
    },
    throwIfAborted() {
      if (this.aborted) throw new DOMException("The call was ended.", "AbortError");
    },
  } as AbortSignal;
}
