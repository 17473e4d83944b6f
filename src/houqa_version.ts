/** houqa's own version; the same as in deno.json, which a test checks. */
export const HOUQA_VERSION = "0.1.0";
