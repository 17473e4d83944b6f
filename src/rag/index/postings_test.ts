import assert from "node:assert/strict";
import fc from "fast-check";
import { LONGEST_POSTING_BYTES, MOST_DOCUMENTS, PostingCursor, putPosting } from "./postings.ts";

const postings = fc.uniqueArray(fc.nat({ max: MOST_DOCUMENTS - 1 })).chain((documents) =>
  fc.tuple(
    fc.constant(documents.sort((a, b) => a - b)),
    fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 65_535 })), {
      minLength: documents.length,
      maxLength: documents.length,
    }),
  )
);

Deno.test("a list of postings comes back as it was", () => {
  fc.assert(fc.property(postings, fc.nat(5), ([documents, occurrences], start) => {
    const bytes = new Uint8Array(start + documents.length * LONGEST_POSTING_BYTES);
    let end = start;
    documents.forEach((document, index) => {
      const distance = document - (documents[index - 1] ?? 0);
      end = putPosting(bytes, end, distance, occurrences[index]!);
    });
    const cursor = new PostingCursor();
    cursor.open(bytes, start, end, MOST_DOCUMENTS);
    for (const [index, document] of documents.entries()) {
      assert.ok(cursor.next());
      assert.deepEqual([cursor.document, cursor.occurrences], [document, occurrences[index]]);
    }
    assert.equal(cursor.next(), false);
    assert.equal(cursor.next(), false);
  }));
});

Deno.test("any bytes give rising documents within the corpus, or an error", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 1, max: 300 }),
      (bytes, count) => {
        const cursor = new PostingCursor();
        cursor.open(bytes, 0, bytes.length, count);
        let last = -1;
        try {
          while (cursor.next()) {
            assert.ok(cursor.document > last && cursor.document < count);
            assert.ok(cursor.occurrences >= 1);
            last = cursor.document;
          }
        } catch (error) {
          assert.match((error as Error).message, /posting/);
          refused++;
        }
      },
    ),
    { numRuns: 5000 },
  );
  assert.ok(refused > 100);
});
