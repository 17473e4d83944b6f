import type { BothLanguages } from "../../verdict_sentence.ts";
import { both, html, Markup, type MarkupValue } from "../markup.ts";

/** A table's column; figures stand to the right. */
export interface FigureColumn {
  readonly title: MarkupValue;
  readonly isFigure?: boolean;
}

/** Text in both languages. */
export function say(ja: string, en: string): Markup {
  return both({ ja, en });
}

/** A section of the page, found by its id. */
export function section(id: string, title: BothLanguages, body: MarkupValue): Markup {
  return html`
    <section id="${id}"
      aria-labelledby="${id}-head"><h2 id="${id}-head">${both(title)}</h2>
    ${body}</section>
  `;
}

/** A table; the first cell of each row is its heading. */
export function table(
  columns: readonly FigureColumn[],
  rows: readonly (readonly MarkupValue[])[],
): Markup {
  const side = (place: number) => columns[place]!.isFigure ? new Markup(' class="figure"') : "";
  return html`
    <div class="wide">
      <table>
        <thead>
          <tr>${columns.map(({ title }, place) =>
            html`
              <th scope="col" ${side(place)}>${title}</th>
            `
          )}</tr>
        </thead>
        <tbody>${rows.map((cells) =>
          html`<tr>${
            cells.map((cell, place) =>
              place === 0
                ? html`
                  <th scope="row" ${side(place)}>${cell}</th>
                `
                : html`<td${side(place)}>${cell}</td>`
            )
          }</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

/** What stands behind a link that opens: closed on the screen, open on paper. */
export function disclosure(title: MarkupValue, body: MarkupValue): Markup {
  return html`<details><summary>${title}</summary>${body}</details>`;
}

/** A drawing with its title, what it shows, and its figures as a table. */
export interface Figure {
  readonly id: string;
  readonly title: BothLanguages;
  readonly text: BothLanguages;
  readonly drawing: MarkupValue;
  readonly table: MarkupValue;
}

/** A drawing, and behind it the figures that it was made from. */
export function figure({ id, title, text, drawing, table }: Figure): Markup {
  return html`<figure id="${id}"><figcaption><h3 id="${id}-title">${both(title)}</h3>
<p id="${id}-text">${both(text)}</p></figcaption>
${drawing}
${disclosure(say("数値を表で見る", "The figures as a table"), table)}</figure>`;
}

/** A run's name in its colour and with its mark. */
export function runTag({ name, place }: { name: string; place: number }): Markup {
  return html`<b class="run run-${place % 6}">${name}</b>`;
}
