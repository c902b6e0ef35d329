// The form of the query page becomes an editor whose answers are shown beside it; without this script the form works as it stands.
import { chart, charted } from "./editor/chart.js";
import { graph, labelled, linked, stated, states } from "./editor/chosen.js";
import { editor, go } from "./editor/editor.js";
import { table } from "./editor/table.js";
import { fill, make, path, short } from "./editor/terms.js";

const LONGEST = 30_000;
const bench = document.getElementById("bench");
const words = bench.dataset;
const base = words.base;
const form = document.getElementById("ask");
const field = document.getElementById("query");
const list = document.getElementById("advice");
const section = document.getElementById("answer");
const status = document.getElementById("status");
const forms = document.getElementById("forms");
const view = document.getElementById("view");
const reasons = document.getElementById("reasons");
const downloads = document.getElementById("downloads");
const share = document.getElementById("share");
let call = new AbortController();

function request(extra = {}) {
  field.value = code.state.doc.toString();
  const sent = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && name !== "format"));
  for (const [name, value] of Object.entries(extra)) sent.set(name, value);
  return sent;
}

function advised({ advice = [], error = null }) {
  const all = error ? [{ ...error, severity: "wrong", rule: "syntax" }, ...advice] : advice;
  list.replaceChildren(...all.map((entry) => {
    const place = make("button", { type: "button", class: "place" }, fill(words.place, { severity: entry.rule === "syntax" ? words.error : words[entry.severity], line: entry.line, column: entry.column }));
    place.addEventListener("click", () => go(code, entry.line, entry.column));
    const remedy = entry.remedy ? [make("span", { class: "remedy" }, fill(words.instead, { remedy: entry.remedy }))] : [];
    const pointer = entry.pointer ? [make("pre", {}, entry.pointer)] : [];
    return make("li", { class: entry.severity }, place, ` ${entry.message}${entry.remedy ? ". " : ""}`, ...remedy, ...pointer);
  }));
}

async function why(query, row, cell) {
  cell.textContent = words.looking;
  const answer = await fetch("/why", { method: "POST", body: request({ query, row: JSON.stringify(row) }) });
  const said = await answer.json();
  if (!answer.ok) { cell.textContent = said.detail; return; }
  const entries = said.evidence.map((e) => {
    const grade = e.grade ? [" ", make("span", { class: `grade ${e.grade}` }, e.grade)] : [];
    const page = e.page ? [" ", make("a", { href: e.page, rel: "noreferrer" }, words.page0)] : [];
    return make("li", {}, make("a", { href: path(e.row, base) }, short(e.row, base)), `, ${words[e.role]}: `,
      make("a", { href: path(e.source, base) }, e.title || short(e.source, base)), e.locator ? `, ${e.locator}` : "", ...grade, ...page);
  });
  cell.replaceChildren(entries.length ? make("ul", {}, ...entries) : words.noEvidence);
}

async function explained(query) {
  reasons.textContent = words.looking;
  const answer = await fetch("/explain", { method: "POST", body: request({ query }) });
  const said = await answer.json();
  if (!answer.ok) { reasons.textContent = said.detail; return; }
  if (!said.empty) { reasons.textContent = words.none; return; }
  const lead = make("p", {}, `${said.message[0].toUpperCase()}${said.message.slice(1)}${said.pattern ? ":" : "."}`);
  const show = (pattern, line, column) => {
    const place = make("button", { type: "button", class: "place" }, fill(words.at, { line, column }));
    place.addEventListener("click", () => go(code, line, column));
    return make("li", {}, make("code", {}, pattern), " ", place);
  };
  reasons.replaceChildren(lead, ...(said.pattern ? [make("ul", {}, show(said.pattern, said.line, said.column))] : []),
    ...(said.against.length ? [make("p", {}, words.against), make("ul", {}, ...said.against.map((entry) => show(...entry)))] : []));
}

async function picture(kind, answer) {
  view.textContent = words.looking;
  try {
    const { map, network } = await import(new URL("./pictures.js", import.meta.url));
    if (kind === "map") {
      const { values, value } = states(await labelled(answer, [stated(answer)]));
      await map(view, { values, title: fill(words.mapOf, { value: value || words.count }), words });
    } else {
      const [from, to] = linked(answer);
      network(view, { ...graph(await labelled(answer, [from, to])), title: fill(words.networkOf, { from: from.name, to: to.name }), words, address: (iri) => path(iri, base) });
    }
  } catch {
    view.textContent = words.failed;
  }
}

