// Rows that name states or things become what a map or a network shows of them.
import { columns, number, text } from "./terms.js";

const STATE = /^id\/actor\/[A-Z]{3}$/;

/** Return the column of which at least half of the values are states, if any. */
export function stated({ names, rows, base }) {
  return columns(names).find(({ name }) => {
    const iris = rows.map((row) => row[name]).filter((cell) => cell?.type === "uri");
    return iris.length > 1 && iris.filter(({ value }) => STATE.test(value.slice(base.length))).length * 2 >= iris.length;
  });
}

/** Return the first two columns that hold things, if there are two. */
export function linked({ names, rows, base }) {
  const found = columns(names).filter(({ name }) => rows.length > 0 && rows.every((row) => !row[name] || row[name].value.startsWith(`${base}id/`)) && rows.some((row) => row[name]));
  return found.length > 1 ? found.slice(0, 2) : null;
}

/** Return one entry for each state: its IRI, its label, and the first number of its row, or how many rows name it. */
export function states(answer) {
  const column = stated(answer);
  const value = columns(answer.names).find(({ name }) => answer.rows.every((row) => number(row[name]) !== null));
  const found = new Map();
  for (const row of answer.rows) {
    const iri = row[column.name]?.value ?? "";
    if (!STATE.test(iri.slice(answer.base.length))) continue;
    const code = iri;
    const old = found.get(code);
    found.set(code, { iri, label: text(row, column, answer.base), value: value ? number(row[value.name]) + (old?.value ?? 0) : (old?.value ?? 0) + 1 });
  }
  return { values: [...found.values()], value: value?.name ?? "" };
}

/** Return nodes and edges: an edge for each pair of things in a row, as heavy as there are rows. */
export function graph(answer) {
  const [from, to] = linked(answer);
  const nodes = new Map(), edges = new Map();
  for (const row of answer.rows) {
    if (!row[from.name] || !row[to.name]) continue;
    const [source, target] = [from, to].map((column) => {
      const id = row[column.name].value;
      nodes.set(id, { id, label: text(row, column, answer.base), kind: id.slice(answer.base.length).split("/")[1] });
      return id;
    });
    const edge = edges.get(`${source} ${target}`) ?? { source, target, weight: 0 };
    edges.set(`${source} ${target}`, { ...edge, weight: edge.weight + 1 });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** Return the answer with the English labels of the things in `chosen` columns, where the rows do not hold them; asked of this host. */
export async function labelled(answer, chosen) {
  const bare = chosen.filter(({ label }) => !label);
  const iris = [...new Set(answer.rows.flatMap((row) => bare.map(({ name }) => row[name]).filter((cell) => cell?.type === "uri").map(({ value }) => value)))];
  if (!iris.length) return answer;
  const query = `SELECT ?thing (MIN(STR(?name)) AS ?label) WHERE { VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} }
    ?thing rdfs:label ?name FILTER(LANG(?name) = "en") } GROUP BY ?thing`;
  const said = await fetch("/sparql", { method: "POST", body: new URLSearchParams({ query }), headers: { Accept: "application/sparql-results+json" } });
  if (!said.ok) return answer;
  const found = new Map((await said.json()).results.bindings.map(({ thing, label }) => [thing.value, label]));
  const rows = answer.rows.map((row) => ({ ...row, ...Object.fromEntries(bare.map(({ name }) => [`${name}Label`, found.get(row[name]?.value)])) }));
  return { ...answer, names: [...answer.names, ...bare.map(({ name }) => `${name}Label`)], rows };
}
