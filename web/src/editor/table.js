// Rows become a table in pages, in which things are links and each row opens what it rests on.
import { columns, fill, make, path, text } from "./terms.js";

const PAGE = 50;

function shown(row, column, base) {
  const cell = row[column.name];
  const said = text(row, column, base);
  if (cell?.type !== "uri") return make("td", { lang: cell?.["xml:lang"] }, said);
  const address = path(cell.value, base);
  return make("td", {}, address ? make("a", { href: address, title: cell.value }, said) : said);
}

/** Draw `rows` into `place`; `onWhy(row, cell)` is called when a reader asks what a row rests on. */
export function table(place, { names, rows, base, words, onWhy }) {
  const shownColumns = columns(names);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  const body = make("tbody");
  const where = make("span", { "aria-live": "polite" });
  const buttons = { back: make("button", { type: "button" }, words.back), on: make("button", { type: "button" }, words.on) };
  let page = 0;

  function why(row, line) {
    const button = make("button", { type: "button", class: "why", "aria-expanded": "false", "aria-label": `${words.why} ${text(row, shownColumns[0], base)}` }, words.why);
    let opened = null;
    button.addEventListener("click", async () => {
      if (opened) {
        opened.remove();
        opened = null;
      } else {
        const cell = make("td", { colspan: shownColumns.length + 1, class: "evidence" });
        opened = make("tr", {}, cell);
        line.after(opened);
        await onWhy(row, cell);
      }
      button.setAttribute("aria-expanded", String(opened !== null));
    });
    return make("td", {}, button);
  }

  function draw() {
    const lines = rows.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
      const line = make("tr", {}, ...shownColumns.map((column) => shown(row, column, base)));
      if (onWhy) line.append(why(row, line));
      return line;
    });
    body.replaceChildren(...lines);
    where.textContent = fill(words.page, { page: page + 1, pages });
    buttons.back.disabled = page === 0;
    buttons.on.disabled = page === pages - 1;
  }

  buttons.back.addEventListener("click", () => { page -= 1; draw(); });
  buttons.on.addEventListener("click", () => { page += 1; draw(); });
  const heads = shownColumns.map(({ name }) => make("th", { scope: "col" }, name));
  if (onWhy) heads.push(make("th", { scope: "col" }, words.evidence));
  const frame = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.result },
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body));
  place.replaceChildren(frame);
  if (pages > 1) place.append(make("p", { class: "pages" }, buttons.back, " ", where, " ", buttons.on));
  draw();
}
