import { html, type Markup } from "./markup.ts";
import { say } from "./section/figure.ts";

/** The buttons for language and light, which page/preferences.ts makes work. */
export function pageSwitches(): readonly Markup[] {
  return [
    pageSwitch("language", say("English", "日本語")),
    pageSwitch("theme", say("明・暗", "Light / dark")),
  ];
}

function pageSwitch(id: string, title: Markup): Markup {
  return html`<button type="button" id="${id}">${title}</button>`;
}
