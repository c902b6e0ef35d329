// A place on the page becomes an editor for SPARQL.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { complete } from "./completion.js";

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent, #12596b)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--secondary, #7a5200)" },
  { tag: [tags.string, tags.number, tags.integer, tags.float, tags.bool], color: "var(--recalled, #9a2c2c)" },
  { tag: [tags.namespace, tags.url, tags.typeName], color: "var(--official, #1f6b3a)" },
  { tag: tags.comment, color: "var(--quiet, #56636a)", fontStyle: "italic" },
]);
const look = EditorView.theme({
  "&": { color: "var(--ink, #1b2327)", backgroundColor: "var(--sheet, #fff)", border: "1px solid var(--line, #ddd9d0)", borderRadius: "5px", fontSize: ".92rem" },
  "&.cm-focused": { outline: "3px solid var(--accent, #12596b)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5", maxHeight: "32rem" },
  ".cm-content": { minHeight: "14rem", caretColor: "var(--ink, #1b2327)" },
  ".cm-cursor": { borderLeftColor: "var(--ink, #1b2327)" },
  ".cm-gutters": { backgroundColor: "var(--mark, #f1ede3)", color: "var(--quiet, #56636a)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--mark, #f1ede3) 55%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent, #12596b) 25%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--sheet, #fff)", color: "var(--ink, #1b2327)", border: "1px solid var(--line, #ddd9d0)", maxWidth: "32rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent, #12596b)", color: "var(--sheet, #fff)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "normal", opacity: ".8" },
});

/** Return the diagnostics of the editor for what the server said of a query. */
function marks(doc, { advice = [], error = null }) {
  const at = (line, column) => doc.line(Math.min(Math.max(line, 1), doc.lines)).from + Math.max(column - 1, 0);
  const mark = (line, column, severity, message) => {
    const from = Math.min(at(line, column), doc.length);
    const word = doc.sliceString(from, from + 60).match(/^[^\s;.,(){}]+/)?.[0].length ?? 1;
    return { from, to: Math.min(from + word, doc.length), severity, message };
  };
  const said = advice.map((a) => mark(a.line, a.column, a.severity === "note" ? "info" : "warning", `${a.message}. ${a.remedy}`));
  return error ? [mark(error.line || 1, error.column || 1, "error", error.message), ...said] : said;
}

// Where a browser itself types over coloured text it writes a style into the page, which the page's policy refuses; so this is done here.
const over = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty || view.composing || !event.cancelable) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

/**
 * Make an editor in `host`, within a shadow tree: there its styles are sheets of its own, which the page's policy allows without a nonce.
 * Tab is not bound, so that the keyboard can leave.
 */
export function editor(host, { text, label, onRun, onSaid, onChange }) {
  const root = host.attachShadow({ mode: "open" });
  const say = linter(async (view) => {
    const query = view.state.doc.toString();
    if (!query.trim()) return [];
    try {
      const answer = await fetch("/advice", { method: "POST", body: new URLSearchParams({ query }) });
      if (!answer.ok) return [];
      const said = await answer.json();
      onSaid(said);
      return marks(view.state.doc, said);
    } catch {
      return [];
    }
  }, { delay: 400 });
  const extensions = [
    lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), EditorView.lineWrapping,
    sparql(), syntaxHighlighting(colours), look, over, say, lintGutter(),
    autocompletion({ override: [complete], activateOnTypingDelay: 150, icons: false }),
    keymap.of([{ key: "Mod-Enter", run: () => { onRun(); return true; } },
      ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
    EditorView.contentAttributes.of({ "aria-label": label, id: "code" }),
    EditorView.updateListener.of((update) => { if (update.docChanged) onChange(update.state.doc.toString()); }),
  ];
  return new EditorView({ root, parent: root, state: EditorState.create({ doc: text, extensions }) });
}

/** Put the cursor at a line and a column. */
export function go(view, line, column) {
  const from = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines)).from;
  view.dispatch({ selection: { anchor: Math.min(from + Math.max(column - 1, 0), view.state.doc.length) }, scrollIntoView: true });
  view.focus();
}
