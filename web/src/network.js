// Actors and signed ties become a picture beside their tables: points are the server's, a tie opens what stands behind it, the keyboard walks along.
import Graph from "graphology";
import Sigma from "sigma";
import { EdgeArrowProgram, EdgeRectangleProgram } from "sigma/rendering";
import { choosing, sliding } from "./choice.js";
import { fill, make } from "./editor/terms.js";
import { json } from "./world.js";

const PALEST = 0.25, WIDEST = 1.7;
const place = document.getElementById("picture"), evidence = document.getElementById("evidence"), status = document.getElementById("status"), words = place.dataset;
const form = document.getElementById("choice");
const still = matchMedia("(prefers-reduced-motion: reduce)"), dark = matchMedia("(prefers-color-scheme: dark)");
const tip = make("p", { class: "tip", id: "tip", "aria-live": "polite" }, words.keys);
const canvas = make("div", { id: "canvas", tabindex: 0, role: "application", "aria-label": words.title, "aria-describedby": "tip" });
const chosen = { actor: "", tie: "" };
let shown = null;

/** Return the colours of the theme as they stand; `pale` mixes one with the ground. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const parts = (hex) => (hex.length === 4 ? [...hex.slice(1)].map((c) => c + c) : hex.slice(1).match(/../g)).map((c) => parseInt(c, 16));
  const ground = parts(colour("sheet"));
  const pale = (name, share) => `rgb(${parts(colour(name)).map((value, i) => Math.round(value * share + ground[i] * (1 - share))).join(",")})`;
  return { colour, pale };
}

/** Return the actors as nodes, their ties merged to one edge a pair (or direction) that is of both signs where they differ. */
function graphOf({ nodes, edges, directed }) {
  const graph = new Graph({ type: directed ? "directed" : "undirected" }), wide = Math.min(WIDEST, Math.max(1, canvas.clientWidth / canvas.clientHeight));
  for (const { id, label, bloc, x, y } of nodes) graph.addNode(id, { x: x * wide, y: -y, label, bloc, firm: null });
  for (const edge of edges) {
    const key = graph.edge(edge.source, edge.target);
    if (key) {
      graph.updateEdgeAttribute(key, "ties", (ties) => [...ties, edge]);
      if (graph.getEdgeAttribute(key, "sign") !== edge.sign) graph.setEdgeAttribute(key, "sign", 0);
    } else graph.addEdge(edge.source, edge.target, { ties: [edge], sign: edge.sign });
  }
  graph.forEachNode((node) => graph.setNodeAttribute(node, "size", 3.5 + 1.3 * Math.sqrt(graph.degree(node))));
  return graph;
}

/** Draw a label beside its actor, on the side where there is room. */
function label(context, { x, y, size, label: text }, settings) {
  if (!text) return;
  context.font = `${settings.labelSize}px ${settings.labelFont}`;
  context.fillStyle = settings.labelColor.color;
  const width = context.measureText(text).width;
  context.fillText(text, x + size + 3 + width > canvas.clientWidth ? x - size - 3 - width : x + size + 3, y + settings.labelSize / 3);
}

