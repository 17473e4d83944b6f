const ROOT = new URL("../../", import.meta.url);

/** For tests: the options that the training script declares: a field of its settings each. */
export async function readTrainOptions(): Promise<ReadonlySet<string>> {
  const text = await Deno.readTextFile(new URL("tasks/train/options.py", ROOT));
  const body = text.slice(text.indexOf("class Options"), text.indexOf("@property"));
  const fields = [...body.matchAll(/^ {4}(\w+): /gm)].map(([, name]) => name!);
  // A switch of argparse has a negation.
  return new Set([...fields, "no_use_4bit"].map((name) => `--${name.replaceAll("_", "-")}`));
}
