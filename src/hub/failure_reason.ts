/**
 * Why a request failed. Deno says "fetch failed" and keeps what happened in the cause, behind the
 * address, which is left out: signed addresses are secrets.
 */
export function failureReason({ cause, message }: Error): string {
  const reason = cause instanceof Error ? cause.message : message;
  return reason.replace(/^.*?client error \(Connect\): /, "")
    .replace(/^error sending request for url \([^)]*\): /, "")
    .replace(/https?:\/\/\S+/g, "the server");
}