/** Draw a label on a plate of the page's own ground, as the plate that comes with the library is white. */
function plate(context, data, settings) {
  const { colour } = palette(), size = settings.labelSize;
  context.font = `600 ${size}px ${settings.labelFont}`;
  const width = data.label ? context.measureText(data.label).width + 10 : 0, right = data.x + data.size + 3;
  const left = right + width > canvas.clientWidth ? data.x - data.size - 3 - width : right;
  context.fillStyle = colour("sheet");
  context.strokeStyle = colour("ink");
  context.beginPath();
  context.arc(data.x, data.y, data.size + 2, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  if (!data.label) return;
  context.beginPath();
  context.roundRect(left, data.y - size / 2 - 5, width, size + 10, 4);
  context.fill();
  context.stroke();
  context.fillStyle = colour("ink");
  context.fillText(data.label, left + 5, data.y + size / 3);
}

/** What the picture looks like depends on theme and choice; sigma asks for it whenever it draws. */
function looks(graph) {
  const { colour, pale } = palette();
  const blocs = graph.someNode((_, { bloc }) => bloc !== null);
  const near = () => (chosen.actor ? new Set([chosen.actor, ...graph.neighbors(chosen.actor)]) : null);
  return {
    labelColor: { color: colour("ink") },
    nodeReducer: (node, data) => {
      const around = near(), own = data.bloc !== null ? `cat-${data.bloc}` : blocs ? "quiet" : "accent";
      const share = data.firm === null ? 1 : PALEST + (1 - PALEST) * Math.max(0, 2 * data.firm - 1);
      const faded = around && !around.has(node);
      return { ...data, color: pale(own, faded ? 0.2 : share), label: faded ? null : data.label, highlighted: node === chosen.actor, forceLabel: Boolean(around && !faded) };
    },
    edgeReducer: (edge, data) => {
      const ends = graph.extremities(edge), faded = chosen.actor && !ends.includes(chosen.actor);
      const name = data.sign > 0 ? "quiet" : data.sign < 0 ? "closed" : "cat-5";
      const strong = edge === chosen.tie;
      return { ...data, color: pale(strong ? "ink" : name, faded ? 0.08 : strong ? 1 : data.sign > 0 ? 0.5 : 0.9), size: strong ? 6 : data.sign > 0 ? 2 : 3.5, zIndex: data.sign > 0 ? 0 : 1 };
    },
  };
}

const called = (graph, id) => graph.getNodeAttribute(id, "label");
const told = ({ sign, why, value, low, high, number, layer }) =>
  [document.querySelector(`#choice option[value="${layer}"]`)?.textContent ?? why, sign > 0 ? "+" : sign < 0 ? "−" : "±", value === null ? number : value.toFixed(2), low === null ? "" : `(${low.toFixed(2)} – ${high.toFixed(2)})`].filter(String).join(" ");

function tell(graph) {
  if (chosen.tie) {
    const [source, target] = graph.extremities(chosen.tie);
    tip.textContent = fill(words.edge, { source: called(graph, source), target: called(graph, target), what: graph.getEdgeAttribute(chosen.tie, "ties").map(told).join("; ") });
  } else if (chosen.actor) {
    const { label, bloc, firm } = graph.getNodeAttributes(chosen.actor);
    const more = [bloc === null ? "" : fill(words.bloc, { bloc }), firm === null ? "" : fill(words.firm, { share: Math.round(100 * firm) })].filter(Boolean);
    tip.textContent = [fill(words.node, { name: label, n: graph.degree(chosen.actor) }), ...more].join(", ");
  } else tip.textContent = words.keys;
}

/** Show the things behind a tie, and below them the scores of the two with their rows, which the server explains. */
async function open(graph, tie, signal) {
  const [source, target] = graph.extremities(tie), rows = [...document.querySelectorAll("#said tbody tr")];
  const ends = [source, target].map((id) => `/doc/actor/${id}`);
  const own = rows.filter((row) => [...row.querySelectorAll("td > a")].slice(0, 2).every((link, i) => link.getAttribute("href") === ends[i]));
  const things = graph.getEdgeAttribute(tie, "ties").flatMap((edge) => edge.things);
  const list = make("ul", {}, ...things.map((thing) => make("li", {}, make("a", { href: `/doc/${thing}` }, thing.split("/")[1]))));
  const heading = make("h1", {}, fill(words.edge, { source: called(graph, source), target: called(graph, target), what: graph.getEdgeAttribute(tie, "ties").map(told).join("; ") }));
  const receipt = own.map((row) => row.querySelector('a[href^="/metrics/explain"]')?.getAttribute("href")).find(Boolean);
  const rest = make("div", {}, ...(receipt ? [make("p", { class: "count" }, words.waiting)] : []));
  evidence.replaceChildren(heading, ...(things.length ? [list] : []), rest);
  if (!receipt) return;
  try {
    const answer = await fetch(receipt, { headers: { Accept: "text/html" }, signal });
    const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    rest.replaceChildren(...(answer.ok && main ? [...main.children].filter((part) => part.tagName !== "H1") : [make("p", {}, main?.querySelector("p")?.textContent ?? words.failed)]));
  } catch (error) {
    if (error.name !== "AbortError") rest.replaceChildren(make("p", {}, words.failed));
  }
}

/** Let the arrow keys go from actor to actor in the order of the table, and along the ties of one. */
function walk(event, { graph, sigma, signal }) {
  const turn = (list, now, step) => list[(list.indexOf(now) + (now ? step : step > 0 ? 1 : 0) + list.length) % list.length];
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") Object.assign(chosen, { actor: "", tie: "" });
  else if (event.key === "Enter" && chosen.tie) open(graph, chosen.tie, signal);
  else if (event.key === "Enter" && chosen.actor) location.href = `/doc/actor/${chosen.actor}`;
  else if (step && graph.order && event.key.match(/Left|Right/)) Object.assign(chosen, { actor: turn(graph.nodes(), chosen.actor, step), tie: "" });
  else if (step && chosen.actor) chosen.tie = turn(graph.edges(chosen.actor), chosen.tie, step);
  else return;
  event.preventDefault();
  tell(graph);
  sigma.refresh({ skipIndexation: true });
}

/** Fade actors by the chance to stand with their own bloc, which the server works out over draws once a slice. */
async function fade({ graph, sigma, signal }) {
  const said = document.getElementById("said");
  if (!said.dataset.scored || !graph.someNode((_, { bloc }) => bloc !== null)) return;
  const found = await json(`/metrics/blocs?${said.dataset.slice}&format=json`, { signal });
  for (const { id, own } of found.nodes) {
    const cell = said.querySelector(`[data-bloc="${CSS.escape(id)}"]`);
    if (own === null || !graph.hasNode(id)) continue;
    graph.setNodeAttribute(id, "firm", own);
    if (cell) cell.textContent += `, ${fill(words.firm, { share: Math.round(100 * own) })}`;
  }
  sigma.refresh({ skipIndexation: true });
}

function tools(sigma) {
  const camera = sigma.getCamera(), lasts = () => ({ duration: still.matches ? 0 : 200 });
  const button = (word, act) => { const made = make("button", { type: "button" }, word); made.addEventListener("click", act); return made; };
  return make("div", { class: "tools" }, button(words.in, () => camera.animatedZoom(lasts())), button(words.out, () => camera.animatedUnzoom(lasts())), button(words.whole, () => camera.animatedReset(lasts())));
}

async function draw(query, signal) {
  const data = await json(`/network.json?${query}`, { signal });
  shown?.sigma.kill();
  shown = null;
  Object.assign(chosen, { actor: "", tie: "" });
  place.replaceChildren(canvas, tip);
  const graph = graphOf(data), quick = still.matches ? 0 : 200;
  const sigma = new Sigma(graph, canvas, {
    ...looks(graph), defaultDrawNodeHover: plate, defaultDrawNodeLabel: label, enableEdgeEvents: true, zIndex: true, stagePadding: 40, labelFont: "system-ui, sans-serif", labelSize: 12, labelDensity: 1.5,
    labelRenderedSizeThreshold: 4, minEdgeThickness: 1, zoomDuration: quick, doubleClickZoomingDuration: quick, inertiaDuration: quick,
    defaultEdgeType: data.directed ? "arrow" : "line", edgeProgramClasses: { arrow: EdgeArrowProgram, line: EdgeRectangleProgram },
  });
  shown = { graph, sigma, signal };
  place.append(tools(sigma));
  const choose = (actor, tie) => { Object.assign(chosen, { actor, tie }); tell(graph); sigma.refresh({ skipIndexation: true }); };
  sigma.on("clickEdge", ({ edge }) => { choose("", edge); open(graph, edge, signal); });
  sigma.on("clickNode", ({ node }) => choose(chosen.actor === node ? "" : node, ""));
  sigma.on("clickStage", () => choose("", ""));
  sigma.on("enterNode", ({ node }) => { if (!chosen.tie) { const kept = { ...chosen }; Object.assign(chosen, { actor: node, tie: "" }); tell(graph); Object.assign(chosen, kept); } });
  sigma.on("enterEdge", () => { canvas.style.cursor = "pointer"; });
  sigma.on("leaveEdge", () => { canvas.style.cursor = ""; });
  canvas.dataset.drawn = String(graph.order);
  fade(shown).catch(() => {}); // the picture holds without it
}

canvas.addEventListener("keydown", (event) => { if (shown) walk(event, shown); });
// the page scrolls over the picture as elsewhere: the wheel zooms with Ctrl alone, one finger scrolls and two zoom
canvas.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
for (const name of ["touchstart", "touchmove", "touchend"]) canvas.addEventListener(name, (event) => { if (event.touches.length < 2) event.stopPropagation(); }, { capture: true });
dark.addEventListener("change", () => shown?.sigma.setSettings(looks(shown.graph)));
sliding(form);
form.elements.layer.addEventListener("change", () => { form.elements.threshold.value = ""; });
if (document.createElement("canvas").getContext("webgl2")) choosing(draw, { failed: words.failed, status });
else status.textContent = words.bare;
