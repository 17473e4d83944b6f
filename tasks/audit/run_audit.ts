import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { publicAddress } from "../../src/settings/public_addresses.ts";
import { ROOT } from "../compile/make_bundle.ts";
import { registryFolder } from "../compile/registry_folder.ts";
import { auditPackages, type PackageAudit } from "./audit_packages.ts";
import { bundledPackages } from "./bundled_packages.ts";
import { type Advisory, fetchAdvisories, isSerious } from "./fetch_advisories.ts";
import { importedNames } from "./imported_names.ts";
import { thirdPartyText } from "./third_party_text.ts";

const TEXTS = ["MIT", "ISC"];

/** Reads the licences of everything that `deno.lock` names. */
export async function auditHere(lockText: string): Promise<PackageAudit> {
  const { allow, deny }: { allow: string[]; deny: string[] } = denoJson.allowScripts;
  return await auditPackages({
    lockText,
    registry: registryFolder(),
    bundled: bundledPackages,
    imported: await importedNames(join(ROOT, "src")),
    judgedScripts: new Set([...allow, ...deny].map((one) => one.replace(/^npm:/, ""))),
  });
}

/** The text of THIRD_PARTY.md for what an audit read. */
export async function textHere({ packages }: PackageAudit, digest: string): Promise<string> {
  const standard = await Promise.all(
    TEXTS.map(async (name) =>
      [name, await Deno.readTextFile(new URL(`texts/${name}.txt`, import.meta.url))] as const
    ),
  );
  return thirdPartyText(packages, digest, Object.fromEntries(standard));
}

/** Asks for known vulnerabilities and prints them; gives the number of those that count. */
export async function reportAdvisories({ packages }: PackageAudit): Promise<number> {
  const answer = await fetchAdvisories(packages, publicAddress("npm"));
  if ("unknown" in answer) {
    console.error(
      `Vulnerabilities: NOT CHECKED, ${answer.unknown}. Run this where the npm registry answers, or ` +
        "name another with NPM_CONFIG_REGISTRY.",
    );
    return 0;
  }
  const isForUsers = ({ name, version }: Advisory) =>
    packages.some((one) => one.name === name && one.version === version && one.isForUsers);
  const describe = ({ name, version, severity, title, url }: Advisory) =>
    `  ${severity}: ${name} ${version}: ${title} (${url})`;
  const [ours, tools] = [
    answer.advisories.filter(isForUsers),
    answer.advisories.filter(
      (one) => !isForUsers(one),
    ),
  ];
  console.log(`Vulnerabilities known to the npm registry: ${ours.length} in what users get.`);
  for (const one of ours) console.log(describe(one));
  if (tools.length > 0) console.log("In packages for tests and checks, which count for nothing:");
  for (const one of tools) console.log(describe(one));
  console.log("Deno and ONNX Runtime's native parts are not in that list.");
  return ours.filter(isSerious).length;
}
