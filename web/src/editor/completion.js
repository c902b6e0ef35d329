// What stands before the cursor becomes what may follow: names of the query, of the vocabulary, and of things in the graph, all asked of this host.
import { syntaxTree } from "@codemirror/language";

const KEYWORDS = `SELECT DISTINCT WHERE OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH EXISTS NOT ORDER GROUP BY HAVING LIMIT OFFSET ASC DESC
  CONSTRUCT ASK DESCRIBE PREFIX FROM COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT REGEX CONTAINS STRSTARTS LANG STR BOUND COALESCE IF YEAR`.split(/\s+/);
const OPEN = /<[^<>\s"{}]*$/;

const once = (load) => {
  const kept = new Map();
  return (key) => {
    if (!kept.has(key)) kept.set(key, load(key).catch(() => { kept.delete(key); return null; }));
    return kept.get(key);
  };
};
const json = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};
const vocabulary = once(() => json("/suggest/vocabulary"));
const properties = once((name) => json(`/suggest/properties?class=${encodeURIComponent(name)}`));
const things = once((name) => json(`/suggest?q=${encodeURIComponent(name)}`));

/** Return the subject of the pattern in which `before` ends, and whether a property is what comes next. */
export function place(before) {
  const bare = before.replace(/"[^"\n]*"|'[^'\n]*'|<[^<>\s]*>|#[^\n]*/g, (piece) => (piece[0] === "#" ? "" : piece[0] === "<" ? "<>" : '""'));
  const clause = bare.split(/[{}]|\.(?=\s|$)/).pop();
  const words = clause.trim().split(/\s+/).filter(Boolean);
  const isNew = /\s$/.test(clause);
  const inClause = clause.split(";").pop().trim().split(/\s+/).filter(Boolean).length + (isNew ? 1 : 0);
  const isProperty = clause.includes(";") ? inClause <= 1 : inClause === 2;
  return { subject: words[0] ?? "", isProperty, isClass: /(?:^|[\s;])a\s+\S*$/.test(clause) };
}

/** Return the class that the query says a variable has, if any. */
export function classOf(text, subject) {
  if (!/^[?$]\w+$/.test(subject)) return "";
  return text.match(new RegExp(`\\${subject[0]}${subject.slice(1)}\\s+a\\s+([\\w-]+:[\\w-]+)`))?.[1] ?? "";
}

/** Put the IRI of a thing in place, and its label as a comment at the end of the line. */
function insert(thing) {
  return (view, completion, from, to) => {
    const line = view.state.doc.lineAt(to);
    const rest = line.text.slice(to - line.from);
    const changes = [{ from, to, insert: `<${thing.iri}>` }];
    if (!/(^|\s)#/.test(rest)) changes.push({ from: line.to, insert: `  # ${thing.label}` });
    view.dispatch({ changes, selection: { anchor: from + thing.iri.length + 2 }, userEvent: "input.complete" });
  };
}

async function ofThings(name) {
  const found = await things(name);
  return (found?.things ?? []).map((thing, i) => ({
    label: thing.name, displayLabel: thing.label, detail: thing.name === thing.label ? thing.iri.split("/").slice(-2).join("/") : thing.name,
    type: "constant", boost: -i, apply: insert(thing),
  }));
}

async function ofTerms({ isClass, isProperty, subject }, text) {
  const [known, used] = await Promise.all([vocabulary(""), isProperty && classOf(text, subject) ? properties(classOf(text, subject)) : null]);
  const count = new Map((used?.properties ?? []).map(({ name, count: n }) => [name, n]));
  const terms = (known?.terms ?? []).map((term) => ({
    label: term.name, detail: count.has(term.name) ? `${term.label} (${count.get(term.name)})` : term.label, info: term.definition || undefined,
    type: term.kind === "class" ? "class" : "property",
    boost: (count.has(term.name) ? 60 : 0) + (isClass === (term.kind === "class") ? 10 : 0),
  }));
  const others = [...count].filter(([name]) => !terms.some(({ label }) => label === name) && !name.startsWith("<"));
  return [...terms, ...others.map(([name, n]) => ({ label: name, detail: `(${n})`, type: "property", boost: 50 }))];
}

/** Offer completions at the cursor. */
export async function complete(context) {
  const text = context.state.doc.toString();
  const before = text.slice(0, context.pos);
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const names = new Set(text.match(/[?$]\w+/g));
    names.delete(variable.text);
    return { from: variable.from, options: [...names].sort().map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
  }
  const open = before.match(OPEN);
  if (open && open[0].length > 2) return { from: context.pos - open[0].length, options: await ofThings(open[0].slice(1)), filter: false };
  if (/^(String|Comment|Iri)/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name) && !context.explicit) return null;
  const named = context.matchBefore(/[A-Za-z][\w-]*:[\w-]*/);
  if (named) return { from: named.from, options: await ofTerms(place(before), text), validFor: /^[\w-]+:[\w-]*$/ };
  const word = context.matchBefore(/[\p{L}][\p{L}\p{N}-]*/u);
  if (!word && !context.explicit) return null;
  const at = place(before);
  const typed = word?.text ?? "";
  const [terms, found] = await Promise.all([ofTerms(at, text), typed.length > 1 ? ofThings(typed) : []]);
  if (context.aborted) return null;
  const wanted = typed.toLowerCase();
  const fitting = terms.filter(({ label, detail, boost }) => (typed ? `${label} ${detail}`.toLowerCase().includes(wanted) : boost >= 50));
  const keywords = KEYWORDS.filter((keyword) => typed && keyword.toLowerCase().startsWith(wanted)).map((label) => ({ label, type: "keyword" }));
  const options = [...keywords, ...fitting.sort((a, b) => b.boost - a.boost).slice(0, 40), ...found];
  return options.length ? { from: word?.from ?? context.pos, options, filter: false } : null;
}
