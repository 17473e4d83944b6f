import { dirname } from "node:path";
import { linkedFile } from "../eval/linked_file.ts";
import type { Need } from "./require_permissions.ts";

/**
 * What writing a file takes: to look at what stands there, and its folder, since what is written lies
 * beside it until it is whole; where the file is a link, the folder of the file that it names too.
 */
export async function outputNeeds(path: string): Promise<Need[]> {
  const needs: Need[] = [
    { name: "read", path },
    { name: "write", path: dirname(path) },
  ];
  const linked = await linkedFile(path);
  if (linked !== undefined) needs.push({ name: "write", path: dirname(linked) });
  return needs;
}
