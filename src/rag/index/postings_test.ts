import assert from "node:assert/strict";
import fc from "fast-check";
import { LONGEST_POSTING_BYTES, MOST_DOCUMENTS, PostingList, putPosting } from "./postings.ts";

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
    const list = new PostingList();
    // What an array held before must not show through.
    list.decode(Uint8Array.of(3, 3, 3), 0, 3, 10);
    list.decode(bytes, start, end, MOST_DOCUMENTS);
    assert.deepEqual([...list.documents.subarray(0, list.length)], documents);
    assert.deepEqual([...list.occurrences.subarray(0, list.length)], occurrences);
  }));
});

Deno.test("any bytes give rising documents within the corpus, or an error", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 1, max: 300 }),
      (bytes, count) => {
        const list = new PostingList();
        try {
          list.decode(bytes, 0, bytes.length, count);
          for (let at = 0; at < list.length; at++) {
            const document = list.documents[at]!;
            assert.ok(document < count && document >= 0);
            assert.ok(at === 0 || document > list.documents[at - 1]!);
            assert.ok(list.occurrences[at]! >= 1);
          }
        } catch (error) {
          assert.match((error as Error).message, /posting/);
          assert.equal(list.length, 0);
          refused++;
        }
      },
    ),
    { numRuns: 5000 },
  );
  assert.ok(refused > 100);
});
