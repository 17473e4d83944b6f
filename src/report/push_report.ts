import type { RemoteReport } from "../rag/remote/build_opensearch.ts";
import type { RemoteAddress } from "../rag/remote/remote_address.ts";
import { PRODUCT_NAMES } from "../rag/remote/remote_address.ts";

/** What was sent to a server, and under which names it lies there. */
export function renderPushReport(
  { product, baseUrl, name: alias }: RemoteAddress,
  { name, sent, total, serverVersion }: RemoteReport,
): string {
  const what = product === "opensearch" ? "rows" : "passages";
  return [
    `server  ${PRODUCT_NAMES[product]} ${serverVersion} at ${baseUrl}`,
    `index   ${alias} → ${name}`,
    `sent    ${count(sent)} of ${count(total)} ${what}` +
    (sent === total ? "" : `; ${count(total - sent)} were there already`),
  ].join("\n");
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
