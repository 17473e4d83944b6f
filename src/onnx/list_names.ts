/** "a, b, c and 12 more": the first few of many names, for messages. */
export function listNames(names: Iterable<string>, most = 4): string {
  const all = [...names];
  const shown = all.slice(0, most).map(shorten).join(", ");
  return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}

/** A name as it can stand in a message: at most 120 characters, no line breaks. */
export function shorten(name: string): string {
  // deno-lint-ignore no-control-regex
  const oneLine = name.replace(/[\u0000-\u001f\u007f]/g, "?");
  return oneLine.length > 120 ? `${oneLine.slice(0, 117)}...` : oneLine;
}
