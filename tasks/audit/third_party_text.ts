import { sha256Hex } from "../../src/dataset/sha256.ts";
import type { AuditedPackage } from "./audit_packages.ts";

/** Name of the file beside the programs with the notices of ONNX Runtime's own parts. */
export const RUNTIME_NOTICES = "THIRD_PARTY_ONNXRUNTIME.txt";

/** Licences in full, for packages that state one and bring no text. */
export type StandardTexts = Readonly<Record<string, string>>;

const MICROSOFT = "Microsoft Corporation";

/**
 * The text of THIRD_PARTY.md.
 * @param digest of what it is made from, by {@linkcode inputsDigest}.
 * @throws {Error} for a package without a text of its licence.
 */
export function thirdPartyText(
  packages: readonly AuditedPackage[],
  digest: string,
  standard: StandardTexts,
): string {
  const bundled = packages.filter(({ isBundled }) => isBundled);
  const forUsers = packages.filter(({ isBundled, isForUsers }) => !isBundled && isForUsers);
  const tools = packages.filter(({ isForUsers }) => !isForUsers);
  return `# Third-party software

<!-- Written by \`deno task audit --write\`; not to be edited. Inputs: ${digest} -->

houqa's programs (\`houqa\` with \`runtime/\`, \`houqa.run\`, \`bundle/\`) hold the software below. The demo
model, its adapter, the demo laws and questions and the WebAssembly kernels of the exporter and of the
search are houqa's own. Models, indexes and data sets are not handed on.

## Native parts

| part | version | licence | where |
| --- | --- | --- | --- |
| [Deno](https://github.com/denoland/deno) | shown by \`houqa --version --verbose\` | MIT | the program itself; \`deno\` in houqa.run |
| [ONNX Runtime](https://github.com/microsoft/onnxruntime) | ${
    versionsOf(packages, "onnxruntime-node")
  } | MIT | \`libonnxruntime.so.1\`, \`onnxruntime_binding.node\` in \`runtime/\` |
| ONNX Runtime for WebAssembly | ${
    versionsOf(packages, "onnxruntime-web")
  } | MIT | \`ort-wasm-*.wasm\` in \`runtime/\` |

Deno holds V8 (BSD-3-Clause), SQLite (public domain) and crates under MIT, Apache-2.0 and like licences,
of which its project publishes no list; its
[Cargo.lock](https://github.com/denoland/deno/blob/main/Cargo.lock) names them. The notices of ONNX
Runtime's own parts are in \`${RUNTIME_NOTICES}\`. \`DirectML.dll\` in \`runtime/\` of the Windows program
is under Microsoft's own terms
([licence](https://www.nuget.org/packages/Microsoft.AI.DirectML)).

The native ONNX Runtime reports its use to Microsoft unless \`ORT_DISABLE_TELEMETRY\` is set: houqa sets it
before it loads the library.

## npm packages in the programs

${table(bundled)}

## npm packages beside them

Not in the programs. From the repository houqa loads these too, and \`deno task vendor\` puts them into
the archive of npm's cache, each unchanged and with its own licence files. Packages for other
platforms than Linux x64 have the same licences as those for it.

${table(forUsers)}

## For tests and checks only

In that archive as well, and needed by nobody who only uses houqa. \`@img/sharp-libvips-*\` is a library
of its own; its source is at <https://github.com/lovell/sharp-libvips>.

${table(tools)}

## Licences of what is in the programs

### Deno

${fenced(`Copyright 2018-2026 the Deno authors\n\n${standard.MIT}`)}

${licenceSections(bundled, standard)}
`;
}

/** SHA-256 of the names and versions of all packages: the text is out of step when it changes. */
export async function inputsDigest(keys: Iterable<string>): Promise<string> {
  return (await sha256Hex([...keys].sort().join("\n"))).slice(0, 16);
}

function versionsOf(packages: readonly AuditedPackage[], wanted: string): string {
  return packages.filter(({ name }) => name === wanted).map(({ version }) => version).join(", ");
}

function table(packages: readonly AuditedPackage[]): string {
  return [
    "| package | version | licence |",
    "| --- | --- | --- |",
    ...packages.map(({ name, version, licence = "unknown" }) =>
      `| [${name}](https://www.npmjs.com/package/${name}/v/${version}) | ${version} | ${licence} |`
    ),
  ].join("\n");
}

/** Packages with the same texts share a section. */
function licenceSections(packages: readonly AuditedPackage[], standard: StandardTexts): string {
  const byText = new Map<string, string[]>();
  for (const one of packages) {
    const texts = one.texts.length > 0 ? one.texts : [standardTerms(one, standard)];
    const text = texts.map(fenced).join("\n\n");
    const names = byText.get(text) ?? [];
    byText.set(text, [...names, `${one.name} ${one.version}`]);
  }
  return [...byText].map(([text, names]) => `### ${names.join(", ")}\n\n${text}`).join("\n\n");
}

/** @throws {Error} for a licence whose text is not at hand. */
function standardTerms(
  { name, licence = "", author }: AuditedPackage,
  standard: StandardTexts,
): string {
  const text = standard[licence];
  if (text === undefined) {
    throw new Error(
      `${name} brings no text of its licence ${licence}: add it to tasks/audit/texts.`,
    );
  }
  const holder = name.startsWith("onnxruntime-") ? MICROSOFT : author ?? `the authors of ${name}`;
  return `Copyright (c) ${holder}\n\n${text}`;
}

/** As it is, whatever backticks are in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const lines = text.split("\n").map((line) => line.trimEnd());
  return `${fence}text\n${lines.join("\n").trim()}\n${fence}`;
}
