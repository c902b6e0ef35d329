"""The rules that no single row can show become faults: each fault query of `queries/checks` asks the store for its own.

Every fault leads back to file, line and column, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from comity.errors import InputError, asked
from comity.tables import Fault
from comity.triples import Place


def find_faults(store: ox.Store, folder: Path, places: Mapping[str, Place], *, unless: Callable[[Path], bool] = lambda path: False) -> list[Fault]:
    """Run each fault query of `folder` on `store`, `unless` its path is excused; each row it returns (`?row ?column ?detail`) is a fault."""
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise InputError(f"{folder}: no fault queries here; run the command from a checkout or install the package again")
    return sorted(fault for path in paths if not unless(path) for fault in _faults_of(store, path, places))


def _faults_of(store: ox.Store, path: Path, places: Mapping[str, Place]) -> Iterator[Fault]:
    text, found = asked(path, lambda text: (text, _solutions(store, text)), "mend the query")
    if found is None:
        raise InputError(f"{path}: a fault query is a SELECT of ?row ?column ?detail; write it as one")
    try:
        rows = [(row["row"].value, row["column"].value, row["detail"].value) for row in found]
    except (AttributeError, KeyError):
        raise InputError(f"{path}: a row lacks ?row, ?column or ?detail; bind all three") from None
    solution = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("#+ solution:")), "")
    for iri, column, detail in rows:
        place = places.get(iri, Place(iri, 0))
        yield Fault(place.file, place.line, column, f"{path.stem}: {detail}. {solution}", check=path.stem)


def _solutions(store: ox.Store, text: str) -> list[ox.QuerySolution] | None:
    """Return the solutions of a query, None if it is no SELECT; the engine's iterator must not outlive its thread."""
    answer = store.query(text, use_default_graph_as_union=True)
    return list(answer) if isinstance(answer, ox.QuerySolutions) else None
