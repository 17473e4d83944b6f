import denoJson from "../../deno.json" with { type: "json" };

/** The version that deno.json pins a package to. */
export function pinnedVersion(name: keyof typeof denoJson.imports): string {
  const found = /^npm:\/?@?[^@]+@([^/]+)/.exec(denoJson.imports[name])?.[1];
  if (found === undefined) throw new Error(`deno.json pins no version of ${name}.`);
  return found;
}
