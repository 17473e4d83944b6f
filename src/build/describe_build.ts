import { join } from "node:path";
import { HOUQA_VERSION } from "../houqa_version.ts";
import { type BuildForm, buildForm } from "./build_form.ts";
import { BUILD_RECORD } from "./build_record.ts";
import { readGitCommit } from "./read_git_commit.ts";

const FORMS: Readonly<Record<BuildForm, string>> = {
  sources: "sources, run by Deno",
  binary: "one binary (deno compile)",
  "houqa.run": "houqa.run (self-extracting)",
};

/** Version, commit, form and what it was built from: a few lines for people and bug reports. */
export function describeBuild(): string {
  const form = buildForm();
  const commit = BUILD_RECORD === undefined ? commitOfSources() : BUILD_RECORD.commit;
  const lines = [
    `houqa ${HOUQA_VERSION}`,
    `Commit:         ${commit ?? "unknown"}`,
    `Form:           ${FORMS[form]}`,
    `Runs on:        Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${Deno.build.target}`,
  ];
  if (BUILD_RECORD !== undefined) {
    const { bundledBy, lockSha256, packages } = BUILD_RECORD;
    lines.push(
      `Bundled by:     Deno ${bundledBy}`,
      `deno.lock:      sha256 ${lockSha256}`,
      `Packages:       ${Object.entries(packages).map((one) => one.join(" ")).join(", ")}`,
    );
  }
  return lines.join("\n");
}

function commitOfSources(): string | undefined {
  const here = import.meta.dirname;
  return here === undefined ? undefined : readGitCommit(join(here, "..", ".."));
}
