/**
 * A word that a POSIX shell reads as it is, for commands that people copy: in single quotes where it
 * holds anything but letters and digits of any script and signs that mean nothing to a shell.
 */
export function quoteForShell(word: string): string {
  return /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
