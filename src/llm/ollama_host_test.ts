import assert from "node:assert/strict";
import { UsageError } from "../settings/usage_error.ts";
import { parseOllamaHost } from "./ollama_host.ts";

const READ: readonly [string, string][] = [
  ["", "http://127.0.0.1:11434"],
  ["  ", "http://127.0.0.1:11434"],
  ["localhost", "http://localhost:11434"],
  ["LocalHost:1234", "http://localhost:1234"],
  ['"localhost:1234"', "http://localhost:1234"],
  [":11434", "http://127.0.0.1:11434"],
  [":80", "http://127.0.0.1:80"],
  ["host:80", "http://host:80"],
  ["0.0.0.0", "http://127.0.0.1:11434"],
  ["0.0.0.0:8080", "http://127.0.0.1:8080"],
  ["[::]:8080", "http://[::1]:8080"],
  ["::1", "http://[::1]:11434"],
  ["[::1]", "http://[::1]:11434"],
  ["[::1]:1", "http://[::1]:1"],
  ["http://gpu.example", "http://gpu.example:80"],
  ["https://gpu.example", "https://gpu.example:443"],
  ["HTTPS://gpu.example:8443/", "https://gpu.example:8443"],
  ["https://gpu.example/ollama/", "https://gpu.example:443/ollama"],
  ["gpu.example/ollama", "http://gpu.example:11434/ollama"],
  ["ollama.com", "https://ollama.com:443"],
];

for (const [text, baseUrl] of READ) {
  Deno.test(`OLLAMA_HOST "${text}" means ${baseUrl}`, () => {
    const host = parseOllamaHost(text);
    assert.equal(host.baseUrl, baseUrl);
    assert.equal(host.display, baseUrl);
    assert.deepEqual(host.headers, {});
  });
}

Deno.test("user name and password go into a header and are never shown", () => {
  const host = parseOllamaHost("https://user:p%40ss:%E6%B3%95@gpu.example/x");
  assert.equal(host.baseUrl, "https://gpu.example:443/x");
  assert.equal(host.display, "https://***@gpu.example:443/x");
  assert.equal(host.netPermission, "gpu.example:443");
  const sent = Uint8Array.from(
    atob((host.headers.Authorization ?? "").replace("Basic ", "")),
    (char) => char.charCodeAt(0),
  );
  assert.equal(new TextDecoder().decode(sent), "user:p@ss:法");
});

Deno.test("a user without a password, and a percent sign that is none", () => {
  assert.equal(parseOllamaHost("me@h:1").headers.Authorization, `Basic ${btoa("me:")}`);
  assert.equal(parseOllamaHost("me:%ff@h:1").headers.Authorization, `Basic ${btoa("me:%ff")}`);
});

Deno.test("only this machine is loopback", () => {
  for (const [text, loopback] of [["", true], ["::1", true], ["127.8.0.1", true], ["h", false]]) {
    assert.equal(parseOllamaHost(String(text)).loopback, loopback);
  }
});

const REFUSED: readonly [string, RegExp][] = [
  ["ftp://host", /unknown scheme "ftp"/],
  ["host:0", /port "0"/],
  ["host:65536", /port "65536"/],
  ["host:abc", /port "abc"/],
  ["host:", /port ""/],
  ["ho st", /space/],
  ["host?x=1", /query/],
  ["host]:1", /no readable host/],
  ["a%zz:1", /no valid host name/],
  ["http://[::1", /no readable host|no valid host name/],
];

for (const [text, reason] of REFUSED) {
  Deno.test(`OLLAMA_HOST "${text}" is refused`, () => {
    assert.throws(() => parseOllamaHost(text), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, reason);
      assert.match(error.message, /Allowed are host/);
      assert.ok(error.message.includes(text));
      return true;
    });
  });
}

Deno.test("a refused address does not show its password", () => {
  assert.throws(
    () => parseOllamaHost("http://user:secret@host:99999"),
    (error: Error) => !error.message.includes("secret") && error.message.includes("***@host:99999"),
  );
});

Deno.test("neither does one whose password was not encoded", () => {
  assert.throws(
    () => parseOllamaHost("https://user:sec/ret@host:1"),
    (error: Error) => !/sec|ret@/.test(error.message) && error.message.includes("%2F"),
  );
});
