/** For tests: the forms that are handed over, each without one entry of its lists. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  commandTasks,
  PERMISSION_KINDS,
  type Permissions,
  unitePermissions,
} from "../../src/build/task_permissions.ts";
import type { Ended } from "../../src/cli/spawn_task.ts";
import { libcPath } from "../../src/device/open_libc.ts";
import { compileBinary } from "./compile_binary.ts";
import { type BuiltForms, type CalledForm, callProgram } from "./compiled_forms_double.ts";
import { readDenoProgram } from "./deno_program.ts";

/** What is tried on. */
export interface TriedForms {
  readonly built: BuiltForms;
  readonly script: CalledForm;
  readonly binary: CalledForm;
  /** The Deno of denort's version. */
  readonly deno: string;
  readonly denort: string;
}

const DEMO = [
  "--data",
  "demo/questions.json",
  "--context",
  "gold",
  "--samples",
  "1",
  "--overwrite",
];
const OUTPUT = ["--output", "results/refused.json", "--quiet"];
const OLLAMA_WORDS = ["eval", ...DEMO, ...OUTPUT];
const HF_WORDS = [...OLLAMA_WORDS, "--llm-backend", "hf", "--hf-model-name", "demo/model"];
const HUB_WORDS = [...OLLAMA_WORDS, "--llm-backend", "hf", "--hf-model-name", "houqa/none"];

/** Each form without each entry that its `eval` shows, and one of each kind of the binary's. */
export async function eachFormRefuses(forms: TriedForms): Promise<void> {
  await scriptRefuses(forms);
  await binaryRefuses(forms);
}

function assertRefused({ code, stdout, stderr }: Ended, kind: string, what: string): void {
  assert.ok(code === 2 || code === 3, `${what}: ended with ${code}: ${stderr}`);
  assert.ok(stderr.includes(`--allow-${kind}`), `${what}: ${stderr}`);
  assert.match(stderr, /^houqa: /m, what);
  assert.ok(!/\n\s+at /.test(stdout + stderr), `${what}: ${stderr}`);
}

/** Variables that `eval` with an option for the backend and the model does not look at. */
const UNREAD = new Set([
  ...["LLM_BACKEND", "LLM_PROVIDER", "HF_MODEL_NAME", "USERPROFILE", "HF_TOKEN"],
  ...["XDG_RUNTIME_DIR", "HOUQA_DEBUG", "CLICOLOR_FORCE", "TERM"],
]);

/** The script's own text: its archive is not looked at once it is unpacked. */
async function scriptRefuses({ built, script: { folder, run } }: TriedForms): Promise<void> {
  assert.equal((await run(["--version"])).code, 0);
  const whole = await Deno.readFile(built.script);
  const end = "# The archive follows.\n";
  const head = new TextDecoder().decode(whole.subarray(0, 100_000));
  const text = head.slice(0, head.indexOf(end) + end.length);
  const [branch = ""] = /^ {2}eval\)\n[\s\S]*?;;\n/m.exec(text) ?? [];
  const home = [...Deno.readDirSync(join(dirname(built.out), "unpacked"))];
  assert.equal(home.length, 1);
  const path = join(folder, "edited.run");
  const edited = await callProgram("houqa.run", path, folder, {
    HOUQA_HOME: join(dirname(built.out), "unpacked"),
    PATH: "/usr/bin:/bin",
  });
  let tried = 0;
  for (const [line, kind = "", quoted, all] of branch.matchAll(/allow_(\w+)=(?:"(.*)"|(all))/g)) {
    for (const entry of all === undefined ? quoted!.split(",") : [all]) {
      const isOtherLibrary = /\.so\.\d$/.test(entry) && entry !== libcPath();
      // CUDA's folder is asked for where it is; uid is a neighbour graph's.
      if (UNREAD.has(entry) || isOtherLibrary || entry === "$cuda_runtime" || entry === "uid") {
        continue;
      }
      const rest = all === undefined ? quoted!.split(",").filter((one) => one !== entry) : [];
      const without = line.replace(/=.*/, `="${rest.join(",")}"`);
      await Deno.writeTextFile(path, text.replace(branch, branch.replace(line, () => without)), {
        mode: 0o755,
      });
      const isOllama = /:11434$/.test(entry);
      const isHub = /hf\.co|huggingface\.co|\$hub_cache|^HF_H(OME|UB_CACHE)$/.test(entry);
      const words = isOllama ? OLLAMA_WORDS : isHub ? HUB_WORDS : HF_WORDS;
      // Asked for by OLLAMA_HOST alone, which the script passes on by itself.
      if (entry === "localhost:11434") continue;
      assertRefused(await edited.run(words), kind, `houqa.run without ${kind} ${entry}`);
      tried++;
    }
  }
  assert.ok(tried > 40, String(tried));
}

/** One entry of each kind: every one takes a compilation. */
async function binaryRefuses({ built, binary, deno, denort }: TriedForms): Promise<void> {
  const program = await readDenoProgram(deno);
  const permissions = unitePermissions(commandTasks().map((task) => task.permissions));
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    read: ["", HF_WORDS],
    write: ["", HF_WORDS],
    ffi: ["", HF_WORDS],
    net: ["127.0.0.1:11434", OLLAMA_WORDS],
    env: ["LLM_MODEL", OLLAMA_WORDS],
    sys: ["statfs", HF_WORDS],
  };
  for (const kind of PERMISSION_KINDS) {
    const [entry, words] = cases[kind]!;
    const list = permissions.allowed[kind];
    const rest = Array.isArray(list) && entry !== ""
      ? list.filter((one) => one !== entry)
      : undefined;
    const allowed: Permissions["allowed"] = { ...permissions.allowed, [kind]: rest };
    const out = join(binary.folder, `without ${kind}`);
    await Deno.mkdir(out);
    await Deno.symlink(join(built.out, "runtime"), join(out, "runtime"));
    const path = await compileBinary({
      bundle: join(built.out, "bundle"),
      deno: program,
      denort,
      target: program.target,
      out,
      permissions: { ...permissions, allowed },
    });
    const lacking = await callProgram("binary", path, binary.folder);
    assertRefused(await lacking.run(words), kind, `binary without ${kind} ${entry}`);
    await Deno.remove(out, { recursive: true });
  }
}
