import assert from "node:assert/strict";
import { packageIndexes } from "./package_indexes.ts";

function indexes(
  variables: Record<string, string>,
  files: Record<string, string> = {},
): [string, string][] {
  return packageIndexes({
    variable: (name) => ({ HOME: "/home/u", ...variables })[name],
    readText: (path) => files[path],
  }).map(({ text, origin }) => [text, origin]);
}

const CONFIGURATION = `# ours
[global]
index-url = https://user:pass@mirror.example.org/simple
timeout = 60
extra_index_url =
    https://a.example.org/simple
    https://b.example.org/simple
[list]
index-url = https://wrong.example.org/simple
`;

Deno.test("pypi.org where nothing is set", () => {
  assert.deepEqual(indexes({}), [["https://pypi.org/simple", "default"]]);
});

Deno.test("variables win over pip's files", () => {
  const files = { "/etc/pip.conf": CONFIGURATION };
  assert.deepEqual(
    indexes(
      { PIP_INDEX_URL: "https://x/simple", PIP_EXTRA_INDEX_URL: "https://y https://z" },
      files,
    ),
    [
      ["https://x/simple", "PIP_INDEX_URL"],
      ["https://y", "PIP_EXTRA_INDEX_URL"],
      ["https://z", "PIP_EXTRA_INDEX_URL"],
    ],
  );
});

Deno.test("pip's files: the user's before the machine's, values over several lines", () => {
  const expected = [
    ["https://user:pass@mirror.example.org/simple", "/etc/pip.conf"],
    ["https://a.example.org/simple", "/etc/pip.conf"],
    ["https://b.example.org/simple", "/etc/pip.conf"],
  ];
  const machine = { "/etc/pip.conf": CONFIGURATION };
  assert.deepEqual(indexes({}, machine), expected);
  const user = "[install]\nindex-url: https://own.example.org/simple\n";
  assert.deepEqual(indexes({}, { ...machine, "/home/u/.config/pip/pip.conf": user })[0], [
    "https://own.example.org/simple",
    "/home/u/.config/pip/pip.conf",
  ]);
});

Deno.test("PIP_CONFIG_FILE stands for all of pip's files", () => {
  const files = { "/etc/pip.conf": CONFIGURATION, "/my.conf": "[global]\nindex-url=https://m/s\n" };
  assert.deepEqual(indexes({ PIP_CONFIG_FILE: "/my.conf" }, files), [["https://m/s", "/my.conf"]]);
  assert.deepEqual(indexes({ PIP_CONFIG_FILE: "/dev/null" }, files), [
    ["https://pypi.org/simple", "default"],
  ]);
});
