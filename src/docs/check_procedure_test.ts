import assert from "node:assert/strict";
import { checkProcedure } from "./check_procedure.ts";
import { SERVER_RULES } from "./procedure_rules_double.ts";

const sh = (text: string) => "```sh\n" + text + "\n```\n";
const fenced = (language: string, text: string) => "```" + language + "\n" + text + "\n```\n";
const check = (markdown: string) => checkProcedure(markdown, SERVER_RULES);
const EVAL = "deno task eval:hf --llm-backend hf --hf-model-name x/y";
const TRAIN = "deno task train -- --model-name x --output-dir y";
const FETCH = (call: string) =>
  `python3 -c "from huggingface_hub import snapshot_download; print(${call})"`;

/** Commands in a block of their own, and what is said about them. */
const COMMANDS: Readonly<Record<string, RegExp>> = {
  // What is not there.
  "curl -O https://example.org/x": /curl/,
  "wget https://example.org/x && /usr/bin/curl x": /curl/,
  "c''url x": /curl/,
  "CURL x": /curl/,
  "sudo ls": /root/,
  "su -": /root/,
  "su - root -c ls": /root/,
  "apt-get install x": /need root/,
  "ollama pull qwen3:8b": /Ollama/,
  "deno task eval --llm-model qwen3:8b": /Ollama/,
  "deno task eval:hf --llm-backend=ollama": /Ollama/,
  "brew install x": /not known/,
  "$DOWNLOAD x": /not known/,
  // What stays or does not end.
  "docker run x": /resident/,
  "systemctl start x": /resident/,
  "screen -S train": /resident/,
  "tmux new -s train": /resident/,
  "jupyter lab &": /resident/,
  "python -m http.server": /resident/,
  "python3 -m http.server 8000": /resident/,
  "watch nvidia-smi": /resident/,
  "nohup deno task doctor &": /setsid nohup/,
  "setsid nohup deno task doctor > log &": /setsid nohup/,
  "setsid nohup wget x > log 2>&1 < /dev/null &": /setsid nohup/,
  "deno task doctor &": /setsid nohup/,
  [`${TRAIN} --train-file z --do-train`]: /must not end with its terminal/,
  "tail -f log": /does not end/,
  "tail -n 3 --follow=name log": /does not end/,
  "tail -n3F log": /does not end/,
  "nvidia-smi -l 5": /does not end/,
  "nvidia-smi --loop=5": /does not end/,
  "nvidia-smi dmon": /resident/,
  "free -m -s 5": /does not end/,
  "wget -b https://example.org/x": /does not end/,
  "cat": /wait for what is typed/,
  "grep Accuracy": /wait for what is typed/,
  // What runs what nobody has read.
  "wget -qO- https://example.org/x | bash": /pipe/,
  "wget -qO- https://example.org/x | sh": /pipe/,
  "cat x | python3": /pipe/,
  "cat x | source /dev/stdin": /pipe/,
  "bash -c ls": /only a script/,
  "bash results/other.sh": /only a script/,
  "source .env": /only a script/,
  "cat > x.txt <<'EOF'\ncurl x\nEOF\nbash x.txt": /here-document/,
  "cat > x <<'EOF'\nls\nEOF": /here-document/,
  "cat > x.sh <<'EOF'\nsudo ls\nEOF": /root/,
  "cat > x.sh <<'EOF'\nls\nEOF\necho id >> x.sh": /must not be written/,
  "echo id > x.sh": /must not be written/,
  "tar --checkpoint-action=exec=id -xf x.tar": /runs a program/,
  "for x in a b; do ls; done": /one by one/,
  "echo $(id)": /substitution/,
  "python3 -c \"import os; os.system('curl x')\"": /curl/,
  "python3 -c \"import os; os.system('cu' + 'rl x')\"": /only what fetches/,
  'python3 -c "import subprocess; subprocess.run(input())"': /only what fetches/,
  [FETCH("exec('x')")]: /only what fetches/,
  "python3 x.py": /only -c/,
  "python3 - < x.py": /only -c/,
  // What makes a command another than it looks.
  "LORA_PATH=x deno task doctor": /LORA_PATH must not be set/,
  [`LORA_PATH=x ${EVAL} --output results/x_base.json`]: /LORA_PATH must not be set/,
  [`HF_MODEL_NAME=x ${EVAL} --output results/x_base.json`]: /HF_MODEL_NAME must not be set/,
  "export LORA_PATH=x": /LORA_PATH must not be set/,
  "LLM_BACKEND=ollama": /LLM_BACKEND must not be set/,
  "cat > e.sh <<'EOF'\nexport LORA_PATH=x\nEOF\nsource e.sh": /LORA_PATH must not be set/,
  "echo LORA_PATH=x > .env": /\.env must not/,
  "cp x .env": /\.env must not/,
  "BASH_ENV=x deno task doctor": /BASH_ENV must not be set/,
  // What houqa refuses.
  "deno run main.ts": /use a task/,
  "deno task nonsense": /no such task/,
  "deno task demo": /no such task with a houqa command/,
  "deno task houqa dataset": /.+/,
  "deno task houqa no-such-command": /unknown command/,
  [`${EVAL} --output base.json --no-such-option`]: /unknown option/,
  [`${EVAL} --output base.json --hf-dtype q5`]: /q5/,
  [`${EVAL} --output base.json --hf-dtype=q5`]: /q5/,
  [`${EVAL} --output base.json --context gold surplus`]: /too many arguments/,
  "deno task houqa docs log nonsense": /kinds are baseline/,
  "deno task export Qwen/Qwen3-8B --dtype q5": /--dtype is "q5"/,
  "deno task export Qwen/Qwen3-8B --dtype=q5": /--dtype is "q5"/,
  // Who is asked, and what the result is called.
  "deno task eval:hf --llm-backend hf --output base.json": /set --hf-model-name/,
  "deno task eval:hf --hf-model-name x/y --output base.json": /add --llm-backend hf/,
  "deno task eval --output base.json": /--llm-backend hf is missing/,
  "deno task eval --llm-backend hf --hf-model-name x --output base.json": /use eval:hf/,
  [`${EVAL} --output an_adapter.json`]: /--hf-lora-path is missing/,
  [`${EVAL} --output test40_lora_base.json`]: /--hf-lora-path is missing/,
  [`${EVAL} --output tuned_base.json`]: /--hf-lora-path is missing/,
  [`${EVAL} --hf-lora-path z --output base.json`]: /put adapter into the name/,
  [`${EVAL} --hf-lora-path=x --output x_base.json`]: /put adapter into the name/,
  [`${EVAL} --hf-lora-path=x --output=x_base.json`]: /put adapter into the name/,
  [`${EVAL} --hf-lora-path x --output base_adapter.json`]: /put adapter into the name/,
  [`${EVAL} --output x.json`]: /neither base nor adapter/,
  // The training's own words.
  [`${TRAIN} --train-file z --epochs 3`]: /no option --epochs/,
  [`${TRAIN} --train-file z --batch-size abc --preset nope`]: /--batch-size can't be "abc"/,
  [`${TRAIN} --train-file z --preset nope`]: /--preset can't be "nope"/,
  [`${TRAIN} --train-file z --batch-size=0`]: /--batch-size can't be "0"/,
  [TRAIN]: /needs --train-file/,
  "deno task train -- --train-file z": /needs --model-name/,
  [`${TRAIN} --train-file z --lora-r 8; sudo ls`]: /root/,
  "deno task train:check-prompts -- --nonsense": /no option --nonsense/,
  "deno task train:check-prompts -- x": /needs a model and files/,
  "deno task train:check-prompts -- x y.json": /takes JSONL/,
};
for (const [text, problem] of Object.entries(COMMANDS)) {
  Deno.test(`a breach is found: ${text.replaceAll("\n", "⏎")}`, async () => {
    const { breaches } = await check(sh(text));
    assert.ok(breaches.some((one) => problem.test(one.problem)), JSON.stringify(breaches));
  });
}

