import assert from "node:assert/strict";
import { doctorReportSchema } from "../report/doctor_report_schema.ts";
import { runTask } from "./spawn_task.ts";

/** A port that was free a moment ago. */
const CLOSED_PORT = (() => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  listener.close();
  return listener.addr.port;
})();

/** Runs the task in an empty folder, where no Ollama answers. */
async function doctor(
  args: readonly string[],
  env: Record<string, string> = {},
  edit: (words: string[]) => string[] = (words) => words,
) {
  const cwd = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await runTask("doctor", args, {
      cwd,
      env: { HOUQA_CACHE: `${cwd}/cache`, HF_HOME: `${cwd}/hf`, ...env },
      ollamaPort: CLOSED_PORT,
      edit,
    });
    const written = await Array.fromAsync(Deno.readDir(cwd), ({ name }) => name);
    assert.deepEqual(written, []);
    return { code, stdout, stderr };
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("the doctor's own permissions suffice; it writes nothing", async () => {
  const { code, stdout, stderr } = await doctor(["--json"], {
    OLLAMA_HOST: `127.0.0.1:${CLOSED_PORT}`,
  });
  assert.equal(code, 0, stderr);
  const { ok, checks } = doctorReportSchema.parse(JSON.parse(stdout));
  assert.equal(ok, true);
  const state = (id: string) => checks.find((check) => check.id === id)!.state;
  assert.equal(state("permissions"), "ok");
  assert.equal(state("device_cpu"), "ok");
  assert.equal(state("ollama"), "note");
  assert.ok(!stdout.includes("no permission"), stdout);
  // Looking for a GPU also looks for a display, whose library complains where there is none.
  assert.ok(!stderr.includes("XDG_RUNTIME_DIR"), stderr);
});

Deno.test("a server that the settings ask for and that is not there: exit code 1", async () => {
  const env = { OLLAMA_HOST: `127.0.0.1:${CLOSED_PORT}`, LLM_BACKEND: "ollama" };
  const noFfi = (words: string[]) => words.filter((word) => !word.startsWith("--allow-ffi"));
  const { code, stdout } = await doctor([], env, noFfi);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^problem +Ollama +Ollama at http:\/\/127\.0\.0\.1:\d+ could not be reached/m,
  );
  assert.match(stdout, /^note +Device cpu +not looked at/m);
});

Deno.test("without any permission it still reports, and says what it lacks", async () => {
  const none = (words: string[]) => words.filter((word) => !word.startsWith("--allow-"));
  const { code, stdout, stderr } = await doctor([], {}, none);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^note +Permissions +not given: --allow-read, --allow-ffi/m);
  assert.match(stdout, /-> Run with --allow-ffi, to read \/proc/);
  assert.ok(!/\n\s+at /.test(stdout + stderr), stdout + stderr);
});
