import type { HubEnvironment } from "../settings/hub_environment.ts";
import type { Need } from "./require_permissions.ts";

/**
 * What finding and exporting models takes: houqa's cache, and for names that are no folders the
 * Hugging Face cache and the hub.
 * @param names models and adapters as they were given.
 */
export async function modelNeeds(
  names: readonly (string | undefined)[],
  { houqaCache, hubCache, endpoint, offline }: HubEnvironment,
): Promise<Need[]> {
  const needs: Need[] = [
    { name: "read", path: houqaCache },
    { name: "write", path: houqaCache },
  ];
  let isFromHub = false;
  for (const name of names) {
    if (name === undefined) continue;
    const isFolder = await Deno.stat(name).then((at) => at.isDirectory, () => false);
    if (isFolder) needs.push({ name: "read", path: name });
    else if (/^[\w.-]+\/[\w.-]+(@\S+)?$/.test(name)) isFromHub = true;
  }
  if (isFromHub) {
    needs.push({ name: "read", path: hubCache });
    if (!offline) {
      needs.push({ name: "write", path: hubCache }, { name: "net", host: new URL(endpoint).host });
    }
  }
  return needs;
}
