import assert from "node:assert/strict";
import { readShellCommands } from "./shell_commands.ts";

const wordsOf = (text: string) => readShellCommands(text).map(({ words }) => words);

Deno.test("words, quotes, comments and continued lines are read as a shell reads them", () => {
  assert.deepEqual(wordsOf("echo 'a b' \"c d\"e\\ f # not this\n# nor this\nls \\\n  -l"), [
    ["echo", "a b", "c de f"],
    ["ls", "-l"],
  ]);
});

Deno.test("every command of a list and of a pipe is found", () => {
  assert.deepEqual(wordsOf("cd x && ls | head -n 3; pwd || exit 1"), [
    ["cd", "x"],
    ["ls"],
    ["head", "-n", "3"],
    ["pwd"],
    ["exit", "1"],
  ]);
});

Deno.test("redirections, assignments and the background are told apart from words", () => {
  const text = "A=1 setsid nohup deno task x 2 > a.log 2>&1 < /dev/null &\nls >> b";
  assert.deepEqual(readShellCommands(text), [
    {
      words: ["setsid", "nohup", "deno", "task", "x", "2"],
      assignments: ["A=1"],
      redirections: [">a.log", "2>&1", "</dev/null"],
      isBackground: true,
      readsPipe: false,
      line: 1,
    },
    {
      words: ["ls"],
      assignments: [],
      redirections: [">>b"],
      isBackground: false,
      readsPipe: false,
      line: 2,
    },
  ]);
});

Deno.test("what reads a pipe is told apart from what only stands behind", () => {
  const commands = readShellCommands("a | b | c; d || e && f\ng");
  assert.deepEqual(
    commands.filter(({ readsPipe }) => readsPipe).map(({ words }) => words[0]),
    ["b", "c"],
  );
});

Deno.test("what is written to a script counts as commands, with its own lines", () => {
  const text = "cat > results/x.sh <<'EOF'\ncurl x\nEOFS\nEOF\ncat > y.sh <<'END'\nEND\nls";
  assert.deepEqual(
    readShellCommands(text).map(({ words, line }) => [words[0], line]),
    [["cat", 1], ["cat", 5], ["ls", 7], ["curl", 2], ["EOFS", 3]],
  );
});

for (
  const text of [
    "echo $(id)",
    "echo `id`",
    'echo "$(id)"',
    "(ls)",
    "for x in a; do ls; done",
    "a '",
    'echo "a\\"b"',
    "cat > notes.md <<'EOF'\nls\nEOF",
    "cat > .env <<'EOF'\nLORA_PATH=x\nEOF",
    "cat <<'EOF'\nls\nEOF",
    "cat > x.sh y <<'EOF'\nls\nEOF",
    "bash <<'EOF'\nls\nEOF",
    "tee x.sh <<'EOF'\nls\nEOF",
    "cat > x.sh <<EOF\nls\nEOF",
    "cat > x.sh <<'EOF' | bash\nls\nEOF",
    "cat > x.sh <<'EOF'\nls\nEOFS",
  ]
) {
  Deno.test(`refused: ${text}`, () => assert.throws(() => readShellCommands(text)));
}
