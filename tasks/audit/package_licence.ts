import { join } from "node:path";
import { z } from "zod";

/** What a package says about its licence. */
export interface PackageLicence {
  /** SPDX expression as stated, else what the licence file is; undefined: unknown. */
  readonly licence?: string;
  /** Who holds the rights, where there is no licence file that says so. */
  readonly author?: string;
  readonly homepage?: string;
  /** Texts of its licence and notice files. */
  readonly texts: readonly string[];
}

const author = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);

const packageSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  /** As npm had it until 2014. */
  licenses: z.array(z.object({ type: z.string() })).optional(),
  author: author.optional(),
  maintainers: z.array(author).optional(),
  homepage: z.string().optional(),
});

/** Files with terms; in a folder `licenses` of theirs some packages keep those of their parts. */
const TERMS = /^(licen[cs]e|copying|notice)/i;

/** Words that only one licence has, the more special ones first. */
const MARKS: readonly (readonly [licence: string, ...words: RegExp[]])[] = [
  ["Apache-2.0", /Apache License\s+Version 2\.0/],
  ["MPL-2.0", /Mozilla Public License,? (Version|v\.) 2\.0/i],
  ["BSD-3-Clause", /Redistribution and use/, /Neither the name|names? of .* may not be used/i],
  ["BSD-2-Clause", /Redistribution and use/],
  ["ISC", /Permission to use, copy, modify,? and(\/or)? distribute/, /above copyright notice/],
  ["0BSD", /Permission to use, copy, modify,? and(\/or)? distribute/],
  ["MIT", /Permission is hereby granted, free of charge/],
];

/** The licence that a text is; undefined for one that is not known. */
export function recogniseLicence(text: string): string | undefined {
  const flat = text.replace(/\s+/g, " ");
  return MARKS.find(([, ...words]) => words.every((word) => word.test(flat)))?.[0];
}

/**
 * Reads the licence of an unpacked package.
 * @throws {Deno.errors.NotFound} when the package is not there.
 */
export async function readPackageLicence(folder: string): Promise<PackageLicence> {
  const manifest = packageSchema.parse(
    JSON.parse(await Deno.readTextFile(join(folder, "package.json"))),
  );
  const texts = await readTerms(folder);
  const { license, licenses = [] } = manifest;
  const stated = typeof license === "string"
    ? license
    : license?.type ?? (licenses.map(({ type }) => type).join(" OR ") || undefined);
  const licence = stated ?? texts.map(recogniseLicence).find((one) => one !== undefined);
  const holder = manifest.author ?? manifest.maintainers?.[0];
  return {
    ...(licence === undefined ? {} : { licence }),
    ...(holder === undefined ? {} : { author: holder.replace(/\s*[<(].*$/, "") }),
    ...(manifest.homepage === undefined ? {} : { homepage: manifest.homepage }),
    texts,
  };
}

async function readTerms(folder: string): Promise<string[]> {
  const texts: string[] = [];
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ name }) => TERMS.test(name))
    .sort((x, y) => x.name < y.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    const path = join(folder, name);
    if (!isDirectory) texts.push(await Deno.readTextFile(path));
    else for (const text of await readAll(path)) texts.push(text);
  }
  return texts.map((text) => text.replaceAll("\r\n", "\n").trim());
}

async function readAll(folder: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder)))
    .filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  return await Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))));
}
