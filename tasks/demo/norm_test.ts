import assert from "node:assert/strict";
import { isNormKind, NORMS, sayNorm, suru, withObject } from "./norm.ts";

Deno.test("norms inflect the verb", () => {
  const submit = withObject("帳簿を", suru("提出"));
  assert.equal(sayNorm("must", submit, 0), "帳簿を提出しなければならない");
  assert.equal(sayNorm("need-not", submit, 1), "帳簿を提出する義務はない");
  assert.equal(sayNorm("must-not", submit, 0), "帳簿を提出してはならない");
  assert.equal(sayNorm("may", submit, 0), "帳簿を提出することができる");
  assert.throws(() => sayNorm("perhaps", submit, 0), /perhaps/);
});

Deno.test("the two norms of a kind never read alike", () => {
  for (const [kind, [one, other]] of Object.entries(NORMS)) {
    assert.ok(isNormKind(kind as keyof typeof NORMS));
    for (const manner of [0, 1, 2] as const) {
      assert.notEqual(
        sayNorm(one, suru("提出"), manner),
        sayNorm(other, suru("提出"), manner),
      );
    }
  }
});
