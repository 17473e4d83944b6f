import type { BaselineRule } from "../settings/setting_table.ts";
import { baselineLetter } from "./baseline_letter.ts";
import type { Completion, Llm, Prompt } from "./llm.ts";

/** A rule behind the interface of a model: the floor that a model has to beat. */
export class BaselineLlm implements Llm {
  readonly identity;

  constructor(readonly rule: BaselineRule) {
    this.identity = { backend: "baseline", model: rule, versions: {} } as const;
  }

  invoke(prompt: Prompt): Promise<Completion> {
    return Promise.resolve({
      text: baselineLetter(this.rule, prompt.parts),
      finishReason: "stop",
      seconds: 0,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
