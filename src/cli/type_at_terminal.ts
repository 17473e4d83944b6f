/** For tests: types at a command as a person does at a terminal. */
import assert from "node:assert/strict";
import { type SpawnOptions, taskArguments } from "./spawn_task.ts";

/** Types into a pseudo-terminal, each text once the one it waits for has come, and gives its output. */
const TYPIST = `
import json, os, pty, select, sys, time
command, steps = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
deadline = time.time() + 60
def read(until=None):
    global seen
    start = len(seen)
    while time.time() < deadline:
        if until is not None and until.encode() in seen[start:]: return
        if select.select([fd], [], [], 0.1)[0]:
            try: data = os.read(fd, 65536)
            except OSError: return
            if not data: return
            seen += data
for until, text in steps:
    read(until)
    os.write(fd, text.encode())
read()
print(json.dumps([seen.decode(errors="replace"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])]))
`;

/** Whether there is a Python to make the pseudo-terminal with. */
export const canType = await new Deno.Command("python3", { args: ["-c", "import pty"] }).output()
  .then(({ success }) => success, () => false);

/**
 * Runs a command of houqa at a pseudo-terminal.
 * @param steps what to wait for, and what to type then.
 * @returns everything on the screen, and the exit code.
 */
export async function typeAtTerminal(
  args: readonly string[],
  options: SpawnOptions,
  steps: readonly (readonly [string, string])[],
): Promise<{ screen: string; code: number }> {
  const command = [Deno.execPath(), ...taskArguments("houqa", args, options)];
  const { stdout, stderr } = await new Deno.Command("python3", {
    args: ["-c", TYPIST, JSON.stringify([command, steps])],
    cwd: options.cwd,
    env: options.env,
  }).output();
  assert.notEqual(stdout.length, 0, new TextDecoder().decode(stderr));
  const [screen, code] = JSON.parse(new TextDecoder().decode(stdout));
  return { screen, code };
}
