import assert from "node:assert/strict";
import { loadDataset } from "../../dataset/load_dataset.ts";
import { lawsOfReferences } from "./laws_of_references.ts";

Deno.test("references name laws by e-Gov's address; other documents are none", () => {
  assert.deepEqual(
    lawsOfReferences([
      "https://laws.e-gov.go.jp/law/323AC0000000025",
      "https://laws.e-gov.go.jp/law/323AC0000000025/20240401_504AC0000000068",
      "https://elaws.e-gov.go.jp/law/336M50000100001?x=1",
      "https://www.fsa.go.jp/common/law/guide/kinyushohin.pdf",
      "https://laws.e-gov.go.jp/law/323AC00000000255",
    ]),
    ["323AC0000000025", "336M50000100001"],
  );
});

const lawqa = Deno.env.get("HOUQA_TEST_LAWQA");

Deno.test({
  name: "the real 140 questions refer to nine laws (HOUQA_TEST_LAWQA)",
  ignore: lawqa === undefined,
  async fn() {
    const { questions } = await loadDataset(lawqa!);
    assert.deepEqual(lawsOfReferences(questions.flatMap(({ references }) => references)).sort(), [
      "323AC0000000025",
      "335AC0000000145",
      "336M50000100001",
      "340CO0000000321",
      "403AC0000000090",
      "419M60000002052",
      "419M60000002059",
      "420M60000002078",
      "429M60000002054",
    ]);
  },
});
