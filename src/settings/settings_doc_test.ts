import assert from "node:assert/strict";
import { SETTING_TABLE, type SettingDefinition } from "./setting_table.ts";

const DOC = new URL("../../docs/設定.md", import.meta.url);
const definitions = Object.entries(SETTING_TABLE) as [string, SettingDefinition][];

/** Settings whose option also has a `--no-` form. */
const NEGATABLE = new Set(["think", "structured", "few_shot", "citations", "use_mmr"]);
/** Options that are no settings. */
const OTHER_OPTIONS = [
  "--no-rag",
  "--overwrite",
  "--dry-run",
  "--quiet",
  "--json",
  "--out",
  "--help",
  "--lora",
  "--dtype",
  "--any-processor",
  "--verify",
  "--older-than",
  "--max-size",
  "--all",
  "--cuda",
];

const optionOf = ({ flags }: SettingDefinition) => flags?.split(" ")[0];
const optionsIn = (text: string) => text.match(/(?<![\w-])--[a-z][a-z0-9-]*/g) ?? [];

/** Cells of the table's rows, by setting name; the row of every setting but no other. */
async function readRows(): Promise<Map<string, string[]>> {
  const rows = new Map<string, string[]>();
  for (const line of (await Deno.readTextFile(DOC)).split("\n")) {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const name = /^`([a-z0-9_]+)`$/.exec(cells[0] ?? "")?.[1];
    if (name === undefined) continue;
    assert.ok(!rows.has(name), `${name} has two rows`);
    rows.set(name, cells);
  }
  return rows;
}

Deno.test("docs/設定.md has one row for every setting and none for others", async () => {
  const rows = await readRows();
  assert.deepEqual([...rows.keys()], definitions.map(([name]) => name));
});

Deno.test("docs/設定.md names each setting's option, variables and default as they are", async () => {
  const rows = await readRows();
  for (const [name, definition] of definitions) {
    const [, option = "", variables = "", fallback = ""] = rows.get(name)!;
    const own = optionOf(definition);
    const expected = own === undefined ? [] : [own];
    if (NEGATABLE.has(name)) expected.push(own!.replace("--", "--no-"));
    assert.deepEqual(optionsIn(option), expected, `option of ${name}`);
    if (own !== undefined) {
      assert.ok(option.includes(`\`${definition.flags}\``), `flags of ${name}`);
    }
    assert.deepEqual(variables.match(/[A-Z][A-Z0-9_]+/g) ?? [], definition.env ?? [], name);
    if (definition.fallback !== undefined) {
      assert.equal(fallback, `\`${definition.fallback}\``, `default of ${name}`);
    }
  }
});

Deno.test("docs/設定.md names no option that does not exist", async () => {
  const known = new Set(OTHER_OPTIONS);
  for (const [name, definition] of definitions) {
    const own = optionOf(definition);
    if (own === undefined) continue;
    known.add(own);
    if (NEGATABLE.has(name)) known.add(own.replace("--", "--no-"));
  }
  const unknown = optionsIn(await Deno.readTextFile(DOC)).filter((option) => !known.has(option));
  assert.deepEqual(unknown, []);
});
