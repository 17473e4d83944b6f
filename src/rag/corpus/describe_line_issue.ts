import type { z } from "zod";

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list of texts",
  boolean: "true or false",
  int: "a whole number from 0",
  number: "a whole number from 0",
};

/** What is wrong with a line of `egov_laws.jsonl`, in plain words, by what its check says of it. */
export function describeLineIssue(issue: z.core.$ZodIssue): string {
  const [key, place] = issue.path;
  if (key === undefined) return "it is not a JSON object";
  const name = place === undefined ? String(key) : `${String(key)}, entry ${Number(place) + 1},`;
  switch (issue.code) {
    case "invalid_type":
      if (name === "text") return "text is missing or is not text";
      return `${name} must be ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `${name} must be one of ${issue.values.join(", ")}`;
    case "invalid_union":
      return `${name} must be text or a number`;
    case "too_small":
      return issue.origin === "string" ? `${name} is empty` : `${name} must be ${KINDS.int}`;
    default:
      return `${name} is not as it should be (${issue.message})`;
  }
}
