/// <reference lib="dom" />
import { byId } from "./element.ts";
import { fold, ReportData } from "./load_data.ts";
import { setUpPreferences, setUpScrolling } from "./preferences.ts";
import { showDetail } from "./question_detail.ts";
import { QuestionList } from "./question_list.ts";

const data = new ReportData();
const show = byId<HTMLSelectElement>("show");
const law = byId<HTMLSelectElement>("law");
const search = byId<HTMLInputElement>("search");

/** Shows a question and names it in the address, so that it can be linked to. */
function open(row: number): void {
  showDetail(data, row);
  history.replaceState(null, "", `#q${row}`);
}

const list = new QuestionList(data, open);

function applyFilter(): void {
  const shown = list.filter({
    show: show.value,
    // Values of laws begin with "=", so that none of them can be the empty one.
    law: law.value === "" ? undefined : law.value.slice(1),
    words: fold(search.value).split(/\s+/).filter((word) => word !== ""),
  });
  byId("count").textContent = `${shown} / ${data.page.rows.length}`;
}

/** Follows `#q12` and filters such as `#gained-1`. */
function followAddress(): void {
  const name = location.hash.slice(1);
  const row = /^q(\d+)$/.exec(name)?.[1];
  if (row !== undefined && data.page.rows[Number(row)] !== undefined) {
    list.select(Number(row));
    showDetail(data, Number(row));
    byId("questions").scrollIntoView();
  } else if ([...show.options].some(({ value }) => value === name)) {
    show.value = name;
    law.value = "";
    search.value = "";
    applyFilter();
    byId("questions").scrollIntoView();
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const isTyping = event.target instanceof HTMLInputElement ||
    event.target instanceof HTMLSelectElement;
  if (event.key === "Escape" && event.target === search) {
    search.value = "";
    applyFilter();
    list.focus();
  } else if (event.key === "Enter" && event.target === search) {
    applyFilter();
    list.move(0);
  } else if (isTyping) return;
  // Where nothing has the keys yet, arrows scroll the page, but Enter is free.
  else if (event.key === "Enter" && event.target === document.body) list.move(0);
  else if (event.key === "/") {
    event.preventDefault();
    search.focus();
  } else if (event.key === "j") list.move(1);
  else if (event.key === "k") list.move(-1);
}

for (const control of [show, law]) control.addEventListener("change", applyFilter);
let waiting: ReturnType<typeof setTimeout> | undefined;
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(applyFilter, 120);
});
search.form!.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", followAddress);
addEventListener("keydown", onKey);
applyFilter();
setUpPreferences();
setUpScrolling();
followAddress();
