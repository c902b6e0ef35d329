// A cell of SPARQL results becomes what people read, and the address at which this host shows it.

/** Return the last part of an IRI. */
export const part = (iri) => iri.split(/[/#]/).pop();

/** Return the path under this host for an IRI of ours, the IRI itself for other addresses, nothing for what is no address. */
export function path(iri, base) {
  if (iri.startsWith(`${base}id/`)) return `/doc/${iri.slice(base.length + 3)}`;
  if (iri.startsWith(`${base}ns#`)) {
    const name = iri.slice(base.length + 3);
    return /^[A-Z]/.test(name) ? `/ontology/${name}` : `/ontology#${name}`;
  }
  if (iri.startsWith(`${base}concept/`)) return `/${iri.slice(base.length)}`;
  return /^https?:/.test(iri) ? iri : "";
}

/** Return an IRI as people write it. */
export function short(iri, base) {
  if (iri.startsWith(`${base}id/`)) return iri.slice(base.length + 3);
  if (iri.startsWith(`${base}ns#`)) return `comity:${iri.slice(base.length + 3)}`;
  return iri.startsWith(`${base}concept/`) ? part(iri) : iri;
}

/** Pair each column with the one that holds its label (`x` with `xLabel`), which is then no column of its own. */
export function columns(names) {
  const labels = new Set(names.filter((name) => name.endsWith("Label") && names.includes(name.slice(0, -5))));
  return names.filter((name) => !labels.has(name)).map((name) => ({ name, label: labels.has(`${name}Label`) ? `${name}Label` : "" }));
}

/** Return the text of a cell: its label where the row holds one. */
export function text(row, { name, label }, base) {
  const cell = row[name];
  if (!cell) return "";
  if (label && row[label]) return row[label].value;
  return cell.type === "uri" ? short(cell.value, base) : cell.value;
}

/** Return the number that a cell holds, or null. */
export function number(cell) {
  if (cell?.type !== "literal" || !/#(integer|int|long|decimal|double|float|nonNegativeInteger)$/.test(cell.datatype ?? "")) return null;
  const value = Number(cell.value);
  return Number.isFinite(value) ? value : null;
}

/** Make an element with attributes and children; text is never read as markup. */
export function make(tag, attributes = {}, ...children) {
  const made = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Fill the places `{name}` of a wording. */
export const fill = (wording, values) => wording.replace(/\{(\w+)\}/g, (_, name) => values[name]);
