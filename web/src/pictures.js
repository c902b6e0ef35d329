// States with numbers become a map, and pairs of things a network; loaded by the query page when a reader asks for one.
import { fill, make } from "./editor/terms.js";
import { HEIGHT, WIDTH, json, world } from "./world.js";

const STEPS = 5;
const MOST = 300, ROUNDS = 250;
const CODES = "SELECT ?state ?code WHERE { ?state comity:m49Code ?code }";

/** Draw a map of `values`, entries with the IRI of a state, its label and its number, into `place`; states too small to be seen are dots. */
export async function map(place, { values, title, words }) {
  const [{ graticule, shapes }, codes] = await Promise.all([
    world(),
    json("/sparql", { method: "POST", body: new URLSearchParams({ query: CODES }), headers: { Accept: "application/sparql-results+json" } }),
  ]);
  const number = new Map(codes.results.bindings.map(({ state, code }) => [state.value, code.value.padStart(3, "0")]));
  const found = new Map(values.map((entry) => [number.get(entry.iri), entry]));
  const high = Math.max(...values.map(({ value }) => value)), low = Math.min(...values.map(({ value }) => value));
  const step = (value) => (high === low ? STEPS : 1 + Math.min(STEPS - 1, Math.floor(((value - low) / (high - low)) * STEPS)));
  const svg = make("svg:svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "states", role: "img", "aria-label": title });
  svg.append(make("svg:path", { d: graticule, class: "graticule" }));
  const dots = [];
  for (const { id, d, centre, small } of shapes) {
    const entry = found.get(id);
    const said = entry ? [make("svg:title", {}, `${entry.label}: ${entry.value}`)] : [];
    svg.append(make("svg:path", { d, class: entry ? `step${step(entry.value)}` : "" }, ...said));
    if (entry && small) dots.push([centre, entry]);
  }
  for (const [[x, y], entry] of dots) {
    svg.append(make("svg:circle", { cx: x, cy: y, r: 4, class: `step${step(entry.value)}` }, make("svg:title", {}, `${entry.label}: ${entry.value}`)));
  }
  const missing = values.filter(({ iri }) => !number.has(iri)).map(({ label }) => label);
  const note = fill(words.mapNote, { low, high }) + (missing.length ? ` ${fill(words.unplaced, { names: missing.join(", ") })}` : "");
  place.replaceChildren(make("figure", {}, svg, make("figcaption", {}, title)), make("p", { class: "count" }, note));
}

/** Place nodes by forces that pull along edges and push all apart (Fruchterman and Reingold 1991), from a circle, so that the same graph gives the same picture. */
export function layout(nodes, edges) {
  const size = nodes.length, ideal = 0.9 * Math.sqrt(1 / size);
  const at = nodes.map((_, i) => [0.5 + 0.4 * Math.cos((2 * Math.PI * i) / size), 0.5 + 0.4 * Math.sin((2 * Math.PI * i) / size)]);
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const pairs = edges.map(({ source, target }) => [index.get(source), index.get(target)]);
  for (let round = 0; round < ROUNDS; round++) {
    const heat = 0.1 * (1 - round / ROUNDS);
    const force = at.map(([x, y]) => [(0.5 - x) * 0.6, (0.5 - y) * 0.6]);
    const push = (i, j, strength) => {
      const dx = at[i][0] - at[j][0], dy = at[i][1] - at[j][1], far = Math.hypot(dx, dy) || 1e-6;
      const f = strength(far) / far;
      force[i][0] += dx * f; force[i][1] += dy * f;
      force[j][0] -= dx * f; force[j][1] -= dy * f;
    };
    for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) push(i, j, (far) => (ideal * ideal) / far);
    for (const [i, j] of pairs) if (i !== j) push(i, j, (far) => -(far * far) / ideal);
    force.forEach(([x, y], i) => {
      const far = Math.hypot(x, y) || 1, go = Math.min(far, heat) / far;
      at[i] = [at[i][0] + x * go, at[i][1] + y * go];
    });
  }
  const [left, top] = [0, 1].map((axis) => Math.min(...at.map((point) => point[axis])));
  const [wide, high] = [[0, left], [1, top]].map(([axis, least]) => Math.max(...at.map((point) => point[axis])) - least || 1);
  return at.map(([x, y]) => [(x - left) / wide, (y - top) / high]);
}

/** Draw a network of things, each a link, into `place`. */
export function network(place, { nodes, edges, title, words, address }) {
  const shown = nodes.slice(0, MOST), known = new Set(shown.map(({ id }) => id));
  const kept = edges.filter(({ source, target }) => known.has(source) && known.has(target));
  const at = layout(shown, kept).map(([x, y]) => [20 + x * (WIDTH - 220), 20 + y * 560]);
  const index = new Map(shown.map(({ id }, i) => [id, i]));
  const svg = make("svg:svg", { viewBox: `0 0 ${WIDTH} 600`, class: "network", role: "group", "aria-label": title });
  for (const { source, target, weight } of kept) {
    const [[x1, y1], [x2, y2]] = [at[index.get(source)], at[index.get(target)]];
    svg.append(make("svg:line", { x1, y1, x2, y2, "stroke-width": Math.min(4, 0.7 + 0.5 * Math.log2(weight)) }));
  }
  shown.forEach(({ id, label, kind }, i) => {
    const [x, y] = at[i];
    const name = label.length > 26 ? `${label.slice(0, 25)}…` : label;
    const mark = kind === "actor" ? make("svg:circle", { cx: x, cy: y, r: 6 }) : make("svg:rect", { x: x - 5, y: y - 5, width: 10, height: 10 });
    svg.append(make("svg:a", { href: address(id), "aria-label": name === label ? label : `${name} ${label}` }, mark, make("svg:text", { x: x + 9, y: y + 4 }, name), make("svg:title", {}, label)));
  });
  const note = nodes.length > MOST ? [make("p", { class: "count" }, fill(words.first, { n: MOST, all: nodes.length }))] : [];
  place.replaceChildren(make("figure", {}, svg, make("figcaption", {}, title)), ...note);
}
