/// <reference lib="dom" />
/** What an element can hold. */
export type Child = Node | string | undefined | null | false | readonly Child[];

/** A new element; texts become text nodes, so nothing in them is read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  append(made, children);
  return made;
}

/** The text in both languages; the page's style shows the chosen one. */
export function say(ja: string, en: string): Child {
  return [
    element("span", { class: "ja", lang: "ja" }, ja),
    element("span", { class: "en", lang: "en" }, en),
  ];
}

/** The element with this id, which the page has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A link, if the address is one of the web; else its text. */
export function webLink(url: string | undefined, text: string): Child {
  if (url === undefined || !/^https?:\/\//i.test(url)) return text;
  return element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text);
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child) parent.appendChild(typeof child === "string" ? new Text(child) : child as Node);
  }
}