function shown(answer, query) {
  const draw = {
    table: () => table(view, { ...answer, words, onWhy: (row, cell) => why(query, row, cell) }),
    ...(charted(answer) && { chart: () => chart(view, answer, words) }),
    ...(stated(answer) && { map: () => picture("map", answer) }),
    ...(linked(answer) && { network: () => picture("network", answer) }),
  };
  const buttons = Object.keys(draw).map((kind) => {
    const button = make("button", { type: "button", "aria-pressed": "false" }, words[kind]);
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      draw[kind]();
    });
    return button;
  });
  forms.replaceChildren(...(buttons.length > 1 ? buttons : []));
  if (answer.rows.length) buttons[0].click(); else view.replaceChildren();
}

function offered(names) {
  const links = names.map((name) => {
    const sent = request({ format: name });
    return make("a", { href: `/sparql?${sent}`, download: `answer.${name}` }, name);
  });
  const fits = request().toString().length < LONGEST;
  downloads.replaceChildren(...(fits ? [`${words.as} `, ...links.flatMap((link, i) => (i ? [", ", link] : [link]))] : [words.long]));
  if (fits) history.replaceState(null, "", `/query?${request()}`);
}

function failed(said) {
  for (const place of [forms, view, downloads]) place.replaceChildren();
  status.textContent = said.detail;
  if (said.pointer) view.append(make("pre", { tabindex: "0" }, said.pointer));
  if (said.line) go(code, said.line, said.column);
}

async function run() {
  call.abort();
  call = new AbortController();
  const query = code.state.doc.toString();
  section.hidden = false;
  reasons.replaceChildren();
  status.textContent = words.running;
  try {
    const start = performance.now();
    const headers = { Accept: "application/sparql-results+json, text/turtle;q=0.9" };
    const answer = await fetch("/sparql", { method: "POST", body: request(), headers, signal: call.signal });
    if (!answer.ok) { failed(await answer.json()); return; }
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    if (!answer.headers.get("content-type").includes("json")) {
      status.textContent = fill(words.triples, { n: answer.headers.get("comity-rows"), seconds });
      forms.replaceChildren();
      view.replaceChildren(make("pre", { tabindex: "0" }, await answer.text()));
      offered(["ttl", "nt", "jsonld", "rdf"]);
      return;
    }
    const said = await answer.json();
    offered(["csv", "tsv", "json", "xml"]);
    if ("boolean" in said) {
      forms.replaceChildren();
      view.replaceChildren(make("p", { class: "truth" }, words[String(said.boolean)]));
      status.textContent = fill(words.answered, { seconds });
      return;
    }
    const rows = said.results.bindings;
    status.textContent = fill(rows.length === 1 ? words.row : words.rows, { n: rows.length, seconds });
    shown({ names: said.head.vars, rows, base }, query);
    if (!rows.length) await explained(query);
  } catch (error) {
    if (error.name !== "AbortError") failed({ detail: words.failed });
  }
}

async function shareAddress() {
  const address = new URL(`/query?${request()}`, location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = words.copied;
  } catch {
    status.textContent = address;
  }
  section.hidden = false;
}

function filterExamples(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const theme of document.querySelectorAll("#library details")) {
    const fits = [...theme.querySelectorAll("li")].filter((item) => {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
      return !item.hidden;
    });
    theme.hidden = fits.length === 0;
    theme.open = wanted !== "" && fits.length > 0;
  }
}

async function openExample(event) {
  const link = event.target.closest("a[data-example]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(`/query/example/${link.dataset.example}`);
  if (!answer.ok) { location.assign(link.href); return; }
  code.dispatch({ changes: { from: 0, to: code.state.doc.length, insert: await answer.text() } });
  code.focus();
}

const code = editor(document.getElementById("editor"), {
  text: field.value, label: words.label, onRun: run, onSaid: advised, onChange: (text) => { field.value = text; },
});
for (const shownByScript of document.querySelectorAll(".scripted")) shownByScript.hidden = false;
for (const hiddenByScript of document.querySelectorAll(".unscripted")) hiddenByScript.hidden = true;
form.noValidate = true; // the field that is checked is hidden, and the server says what is missing
form.addEventListener("submit", (event) => {
  field.value = code.state.doc.toString();
  if (event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  run();
});
share.addEventListener("click", shareAddress);
document.getElementById("library").addEventListener("click", openExample);
document.getElementById("filter").addEventListener("input", filterExamples);
