/// <reference lib="dom" />
import { byId } from "./element.ts";

/** Makes the buttons for language and light work; nothing is kept but by the page itself. */
export function setUpPreferences(): void {
  const root = document.documentElement;
  const setLanguage = (language: "ja" | "en") => {
    root.lang = language;
    root.dataset["language"] = language;
    for (const one of document.querySelectorAll<HTMLElement>("[data-label-ja]")) {
      one.setAttribute("aria-label", one.dataset[language === "ja" ? "labelJa" : "labelEn"]!);
    }
    for (const one of document.querySelectorAll<HTMLElement>("option[data-ja]")) {
      one.textContent = one.dataset[language]!;
    }
  };
  setLanguage(navigator.language.startsWith("ja") ? "ja" : "en");
  byId("language").addEventListener("click", () => {
    setLanguage(root.dataset["language"] === "ja" ? "en" : "ja");
  });
  byId("theme").addEventListener("click", () => {
    const isDark = root.dataset["theme"] === "dark" ||
      root.dataset["theme"] === undefined && matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset["theme"] = isDark ? "light" : "dark";
  });
  // Paper shows what a click would open.
  let closed: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll<HTMLDetailsElement>("figure details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
}

/** Makes what scrolls sideways reachable by keyboard, and nothing else. */
export function setUpScrolling(): void {
  const mark = () => {
    for (const one of document.querySelectorAll<HTMLElement>(".wide, .flips")) {
      const isScrolled = one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight;
      if (isScrolled) one.tabIndex = 0;
      else one.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", mark);
  // Toggling does not bubble, but is seen on its way down.
  document.addEventListener("toggle", mark, true);
  mark();
}