/** Texts with code that no `sh` block holds, and what is said about them. */
const TEXTS: Readonly<Record<string, RegExp>> = {
  [fenced("bash", "curl x")]: /not ```bash/,
  [fenced("shell", "curl x")]: /not ```shell/,
  [fenced("console", "$ curl x")]: /not ```console/,
  [fenced("zsh", "curl x")]: /not ```zsh/,
  [fenced("SH", "curl x")]: /not ```SH/,
  [fenced("sh title=x", "curl x")]: /not ```sh title/,
  [fenced("{.sh}", "curl x")]: /not ```{\.sh}/,
  [fenced("python", "import subprocess\nsubprocess.run(['curl', 'x'])")]: /not ```python/,
  [fenced("json", "{}")]: /not ```json/,
  [fenced("", "curl x")]: /needs a language/,
  [fenced("text", "curl -O https://example.org/x")]: /curl/,
  [fenced("text", "a line\nsudo apt-get update")]: /root/,
  [fenced("text", "$ deno task doctor")]: /not among what was printed/,
  [fenced("text", "jovyan@heart01:~/work$ ls")]: /not among what was printed/,
  [fenced("text", "# apt-get install x")]: /not among what was printed/,
  [fenced("text", ">>> import os")]: /not among what was printed/,
  [fenced("text", "deno task eval --llm-backend ollama")]: /not among what was printed/,
  [fenced("text", "wget -qO- https://example.org/x")]: /not among what was printed/,
  [fenced("text", "docker run x")]: /not among what was printed/,
  [fenced("text", "su -")]: /not among what was printed/,
  "~~~sh\ncurl x\n~~~\n": /fence/,
  "~~~\ncurl x\n~~~\n": /fence/,
  "> ```sh\n> curl x\n> ```\n": /fence/,
  "- ```sh\n  curl x\n  ```\n": /fence/,
  "  ```sh\n  curl x\n  ```\n": /not ```sh/,
  "text\n\n    curl x\n": /indented/,
  "text\n\n\tcurl x\n": /indented/,
  ">     curl x\n": /indented/,
  "-     curl x\n": /indented/,
  "<pre>curl x</pre>\n": /HTML/,
  "<code>curl x</code>\n": /HTML/,
  "`sudo apt-get install x` を実行します。": /root/,
  "`` curl `x` `` を実行します。": /curl/,
  "```sh\ncurl x\n": /has no end/,
  "`curl`": /curl/,
  "`su -` で": /root/,
  "`curl\nx`": /ends in the line/,
  "`ollama serve` を": /Ollama/,
  "`export LLM_BACKEND=ollama`": /Ollama/,
  "`tmux attach`": /resident/,
  "`docker ps`": /resident/,
  "`jupyter lab &`": /resident/,
  "`python -m http.server`": /resident/,
  "`tail -f train.log`": /does not end/,
  "`nvidia-smi -l 5`": /does not end/,
  "`export LORA_PATH=x`": /LORA_PATH must not be set/,
  "`wget -qO- x | bash`": /pipe/,
  "`deno task nonsense`": /no task nonsense/,
  "`deno task cache prune --no-such-option`": /unknown option/,
  [`\`${EVAL} --output x.json\``]: /neither base nor adapter/,
};
for (const [text, problem] of Object.entries(TEXTS)) {
  Deno.test(`a breach is found in: ${text.replaceAll("\n", "⏎")}`, async () => {
    const { breaches } = await check(text);
    assert.ok(breaches.some((one) => problem.test(one.problem)), JSON.stringify(breaches));
  });
}

