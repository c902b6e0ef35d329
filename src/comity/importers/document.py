"""The mappings of all kinds become the page `docs/importers.md`."""

from __future__ import annotations

from collections.abc import Iterator

from comity.importers.mapping import KINDS, Mapping, mapping

_HEAD = """# Importing a copy of another dataset

`comity import KIND FILE --out review` reads your own copy of a dataset, compares it with our tables and writes review tables: rows in
the columns of ours, and `review.csv` with one line or more for each row of theirs. Nothing of ours is changed, and nothing is merged
unseen. `comity import KIND --mapping` shows a mapping; this page is the answer of `comity import all --mapping`.

`comity import wikidata --endpoint URL` asks a SPARQL endpoint, through SPARQLWrapper, for all that has both codes of ISO 3166-1, or what the
SELECT in FILE asks, keeps the answer as `wikidata.json` beside the review and goes on as with a copy. Nothing else goes out to the network.

| `review.csv` | |
|---|---|
| `row` | number of the row of theirs, the first after the header is 1 |
| `id` | our id, or that of the new row; two new rows never have the same |
| `verdict` | `new`, `same`, `differs`, `candidate` (ours may hold it), `unmatched name` (its actor is not found), `left out` |
| `differs` | what differs |
| `matched`, `unmatched` | names of actors with our ids, and those that are not found; the verdict does not depend on them |
| `candidates` | our things that are like it, with their likeness from 0 to 100 |
| `why` | why it is left out, or what they say of the subject |
| `file`, `sha256`, `edition`, `licence` | where the row is from, and on what terms |

Files are UTF-8, with or without a byte order mark, UTF-16 with one, or `.xlsx`; Latin-1 is read only where a dataset is published
in it. Whatever else is refused in one line, as are files above 64 MB and workbooks that unpack to more than 256 MB.

- **treaties**: a treaty is one of ours if it is like it in name, parties and year; organisations are replaced by their members of that
  year and most members of the European Union stand for the Union. The dates and parties of a new one are rows of `events` and `participations`.
- **laws**: that a state has a law on a subject is the `same` if we hold one that stands, of the state, its authorities or a union it is in.
- **values**: we hold no such numbers, so they are all `new`, in `values.csv` by our ids; a code that is not ours `differs`.
"""


def document() -> str:
    """Return the page in Markdown."""
    return "\n".join([_HEAD, *(line for kind in KINDS for line in _section(mapping(kind)))])


def _section(how: Mapping) -> Iterator[str]:
    yield from (f"## {how.kind}", "", f"{how.title[0].upper()}{how.title[1:]}.", "")
    yield from (f"- edition: {how.edition}", f"- licence: {how.licence}", f"- a row of theirs: {how.shape}")
    if how.encoding:
        yield f"- encoding: UTF-8 or {how.encoding}"
    lines = how.lines()
    if lines:
        yield from ("", "| theirs | ours |", "|---|---|", *(f"| `{theirs.replace('|', chr(92) + '|')}` | {ours} |" for theirs, ours in lines))
    yield ""
