import { lawXml } from "./law_xml.ts";
import { DEMO_QUESTIONS, DEMO_SEED, DEMO_STATUTES, makeDemo } from "./make_demo.ts";
import { demoReadme } from "./demo_readme.ts";

/** What the files of the demo dataset are made from. */
export interface DemoFilesOptions {
  readonly seed: number;
  readonly statutes: number;
  readonly questions: number;
}

/** The options of the committed dataset. */
export const COMMITTED: DemoFilesOptions = {
  seed: DEMO_SEED,
  statutes: DEMO_STATUTES,
  questions: DEMO_QUESTIONS,
};

/** The dataset's files: path below its folder, and content. */
export function demoFiles(options: DemoFilesOptions): Map<string, string> {
  const demo = makeDemo(options);
  const files = new Map<string, string>();
  for (const statute of demo.statutes) files.set(`laws/${statute.id}.xml`, lawXml(statute));
  files.set("questions.json", JSON.stringify({ samples: demo.samples }, null, 2) + "\n");
  files.set("README.md", demoReadme(demo, options));
  return files;
}

/**
 * What keeps a folder from being the dataset: a line for each file that is missing, differs, or is
 * a law that the dataset doesn't have. Empty if all is well.
 */
export async function demoDifferences(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, content] of files) {
    const found = await Deno.readTextFile(`${folder}/${path}`).catch(unlessMissing);
    if (found === undefined) problems.push(`${folder}/${path} is missing`);
    else if (found !== content) problems.push(`${folder}/${path} differs from the generator's`);
  }
  for (const name of await listFolder(`${folder}/laws`)) {
    if (!files.has(`laws/${name}`)) {
      problems.push(`${folder}/laws/${name} is not of this dataset; delete it`);
    }
  }
  return problems;
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (error) {
    unlessMissing(error);
    return [];
  }
}
