/** Hides the user and password of a URL or `user:password@host`. */
export function maskUserInfo(text: string): string {
  const at = text.lastIndexOf("@");
  if (at >= 0) {
    const scheme = /^[a-z]+:\/\//i.exec(text)?.[0] ?? "";
    return `${scheme}***@${text.slice(at + 1)}`;
  }
  return text;
}
