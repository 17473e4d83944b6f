import assert from "node:assert/strict";
import { egovEnvironment } from "./egov_environment.ts";

const read = (
  variables: Record<string, string>,
  dotenv: Record<string, string | undefined> = {},
) => egovEnvironment({ readVariable: (name) => variables[name], dotenv });

Deno.test("laws come from e-Gov unless a variable says otherwise", () => {
  assert.deepEqual(read({ HOUQA_EGOV_API_URL: "" }), {
    apiUrl: "https://laws.e-gov.go.jp/api/2",
    bulkUrl: "https://laws.e-gov.go.jp/bulkdownload?file_section=1&only_xml_flag=true",
  });
  assert.deepEqual(
    read({ HOUQA_EGOV_API_URL: "http://127.0.0.1:1/api//" }, {
      HOUQA_EGOV_API_URL: "http://other",
      HOUQA_EGOV_BULK_URL: " https://mirror.example/all.zip ",
    }),
    { apiUrl: "http://127.0.0.1:1/api", bulkUrl: "https://mirror.example/all.zip" },
  );
});

Deno.test("what is no address is refused, without showing a password", () => {
  for (const value of ["laws.e-gov.go.jp", "file:///laws.zip", "ftp://a/b"]) {
    assert.throws(
      () => read({ HOUQA_EGOV_BULK_URL: value }),
      /HOUQA_EGOV_BULK_URL is ".+", which is no http or https address\. Leave it out for https:/,
    );
  }
  assert.throws(() => read({ HOUQA_EGOV_API_URL: "ftp://me:secret@host/" }), (error: Error) => {
    assert.match(error.message, /HOUQA_EGOV_API_URL/);
    return !error.message.includes("secret");
  });
});
