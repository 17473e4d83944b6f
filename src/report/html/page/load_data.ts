/// <reference lib="dom" />
import { byId } from "./element.ts";
import type { DetailBlock, DetailData, PageData } from "./page_data.ts";

/** The page's data; questions in full are parsed when they are asked for. */
export class ReportData {
  readonly page: PageData = JSON.parse(byId("rows").textContent!);
  readonly #blocks = new Map<number, DetailBlock>();
  readonly #texts = new Map<number, string>();

  /** The block that holds a question. */
  block(row: number): DetailBlock {
    const place = Math.floor(row / this.page.blockSize);
    let block = this.#blocks.get(place);
    if (block === undefined) {
      block = JSON.parse(byId(`block-${place}`).textContent!) as DetailBlock;
      this.#blocks.set(place, block);
    }
    return block;
  }

  /** One question in full. */
  detail(row: number): DetailData {
    return this.block(row).details[row % this.page.blockSize]!;
  }

  /** All that a search looks through, in lower case and one width. */
  searchText(row: number): string {
    let text = this.#texts.get(row);
    if (text === undefined) {
      const { n, name, text: question, choices } = this.page.rows[row]!;
      const { answers, references } = this.detail(row);
      text = fold([
        `#${n}`,
        name,
        question,
        ...choices,
        ...references,
        ...answers.flatMap((answer) =>
          answer === null ? [] : [
            answer.response.slice(0, 20_000),
            answer.error ?? "",
            ...(answer.articles ?? []).map(({ title }) => title),
          ]
        ),
      ].join("\n"));
      this.#texts.set(row, text);
    }
    return text;
  }
}

/** Text as searches compare it. */
export function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
