import assert from "node:assert/strict";
import { UsageError } from "../../settings/usage_error.ts";
import { parseRemoteAddress } from "./remote_address.ts";
import { remoteCredentials } from "./remote_credentials.ts";

Deno.test("an address names product, server and index; HTTPS unless it is this machine", () => {
  const cases: [string, string, string][] = [
    ["opensearch+https://search.example/laws", "https://search.example:9200", "laws"],
    ["opensearch://search.example:443/laws", "https://search.example:443", "laws"],
    ["opensearch://localhost/laws", "http://localhost:9200", "laws"],
    ["opensearch+https://127.0.0.1/laws", "https://127.0.0.1:9200", "laws"],
    ["qdrant://[::1]/laws_v2", "http://[::1]:6333", "laws_v2"],
    ["QDRANT+HTTP://Host:80/a/b/laws/", "http://host:80/a/b", "laws"],
  ];
  for (const [text, baseUrl, name] of cases) {
    const address = parseRemoteAddress(text)!;
    assert.deepEqual([address.baseUrl, address.name], [baseUrl, name], text);
    assert.equal(`//${address.netPermission}`, baseUrl.match(/\/\/[^/]+/)![0]);
  }
  assert.equal(parseRemoteAddress("data/egov_laws"), undefined);
  assert.equal(parseRemoteAddress("https://search.example/laws"), undefined);
});

Deno.test("an address that can't be used is refused, and a password in it is not shown", () => {
  for (
    const [text, reason] of [
      ["opensearch+ftp://h/laws", /unknown transport "\+ftp"/],
      ["opensearch://h", /names no index/],
      ["opensearch://h/Laws", /lower-case/],
      ["opensearch://h/_all", /lower-case/],
      ["opensearch://h:99999/laws", /readable host and port/],
      ["opensearch://h/laws?x=1", /a query/],
      ["qdrant:///laws", /readable host/],
    ] as const
  ) assert.throws(() => parseRemoteAddress(text), { name: "UsageError", message: reason });
  assert.throws(
    () => parseRemoteAddress("opensearch+https://admin:geheim@h/laws"),
    (error) =>
      error instanceof UsageError && !error.message.includes("geheim") &&
      /HOUQA_OPENSEARCH_PASSWORD/.test(error.message),
  );
});

Deno.test("credentials come from the environment, then .env", () => {
  const from = (
    product: "opensearch" | "qdrant",
    variables: Record<string, string>,
    dotenv: Record<string, string> = {},
  ) => remoteCredentials(product, { readVariable: (name) => variables[name], dotenv })();
  assert.deepEqual(from("opensearch", {}), {});
  assert.deepEqual(
    from("opensearch", { HOUQA_OPENSEARCH_USER: "admin" }, { HOUQA_OPENSEARCH_PASSWORD: "パス" }),
    { authorization: "Basic YWRtaW4644OR44K5" },
  );
  assert.deepEqual(from("opensearch", { HOUQA_OPENSEARCH_TOKEN: "abc" }), {
    authorization: "Bearer abc",
  });
  assert.deepEqual(from("qdrant", {}, { HOUQA_QDRANT_API_KEY: " k " }), { "api-key": "k" });
  assert.throws(() => from("opensearch", { HOUQA_OPENSEARCH_USER: "a" }), /PASSWORD is not set/);
  assert.throws(
    () => from("qdrant", { HOUQA_QDRANT_API_KEY: "geheim\nx" }),
    (error: Error) => error instanceof UsageError && !error.message.includes("geheim"),
  );
});
