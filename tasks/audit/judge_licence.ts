import satisfies from "spdx-satisfies";

/** Licences that ask for no more than their text, or nothing. */
export const ALLOWED: readonly string[] = [
  "MIT",
  "MIT-0",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "0BSD",
  "Zlib",
  "BSL-1.0",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Unlicense",
  "Unicode-3.0",
  "Unicode-DFS-2016",
];

/**
 * Those that also ask for the source of the part itself, or for its author's name wherever it is shown.
 * They do for what is handed on unchanged and apart, as npm's own packages in the archive of its
 * cache, and not for what is bundled.
 */
export const ALLOWED_APART: readonly string[] = [
  ...ALLOWED,
  "MPL-2.0",
  "LGPL-3.0-or-later",
  "CC-BY-3.0",
  "CC-BY-4.0",
];

/** Spellings that packages use, in SPDX's own. */
const SPELLINGS: Readonly<Record<string, string>> = { "Apache 2.0": "Apache-2.0" };

/**
 * Why a package may not be handed on; undefined when it may.
 * @param licence SPDX expression as the package states it; undefined where none was found.
 * @param isBundled whether it becomes part of the programs.
 */
export function objectionTo(licence: string | undefined, isBundled: boolean): string | undefined {
  if (licence === undefined) {
    return "no licence is stated in package.json and none known is in its LICENSE file";
  }
  const allowed = isBundled ? ALLOWED : ALLOWED_APART;
  try {
    if (satisfies(normaliseLicence(licence), [...allowed])) return undefined;
  } catch {
    return `its licence "${licence}" is no SPDX expression`;
  }
  return `its licence ${licence} is not among those allowed${isBundled ? " in the programs" : ""}`;
}

/** A licence as SPDX spells it, as far as the spelling is known. */
export function normaliseLicence(licence: string): string {
  return SPELLINGS[licence] ?? licence;
}
