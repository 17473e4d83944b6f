import assert from "node:assert/strict";
import { seededRandom } from "../../tasks/demo/random.ts";
import { LowRankProduct } from "./low_rank_product.ts";

Deno.test("rows of a product, whatever the sizes, also after a larger or smaller one", () => {
  const random = seededRandom(11);
  const noise = (length: number) => Float32Array.from({ length }, () => random.next() * 2 - 1);
  const product = new LowRankProduct();
  for (
    const [rank, columns] of [[1, 1], [16, 40], [3, 5000], [64, 33], [7, 16], [2, 896]] as const
  ) {
    const a = noise(rank * columns);
    product.load(a, rank);
    for (let row = 0; row < 3; row++) {
      const b = noise(rank);
      const found = product.row(b);
      assert.equal(found.length, columns);
      found.forEach((value, column) => {
        let expected = 0;
        for (let k = 0; k < rank; k++) expected += b[k]! * a[k * columns + column]!;
        assert.ok(Math.abs(value - expected) <= 2e-7 * rank, `[${rank}, ${columns}] at ${column}`);
      });
    }
  }
});
