/** For tests: connections to doubles, and a corpus that takes several requests to send. */
import { corpusStoreDouble } from "../index/corpus_store_double.ts";
import type { CorpusStore } from "../index/corpus_store.ts";
import { parseRemoteAddress } from "./remote_address.ts";
import { RemoteConnection, type RemoteConnectionOptions } from "./remote_connection.ts";

/** A connection that does not wait between its tries, and the notes it gave. */
export function connectionDouble(
  address: string,
  options: Partial<RemoteConnectionOptions> = {},
): { readonly connection: RemoteConnection; readonly notes: string[] } {
  const notes: string[] = [];
  const connection = new RemoteConnection({
    address: parseRemoteAddress(address)!,
    credentials: () => ({}),
    retryMs: 1,
    onNote: (note) => notes.push(note),
    ...options,
  });
  return { connection, notes };
}

const THINGS = ["免許", "帳簿", "届出", "保険", "営業所", "手数料", "罰金", "公告"];

/** Laws with three paragraphs an article, every article somewhat different from the others. */
export function manyArticles(count: number): CorpusStore {
  const thing = (at: number) => THINGS[at % THINGS.length]!;
  const articles = Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      String(at + 1),
      `${thing(at)}及び${thing(at >> 3)}に関する事項は、第${at}号の規則で定める。\n` +
      `前項の${thing(at + 3)}は、${at % 97 + 2}日以内に${thing(at >> 2)}をしなければならない。\n` +
      `${thing(at >> 5)}をした者は、${thing(at + 1)}を備え置く。`,
    ]),
  );
  return corpusStoreDouble([{ title: "手続法", abbreviations: ["手法"], articles }]);
}
