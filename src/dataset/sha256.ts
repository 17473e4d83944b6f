/** SHA-256 of bytes or of a text's UTF-8, as 64 lower-case hex digits. */
export async function sha256Hex(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  // Uint8Array.prototype.toHex is missing in Deno 2.4.
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
