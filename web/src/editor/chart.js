// Rows with a number become bars, or a line where they are dated.
import { columns, make, number, text } from "./terms.js";

const MOST = 40;
const DATED = /^\d{4}(-\d\d){0,2}$/;

/** Choose what can be charted: the column that names the marks, the first column of numbers, and which form suits; null if none does. */
export function charted({ names, rows, base }) {
  if (rows.length < 2) return null;
  const found = columns(names);
  const isYear = (row, { name }) => Number.isInteger(number(row[name])) && number(row[name]) > 999 && number(row[name]) < 3000;
  const numbers = found.filter(({ name }) => rows.every((row) => number(row[name]) !== null));
  const value = numbers.length > 1 && rows.every((row) => isYear(row, numbers[0])) ? numbers[1] : numbers[0];
  const mark = found.find((column) => column !== value && rows.some((row) => row[column.name]));
  if (!value || !mark) return null;
  return { value, mark, form: rows.every((row) => DATED.test(text(row, mark, base))) ? "line" : "bar" };
}

function bars(points, title) {
  const width = 720, left = 230, step = 24, height = points.length * step + 8;
  const low = Math.min(0, ...points.map((p) => p.value)), high = Math.max(0, ...points.map((p) => p.value));
  const x = (value) => left + ((value - low) / (high - low || 1)) * (width - left - 70);
  const svg = make("svg:svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": title });
  points.forEach(({ name, value }, i) => {
    const y = i * step + 4;
    const label = name.length > 28 ? `${name.slice(0, 27)}…` : name;
    svg.append(
      make("svg:text", { x: left - 8, y: y + 14, "text-anchor": "end" }, label),
      make("svg:rect", { x: Math.min(x(0), x(value)), y, width: Math.max(1, Math.abs(x(value) - x(0))), height: step - 6 }),
      make("svg:text", { x: Math.max(x(0), x(value)) + 6, y: y + 14, class: "value" }, String(value)),
    );
  });
  return svg;
}

const time = (day) => Date.parse(day.length === 4 ? `${day}-01-01` : day.length === 7 ? `${day}-01` : day);

function line(points, title) {
  const width = 720, height = 300, left = 60, foot = 30;
  const sorted = points.map((p) => ({ ...p, at: time(p.name) })).sort((a, b) => a.at - b.at);
  const [first, last] = [sorted[0].at, sorted.at(-1).at];
  const low = Math.min(0, ...sorted.map((p) => p.value)), high = Math.max(...sorted.map((p) => p.value), low + 1);
  const x = (at) => left + ((at - first) / (last - first || 1)) * (width - left - 50);
  const y = (value) => height - foot - ((value - low) / (high - low)) * (height - foot - 16);
  const svg = make("svg:svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": title });
  for (const value of [low, high]) {
    svg.append(make("svg:line", { x1: left, x2: width - 50, y1: y(value), y2: y(value), class: "axis" }),
      make("svg:text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  svg.append(make("svg:polyline", { points: sorted.map((p) => `${x(p.at)},${y(p.value)}`).join(" ") }));
  for (const point of sorted) svg.append(make("svg:circle", { cx: x(point.at), cy: y(point.value), r: 3 }, make("svg:title", {}, `${point.name}: ${point.value}`)));
  for (const point of new Set([sorted[0], sorted.at(-1)])) {
    svg.append(make("svg:text", { x: x(point.at), y: height - 8, "text-anchor": "middle" }, point.name));
  }
  return svg;
}

/** Draw a chart of `answer` into `place`. */
export function chart(place, answer, words) {
  const { value, mark, form } = charted(answer);
  const all = answer.rows.map((row) => ({ name: text(row, mark, answer.base), value: number(row[value.name]) }));
  const points = form === "bar" ? all.slice(0, MOST) : all;
  const title = words.chartOf.replace("{value}", value.name).replace("{mark}", mark.name);
  const note = points.length < all.length ? [make("p", { class: "count" }, words.first.replace("{n}", MOST).replace("{all}", all.length))] : [];
  place.replaceChildren(make("figure", {}, form === "bar" ? bars(points, title) : line(points, title), make("figcaption", {}, title)), ...note);
}
