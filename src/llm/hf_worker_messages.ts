import type { DeviceName } from "../runtime/device.ts";
import type { HFLoRADefaults } from "./hf_lora_llm.ts";
import type { Completion, InvokeOverrides, LlmErrorKind, LlmIdentity, Prompt } from "./llm.ts";
import type { ModelFolder } from "./model_folder.ts";

/** Loads a model. */
export interface OpenRequest {
  readonly kind: "open";
  readonly model: ModelFolder;
  readonly device: DeviceName;
  /** Default: all cores. */
  readonly threads?: number;
  readonly defaults: HFLoRADefaults;
  /** What is known before loading; the worker adds device and versions. */
  readonly identity: LlmIdentity;
  /** Four bytes: the id of a call that is to end; 0 = none. */
  readonly stop: SharedArrayBuffer;
}

/** What the model's thread is told. */
export type HfWorkerRequest = OpenRequest | {
  readonly kind: "invoke";
  /** From 1 on. */
  readonly id: number;
  /** More than one: read together as one batch. */
  readonly prompts: readonly Prompt[];
  /** Those asked after a single one, as far as they wait already: see `PrefixReuse`. */
  readonly next: readonly Prompt[];
  readonly overrides: Omit<InvokeOverrides, "signal" | "onText">;
  /** Only with one prompt: its answer is also sent while it is written. */
  readonly isStreamed: boolean;
};

/** What it answers. */
export type HfWorkerReply =
  | { readonly kind: "opened"; readonly identity: LlmIdentity }
  | { readonly kind: "text"; readonly id: number; readonly piece: string }
  | {
    readonly kind: "completions";
    readonly id: number;
    /** In the prompts' order. */
    readonly completions: readonly Completion[];
  }
  | {
    readonly kind: "failed";
    /** Absent: loading failed. */
    readonly id?: number;
    readonly name: string;
    readonly message: string;
    readonly errorKind?: LlmErrorKind;
  };
