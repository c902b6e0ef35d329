// Shapes of the world become paths of one projection; small states are told, as they need a dot to be seen.
import { geoEqualEarth, geoGraticule10, geoPath } from "d3-geo";
import { feature } from "topojson-client";

export const WIDTH = 960, HEIGHT = 470;
const SMALL = 30;

/** Fetch JSON; raises an error that holds the status where there is none. */
export async function json(address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Return the path of the graticule and the shapes: `id` (M49), `name`, path `d`, `centre`, and whether they are too `small` to be seen. */
export async function world() {
  const drawing = await json(new URL("../world-atlas/countries-50m.json", import.meta.url));
  const draw = geoPath(geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: "Sphere" })).digits(1);
  const shapes = [], numbered = new Map();
  const all = feature(drawing, drawing.objects.countries).features.map((shape) => ({ shape, area: draw.area(shape) })).sort((a, b) => b.area - a.area);
  for (const { shape, area } of all) {
    const whole = numbered.get(shape.id), d = draw(shape) ?? "";
    if (whole) { whole.d += d; continue; } // islands drawn by themselves have the code of their state
    shapes.push({ id: shape.id ?? "", name: shape.properties.name, d, centre: draw.centroid(shape), small: area < SMALL });
    if (shape.id) numbered.set(shape.id, shapes.at(-1));
  }
  return { graticule: draw(geoGraticule10()), shapes };
}
