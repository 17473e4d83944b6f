import denoJson from "../../deno.json" with { type: "json" };
import { quoteForShell } from "../settings/quote_for_shell.ts";
import { type BuildForm, buildForm } from "./build_form.ts";
import { houqaCall } from "./command_words.ts";
import { splitScriptPath } from "./script_path.ts";

/**
 * What a person types for a task of deno.json: the task itself in the sources; in a form that was
 * handed over, which has no tasks, the command that the task runs.
 * @param args to type behind it.
 * @param typed arguments of the program, of which houqa.run's first one is its own path.
 * @throws {Error} in such a form, for a task that runs no command of houqa.
 */
export function formCommand(
  task: keyof typeof denoJson.tasks,
  args: readonly string[] = [],
  form: BuildForm = buildForm(),
  typed: readonly string[] = Deno.args,
): string {
  const quoted = args.map(quoteForShell);
  if (form === "sources") return ["deno task", task, ...quoted].join(" ");
  const call = houqaCall(denoJson.tasks[task].command);
  if (call === undefined) throw new Error(`The task ${task} is for the sources alone.`);
  const { script = "houqa.run" } = splitScriptPath(typed);
  const program = form === "binary" ? ["houqa"] : ["sh", quoteForShell(script)];
  return [...program, ...call.words, ...quoted].join(" ");
}
