/**
 * Runs a program to its end.
 * @returns what it wrote to standard output.
 * @throws {Error} with what it wrote to standard error when it fails.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  const words = decoder.decode(stderr).trim() || decoder.decode(stdout).trim();
  throw new Error(`${program} ${args[0] ?? ""} ended with ${code}:\n${words}`);
}