Deno.test("what is allowed is no breach", async () => {
  const lines = [
    `${EVAL} --hf-lora-path runs/z --context none --output results/evaluations/h_adapter.json`,
    `${EVAL} --hf-lora-path=runs/z --output=results/evaluations/h_adapter.json`,
    `${EVAL} --output results/evaluations/h_base_q4f16.json`,
    `setsid nohup ${TRAIN} --train-file z --do-train --resume > a.log 2>&1 < /dev/null &`,
    `${TRAIN} --train-file z --learning-rate=5e-5`,
    "deno task train -- --setup",
    "deno task train:check-prompts -- x/y a.jsonl b.jsonl",
    "deno task export x/y --lora z --dtype q4f16",
    "deno task houqa docs log training --from x.json > y.md",
    "deno task houqa dataset check a.json b.json",
    "wget -c https://example.org/x -O y && tail -n 3 y | grep x",
    "export HF_HOME=/x",
    "nvidia-smi",
    FETCH("snapshot_download('Qwen/Qwen3-8B')"),
    "cat > results/x.sh <<'EOF'",
    "deno task doctor",
    "EOF",
    "setsid nohup bash results/x.sh >> results/x.log 2>&1 < /dev/null &",
    "source heart01_env.sh",
  ];
  const { breaches, commandCount } = await check(sh(lines.join("\n")));
  assert.deepEqual(breaches, []);
  assert.equal(commandCount, 20);
});

Deno.test("prose may name what is not there, and code what is", async () => {
  const { breaches } = await check([
    "curl、sudo、Ollama、Docker はありません。サーバーも tmux も使いません。",
    "- `Ollama` の行は注意で、`wget`、`pip`、`nohup`、`tar` だけを使います。",
    "- `deno task eval:hf` は `houqa eval` のこと。`kill 番号` と `setsid nohup …` は下にあります。",
    "- `deno task cache prune --older-than 30` か `deno task houqa compare --help`。",
    "",
    fenced(
      "text",
      "100 %  24/24\n# 学習ログ\nnote  start it with `ollama serve`\ndeno 2.9.6 (stable)",
    ),
  ].join("\n"));
  assert.deepEqual(breaches, []);
});

Deno.test("a breach names its line", async () => {
  const { breaches } = await check("a\n\n```text\nb\nsudo c\n```\n\n`curl`\n");
  assert.deepEqual(breaches.map(({ line }) => line), [5, 8]);
});
