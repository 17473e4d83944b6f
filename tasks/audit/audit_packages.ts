import { join } from "node:path";
import { closureOf, type LockedPackage, readLockedTree } from "./locked_tree.ts";
import { normaliseLicence, objectionTo } from "./judge_licence.ts";
import { type PackageLicence, readPackageLicence } from "./package_licence.ts";

/** A package with its licence, and where it goes. */
export interface AuditedPackage extends PackageLicence {
  readonly name: string;
  readonly version: string;
  /** Part of the programs; else only of the archive of npm's cache. */
  readonly isBundled: boolean;
  /** Needed to run houqa from the repository; else for its tests and checks only. */
  readonly isForUsers: boolean;
}

/** What an audit of the packages found. */
export interface PackageAudit {
  readonly packages: readonly AuditedPackage[];
  /** Sentences, each with what to do. */
  readonly findings: readonly string[];
}

/** What an audit is made from. */
export interface AuditSources {
  readonly lockText: string;
  /** Folder of the registry in Deno's cache of npm packages. */
  readonly registry: string;
  /** Keys of the packages that become part of the programs. */
  readonly bundled: (packages: ReadonlyMap<string, LockedPackage>) => Promise<Set<string>>;
  /** Names that houqa's own modules import, tests and tasks left out. */
  readonly imported: ReadonlySet<string>;
  /** Packages whose scripts are allowed or denied by name in `deno.json`. */
  readonly judgedScripts: ReadonlySet<string>;
}

/**
 * Reads the licences of all locked packages and says which may not be handed on.
 * @throws {Error} when a package is not in Deno's cache.
 */
export async function auditPackages(sources: AuditSources): Promise<PackageAudit> {
  const { packages, named } = readLockedTree(sources.lockText);
  const bundled = await sources.bundled(packages);
  const roots = named.filter((key) => sources.imported.has(packages.get(key)?.name ?? ""));
  const forUsers = closureOf(roots, packages);
  const audited: AuditedPackage[] = [];
  const findings: string[] = [];
  for (const [key, { name, version, hasScripts }] of packages) {
    const terms = await readTerms(join(sources.registry, name, version), key);
    const isBundled = bundled.has(key);
    const objection = objectionTo(terms.licence, isBundled);
    if (objection !== undefined) {
      findings.push(
        `${key}: ${objection}. Take another package, or add the licence to the list in ` +
          "tasks/audit/judge_licence.ts once you have read it.",
      );
    }
    if (hasScripts && !sources.judgedScripts.has(name)) {
      findings.push(
        `${key} has scripts that npm runs when it is installed. Name it under allowScripts in ` +
          "deno.json, under deny unless houqa needs what they do.",
      );
    }
    const licence = terms.licence && normaliseLicence(terms.licence);
    audited.push({
      ...terms,
      ...(licence === undefined ? {} : { licence }),
      name,
      version,
      isBundled,
      isForUsers: isBundled || forUsers.has(key),
    });
  }
  const order = ({ name, version }: AuditedPackage) => `${name}@${version}`;
  return { packages: audited.sort((x, y) => order(x) < order(y) ? -1 : 1), findings };
}

async function readTerms(folder: string, key: string): Promise<PackageLicence> {
  try {
    return await readPackageLicence(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${key} is not in Deno's cache. Run: deno install --frozen`);
  }
}
