import assert from "node:assert/strict";
import { join } from "node:path";
import { auditPackages } from "./audit_packages.ts";
import { thirdPartyText } from "./third_party_text.ts";

/** A registry's folder with one package for each kind of statement, and the lock that names them. */
async function withPackages(
  files: Readonly<Record<string, { manifest: object; texts?: Readonly<Record<string, string>> }>>,
  action: (registry: string, lockText: string) => Promise<void>,
): Promise<void> {
  const registry = await Deno.makeTempDir();
  try {
    const npm: Record<string, object> = {};
    for (const [name, { manifest, texts = {} }] of Object.entries(files)) {
      const folder = join(registry, name, "1.0.0");
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify(manifest));
      for (const [path, text] of Object.entries(texts)) {
        await Deno.writeTextFile(join(folder, path), text);
      }
      npm[`${name}@1.0.0`] = { scripts: name === "scripted" };
    }
    const names = Object.keys(files);
    const lock = {
      npm,
      specifiers: Object.fromEntries(names.map((name) => [`npm:${name}@1.0.0`, "1.0.0"])),
      workspace: { dependencies: names.map((name) => `npm:${name}@1.0.0`) },
    };
    await action(registry, JSON.stringify(lock));
  } finally {
    await Deno.remove(registry, { recursive: true });
  }
}

const MIT = "Permission is hereby granted, free of charge, to any person";

Deno.test("licences that are missing, unknown or not allowed are found, each with what to do", () =>
  withPackages({
    stated: { manifest: { license: "MIT" } },
    silent: { manifest: {}, texts: { "LICENSE.md": `Copyright (c) A\n\n${MIT}` } },
    old: { manifest: { licenses: [{ type: "MIT" }, { type: "GPL-2.0" }] } },
    mute: { manifest: {} },
    odd: { manifest: { license: "SEE LICENSE IN LICENSE" }, texts: { LICENSE: "Ask first." } },
    copyleft: { manifest: { license: "GPL-3.0-or-later" } },
    apart: { manifest: { license: "MPL-2.0" } },
    bundled: { manifest: { license: "MPL-2.0" } },
    scripted: { manifest: { license: "ISC" } },
  }, async (registry, lockText) => {
    const { packages, findings } = await auditPackages({
      lockText,
      registry,
      bundled: () => Promise.resolve(new Set(["stated@1.0.0", "bundled@1.0.0"])),
      imported: new Set(["stated", "silent"]),
      judgedScripts: new Set(),
    });
    assert.deepEqual(findings.map((one) => one.split(/[@:]/)[0]), [
      "mute",
      "odd",
      "copyleft",
      "bundled",
      "scripted",
    ]);
    assert.match(findings[0]!, /no licence is stated/);
    assert.match(findings[2]!, /GPL-3.0-or-later is not among those allowed\..*judge_licence/);
    assert.match(findings[3]!, /MPL-2.0 is not among those allowed in the programs/);
    assert.match(findings[4]!, /allowScripts in deno\.json/);
    const silent = packages.find(({ name }) => name === "silent")!;
    assert.equal(silent.licence, "MIT");
    const users = packages.filter(({ isForUsers }) => isForUsers).map(({ name }) => name);
    assert.deepEqual(users, ["bundled", "silent", "stated"]);
  }));

Deno.test("scripts that are denied by name are no finding; a package not at hand is an error", () =>
  withPackages({ scripted: { manifest: { license: "ISC" } } }, async (registry, lockText) => {
    const sources = {
      lockText,
      bundled: () => Promise.resolve(new Set<string>()),
      imported: new Set<string>(),
      judgedScripts: new Set(["scripted"]),
    };
    assert.deepEqual((await auditPackages({ ...sources, registry })).findings, []);
    await assert.rejects(
      auditPackages({ ...sources, registry: join(registry, "elsewhere") }),
      /scripted@1\.0\.0 is not in Deno's cache. Run: deno install/,
    );
  }));

Deno.test("the text names every package once and holds each licence of what is in the programs", () => {
  const common = { version: "1.0.0", licence: "MIT", isForUsers: true };
  const text = thirdPartyText(
    [
      { ...common, name: "x", isBundled: true, texts: ["Copyright X\n```\nsame"] },
      { ...common, name: "y", isBundled: true, texts: ["Copyright X\n```\nsame"] },
      { ...common, name: "z", isBundled: true, author: "Z. Z.", texts: [] },
      { ...common, name: "apart", isBundled: false, texts: ["not shown"] },
    ],
    "0123",
    { MIT },
  );
  assert.match(text, /Inputs: 0123 /);
  assert.match(text, /### x 1\.0\.0, y 1\.0\.0\n\n````text\nCopyright X\n```\nsame\n````/);
  assert.match(
    text,
    new RegExp(`### z 1\\.0\\.0\n\n\`\`\`text\nCopyright \\(c\\) Z\\. Z\\.\n\n${MIT}`),
  );
  assert.ok(text.includes("| [apart](") && !text.includes("not shown"));
  const stranger = { ...common, name: "w", licence: "Zlib", isBundled: true, texts: [] };
  assert.throws(
    () => thirdPartyText([stranger], "0123", { MIT }),
    /w brings no text of its licence/,
  );
});
