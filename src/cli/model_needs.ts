import { defaultAddress } from "../settings/public_addresses.ts";
import type { HubEnvironment } from "../settings/hub_environment.ts";
import { TELEMETRY_VARIABLE } from "../settings/refuse_telemetry.ts";
import { nativeNeeds } from "./native_needs.ts";
import type { Need } from "./require_permissions.ts";

/**
 * What finding, exporting and running models takes: houqa's cache, the variable that keeps the
 * native library quiet, and for names that are no folders the Hugging Face cache and the hub.
 * @param names models and adapters as they were given.
 */
export async function modelNeeds(
  names: readonly (string | undefined)[],
  environment: HubEnvironment,
): Promise<Need[]> {
  const { houqaCache, endpoint, offline } = environment;
  const needs: Need[] = [
    ...await nativeNeeds(houqaCache),
    // Asked before a model is fetched or exported: is there room for it?
    { name: "sys", kind: "statfs" },
    { name: "read", path: houqaCache },
    { name: "write", path: houqaCache },
    { name: "env", variable: TELEMETRY_VARIABLE },
  ];
  let isFromHub = false;
  for (const name of names) {
    if (name === undefined) continue;
    const isFolder = await Deno.stat(name).then((at) => at.isDirectory, () => false);
    if (isFolder) needs.push({ name: "read", path: name });
    else if (/^[\w.-]+\/[\w.-]+(@\S+)?$/.test(name)) isFromHub = true;
  }
  if (isFromHub) {
    const { hubCache } = environment;
    needs.push({ name: "read", path: hubCache });
    if (!offline) {
      needs.push({ name: "write", path: hubCache }, { name: "net", host: new URL(endpoint).host });
      // The hub sends whoever fetches a large file on to its stores.
      if (endpoint === defaultAddress("hub")) needs.push({ name: "net", host: "*.hf.co" });
    }
  }
  return needs;
}
