/**
 * What houqa hands on: may it be, and is anything known against it? `--help` says how.
 */
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { readLockedTree } from "./audit/locked_tree.ts";
import { inputsDigest } from "./audit/third_party_text.ts";
import { ROOT } from "./compile/make_bundle.ts";

const TARGET = join(ROOT, "THIRD_PARTY.md");

interface AuditFlags {
  readonly write?: boolean;
  readonly check?: boolean;
}

const program = new Command("audit")
  .description(
    "read the licences of what is handed on, and ask the npm registry for known vulnerabilities",
  )
  .option("--write", "write THIRD_PARTY.md; ask nobody")
  .option("--check", "only see whether THIRD_PARTY.md is of these packages; fast, offline")
  .addHelpText(
    "after",
    `
Exit codes: 0 nothing found; 1 a licence that is not allowed, a THIRD_PARTY.md of other packages, or
a vulnerability of moderate severity or worse in what users get.`,
  )
  .exitOverride();

async function audit({ write = false, check = false }: AuditFlags): Promise<number> {
  const lockText = await Deno.readTextFile(join(ROOT, "deno.lock"));
  const digest = await inputsDigest(readLockedTree(lockText).packages.keys());
  if (check) return await isInStep(digest) ? 0 : 1;

  const { auditHere, reportAdvisories, textHere } = await import("./audit/run_audit.ts");
  const found = await auditHere(lockText);
  for (const finding of found.findings) console.error(finding);
  const hasFindings = found.findings.length > 0;
  if (write) {
    await Deno.writeTextFile(TARGET, await textHere(found, digest));
    console.log(`${found.packages.length} packages: THIRD_PARTY.md is written.`);
    return hasFindings ? 1 : 0;
  }
  const bundled = found.packages.filter(({ isBundled }) => isBundled).length;
  console.log(
    `Licences: ${found.packages.length} packages, ${bundled} of them in the programs; ` +
      (hasFindings ? `${found.findings.length} findings.` : "all allowed."),
  );
  const isCurrent = await isInStep(digest);
  const serious = await reportAdvisories(found);
  return hasFindings || !isCurrent || serious > 0 ? 1 : 0;
}

async function isInStep(digest: string): Promise<boolean> {
  const text = await Deno.readTextFile(TARGET).catch(() => "");
  if (text.includes(`Inputs: ${digest} `)) return true;
  console.error(
    "THIRD_PARTY.md is not of the packages in deno.lock. Run: deno task audit --write",
  );
  return false;
}

try {
  await program.action(async () => Deno.exit(await audit(program.opts()))).parseAsync(Deno.args, {
    from: "user",
  });
} catch (error) {
  if (error instanceof CommanderError) Deno.exit(error.exitCode === 0 ? 0 : 2);
  console.error(`audit: ${(error as Error).message}`);
  Deno.exit(3);
}
