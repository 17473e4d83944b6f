/** For tests: small laws, and folders for their index. */
import type { Law, LawUnit } from "../corpus/law.ts";
import { INDEX_FILES, type IndexFile, indexFilePath, readManifest } from "./index_manifest.ts";

/** A law whose articles are numbered from 1, each given by the texts of its paragraphs. */
export function lawDouble(
  title: string,
  articles: readonly (readonly string[])[],
  more: Partial<Law> = {},
): Law {
  return {
    lawId: title,
    lawNum: `${title}の番号`,
    title,
    abbreviations: [],
    units: articles.map((texts, index) => unitDouble(String(index + 1), texts)),
    ...more,
  };
}

/** An article of the main provision. */
export function unitDouble(
  num: string,
  texts: readonly string[],
  more: Partial<LawUnit> = {},
): LawUnit {
  return {
    provision: "main",
    num,
    title: `第${num}条`,
    caption: "",
    headings: [],
    isDeleted: false,
    rows: texts.map((text, index) => ({
      kind: "paragraph",
      paragraph: String(index + 1),
      text,
    })),
    ...more,
  };
}

/** Runs a test with an empty folder, and gives the path of a folder in it that does not exist yet. */
export async function withIndexFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(`${folder}/laws`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The bytes of every part of an index. */
export async function readParts(folder: string): Promise<Record<IndexFile, Uint8Array>> {
  const manifest = await readManifest(folder);
  const parts = {} as Record<IndexFile, Uint8Array>;
  for (const name of INDEX_FILES) {
    parts[name] = await Deno.readFile(indexFilePath(folder, manifest, name));
  }
  return parts;
}
