/**
 * For tests: the environment of a process that is killed, or may write little. It must not report
 * its coverage, since half a report spoils all of them.
 */
export function uncovered(): { readonly clearEnv: true; readonly env: Record<string, string> } {
  const { DENO_COVERAGE_DIR: _, ...env } = Deno.env.toObject();
  return { clearEnv: true, env };
}
