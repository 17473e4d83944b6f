import assert from "node:assert/strict";

/** Catches signals and goes on for ever, as a run whose good order takes long. */
const SCRIPT = `
import { listenForSignals } from ${JSON.stringify(import.meta.resolve("./listen_for_signals.ts"))};
const { signal, exitOf } = listenForSignals(() => console.log("caught"));
const tell = (error) => {
  try {
    console.log("ends with", exitOf(error));
  } catch (thrown) {
    console.log("throws", thrown.message);
  }
};
tell(new DOMException("too early", "AbortError"));
signal.addEventListener("abort", () => {
  tell(new Error("another"));
  tell(signal.reason);
  console.log("aborted");
});
console.log("ready");
setInterval(() => {}, 1000);
`;

Deno.test({
  name: "the first signal asks for good order, the second ends the process at once",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const path = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(path, SCRIPT);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--no-config", path],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (word: string) => {
      while (!text.includes(word)) {
        const { value, done } = await lines.read();
        assert.ok(!done, `ended before "${word}": ${text}`);
        text += value;
      }
    };
    await until("ready");
    child.kill("SIGINT");
    await until("aborted");
    assert.equal(
      text,
      "throws too early\nready\ncaught\nthrows another\nends with 130\naborted\n",
    );
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await lines.cancel();
    await Deno.remove(path);
  },
});
