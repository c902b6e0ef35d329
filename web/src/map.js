// Places with values become a map beside their table; the legend of the page takes its colours, hovering and the keyboard say name, value and sources.
import { choosing, sliding } from "./choice.js";
import { fill, make } from "./editor/terms.js";
import { HEIGHT, WIDTH, json, world } from "./world.js";

const STEPS = 5, COLOURS = 6;
const picture = document.getElementById("picture"), status = document.getElementById("status"), words = picture.dataset;
const form = document.getElementById("choice");
const drawn = world();
const path = (iri) => `/doc/${iri.split("/id/").pop()}`;

/** Return the class of each value and the entries of a legend: fifths of the different values for numbers, a colour each for words. */
function scale({ legend, places }) {
  const values = Object.keys(legend);
  if (values.length && values.every((value) => /^\d+$/.test(value)) && values.length > STEPS) {
    const all = places.flatMap((place) => place.values.map(Number)).sort((a, b) => a - b);
    const distinct = [...new Set(all)], edges = Array.from({ length: STEPS }, (_, k) => distinct[Math.floor((k * distinct.length) / STEPS)]);
    const step = (value) => edges.filter((edge) => edge <= Number(value)).length;
    const entries = edges.map((edge, k) => {
      const within = all.filter((value) => step(value) === k + 1), last = within.at(-1);
      return [`step${k + 1}`, last > edge ? `${edge}–${last}` : String(edge), within.length];
    });
    return [(value) => `step${step(value)}`, entries];
  }
  const place = new Map(values.map((value, i) => [value, `cat${(i % COLOURS) + 1}${i >= COLOURS ? " again" : ""}`]));
  return [(value) => place.get(value), values.map((value) => [place.get(value), value, legend[value]])];
}

const swatch = (name) => make("svg:svg", { width: 14, height: 14, "aria-hidden": "true", class: "swatch" }, make("svg:rect", { width: 14, height: 14, class: name }));

function legend(entries, contested) {
  const rows = [...entries.map(([name, label, n]) => [name, label, n]), ["", words.none, ""], ...(contested ? [["hatched", words.contested, contested]] : [])];
  document.getElementById("legend").replaceChildren(...rows.map(([name, label, n]) => make("div", {}, make("dt", {}, swatch(name), ` ${label}`), make("dd", {}, String(n)))));
}

function link(place, name, parts) {
  const text = fill(words.value, { place: place.label, value: place.values.join("; "), n: place.sources });
  const made = make("svg:a", { href: path(place.iri), "aria-label": text, class: name, tabindex: -1 }, ...parts);
  const tell = () => { tip.textContent = text; };
  made.addEventListener("pointerenter", tell);
  made.addEventListener("focus", tell);
  return made;
}

const tip = make("p", { class: "tip" });

/** Let one link be in the order of the Tab key, and the arrow keys go to the others in the order of the table. */
function roving(links) {
  if (!links.length) return;
  links[0].setAttribute("tabindex", 0);
  links.forEach((one, i) => one.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = links[(i + step + links.length) % links.length];
    one.setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
  }));
}

async function draw(query, signal) {
  const [{ graticule, shapes }, chart] = await Promise.all([drawn, json(`/map.json?${query}`, { signal })]);
  const [colour, entries] = scale(chart);
  const codes = new Map(shapes.filter(({ id }) => id).map((shape) => [shape.id, shape])), names = new Map(shapes.map((shape) => [shape.name, shape]));
  const shape = ({ m49, label }) => codes.get(m49) ?? names.get(label);
  const placed = chart.places.map((place) => [place, shape(place)]);
  const shown = new Set(placed.map(([, found]) => found));
  const svg = make("svg:svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "world", role: "group", "aria-label": words.title });
  const hatch = make("svg:pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, make("svg:rect", { width: 2, height: 5, class: "stripe" }));
  svg.append(make("svg:defs", {}, hatch), make("svg:path", { d: graticule, class: "graticule" }));
  svg.append(...shapes.filter((one) => !shown.has(one)).map((one) => make("svg:path", { d: one.d, class: "land" }, make("svg:title", {}, one.name))));
  const links = placed.filter(([, found]) => found).map(([place, { d, small, centre: [cx, cy] }]) =>
    link(place, colour(place.values[0]), [make("svg:path", { d }), ...(small ? [make("svg:circle", { cx, cy, r: 3.6 })] : [])]));
  const dotted = (one) => one.querySelector("circle") !== null;
  svg.append(...links.filter((one) => !dotted(one)), ...links.filter(dotted));
  const contested = chart.contested.map((place) => [place, shape(place)]).filter(([, found]) => found);
  for (const [, { d, small, centre: [cx, cy] }] of contested) {
    svg.append(make("svg:path", { d, class: "hatched", "aria-hidden": "true" }), ...(small ? [make("svg:circle", { cx, cy, r: 5, class: "ring", "aria-hidden": "true" })] : []));
  }
  const missing = placed.filter(([, found]) => !found).map(([{ label }]) => label);
  tip.textContent = words.keys;
  picture.replaceChildren(make("figure", {}, svg, make("figcaption", {}, tip)), ...(missing.length ? [make("p", { class: "count" }, fill(words.unplaced, { names: missing.join(", ") }))] : []));
  legend(entries, contested.length);
  roving(links);
}

const whole = () => form.dataset.whole.split(" ").includes(form.elements.layer.value);
sliding(form);
form.elements.layer.addEventListener("change", () => {
  form.elements.of.value = form.elements.of.placeholder = "";
  form.elements.of.disabled = whole();
});
form.elements.of.disabled = whole();
choosing(draw, { failed: words.failed, status });
