import type { z } from "zod";
import { shorten } from "./list_names.ts";

/**
 * Says where a value breaks its schema: `rope_theta is -1; it must be …`. The schema's messages
 * complete "it must be".
 * @param value what was checked; shown where it is no object or list.
 */
export function describeIssue(error: z.ZodError, value: unknown): string {
  const issue = error.issues[0]!;
  if (issue.path.length === 0) return `it must be ${issue.message}`;
  const name = shorten(jsonPath(issue.path));
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
  const said = found === undefined ? "is missing" : `is ${showValue(found)}`;
  return `${name} ${said}; it must be ${issue.message}`;
}

/** `layer_types[3].name` for a path of keys and indices. */
function jsonPath(path: readonly PropertyKey[]): string {
  return path.map((key, index) =>
    typeof key === "number" ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`
  ).join("");
}

/** A JSON value as it can stand in a message: short, and only named where it is nested. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(shorten(value)) : String(value);
}
