import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { compilePythonPattern } from "./python_pattern.ts";

const Q = "model.layers.10.self_attn.q_proj";

function compile(pattern: string, stepsLeft = 1_000_000) {
  return compilePythonPattern(pattern, "c.json: field", { stepsLeft });
}

// What Python's re.fullmatch says of each.
const CASES: [pattern: string, name: string, matches: boolean][] = [
  ["", "", true],
  ["", "a", false],
  ["q_proj", Q, false],
  [".*q_proj", Q, true],
  [".*\\.(q|v)_proj", Q, true],
  [".*\\.(k|v)_proj", Q, false],
  ["model.layers.10.self_attn.q_proj", Q, true],
  ["model\\.layers\\.\\d+\\.self_attn\\.[qv]_proj", Q, true],
  ["model\\.layers\\.\\d\\.self_attn\\.[qv]_proj", Q, false],
  ["model\\.layers\\.\\d{2}\\..+", Q, true],
  ["model\\.layers\\.\\d{3,}\\..+", Q, false],
  ["model\\.layers\\.[\\d]{1,}\\..+?", Q, true],
  ["model\\.layers\\.\\d{,2}\\..+", Q, true],
  ["model\\.layers\\.(?:[0-9]|1[0-5])\\..+", Q, true],
  ["model\\.layers\\.(?:[0-9]|1[1-5])\\..+", Q, false],
  ["^model.*proj$", Q, true],
  [".*^model.*", Q, true],
  ["m.*^model.*", Q, false],
  ["\\Amodel.*proj\\Z", Q, true],
  ["(?!.*mlp).*", Q, true],
  ["(?!.*attn).*", Q, false],
  ["(?=.*attn)model.*", Q, true],
  ["(?=.*mlp)model.*", Q, false],
  ["(?P<block>.*)\\.q_proj", Q, true],
  [".*\\bself_attn\\b.*", Q, true],
  [".*\\battn\\b.*", Q, false],
  [".*\\Battn\\b.*", Q, true],
  ["[^m].*", Q, false],
  ["[]a]+", "]a]", true],
  ["[a-c-]+", "a-b", true],
  ["[a-]+", "a-a", true],
  ["[\\w.]+", Q, true],
  ["\\W+", "..", true],
  ["\\D+", Q, false],
  ["a{}", "a{}", true],
  ["a{x}", "a{x}", true],
  ["a{0}b", "b", true],
  ["a{2,3}", "aaaa", false],
  ["(a|ab)(c|bcd)", "abcd", true],
  ["(a*)*b", "aaab", true],
  ["\\x61\\u0062", "ab", true],
  ["a|", "", true],
  ["a(?=.).*", "a", false],
  ["\\s+", " \t\n", true],
  ["\\s", "a", false],
  ["\\S", "!", true],
  ["\\d+", "0189", true],
  ["\\d+", ":", false],
  ["\\w+", "azAZ09_", true],
  ["\\w", "-", false],
  ["[a-c]", "c", true],
  ["[a-c]", "d", false],
  ["[c-c]", "c", true],
  ["\\bab\\b", "ab", true],
  [".*a\\b.*", "ab", false],
];

Deno.test("a pattern matches a whole name exactly where Python's does", () => {
  for (const [pattern, name, matches] of CASES) {
    assert.equal(compile(pattern).matches(name), matches, `${pattern} on ${name}`);
  }
});

Deno.test("what is no pattern, or not understood, is refused by name", () => {
  const cases: [string, RegExp][] = [
    ["(", /not a regular expression: a missing \)/],
    ["a)", /a \) too many/],
    ["[a", /a missing \]/],
    ["*a", /nothing to repeat/],
    ["^*", /nothing to repeat/],
    ["a**", /quantifier after a quantifier/],
    ["a{3,2}", /greatest count/],
    ["[b-a]", /bad range/],
    ["[\\d-a]", /bad range/],
    ["a\\", /a \\ at its end/],
    ["(a)\\1", /uses \\1, which is not supported/],
    ["(?<=a)b", /uses \(\?<=/],
    ["(?i)a", /uses \(\?i\)/],
    ["(?P=x)", /uses \(\?P=/],
    ["a*+", /possessive/],
    ["\\q", /uses \\q/],
    ["\\x6", /uses \\x/],
    ["\\x6g", /uses \\x/],
    ["\\xg6", /uses \\x/],
    ["[a-", /a missing \]/],
    ["[a-b", /a missing \]/],
    ["a{9999}{2}", /quantifier after/],
    ["(a{999}){999}", /too large/],
    ["((){99999}){99999}", /too large/],
    ["a{999999999999}", /too large/],
    ["(".repeat(60) + ")".repeat(60), /nested too deeply/],
    ["a".repeat(10_001), /too many/],
  ];
  for (const [pattern, message] of cases) {
    assert.throws(() => compile(pattern), (error: Error) => {
      assert.ok(error instanceof UsageError, `${pattern}: ${error.stack}`);
      assert.match(error.message, /^c\.json: field: /);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("patterns that make a backtracking matcher hang are done at once", () => {
  const name = "a".repeat(60) + "!";
  for (const pattern of ["(a+)+", "(a|a)*", "(a*)*", "(.*.*)*b", "(a|aa)+", "(?!(a+)+b)(a+)+"]) {
    const started = performance.now();
    assert.equal(compile(pattern).matches(name), false, pattern);
    assert.ok(performance.now() - started < 500, pattern);
  }
});

Deno.test("a used-up budget is an error, not an answer", () => {
  const pattern = compile("(.*a)*(.*b)*", 2000);
  assert.throws(() => pattern.matches(Q.repeat(20)), /c\.json: field: .*too long to match/);
});
