"""A named graph becomes its sorted N-Triples lines, which can be hashed, compared, kept and loaded again.

One triple is one line, as the engine writes it: literals are normalised on loading, so lines are taken from a store
and never from what was put into it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from comity.vocabulary import TYPE

Lines = tuple[bytes, ...]
Graphs = dict[str, Lines]

#: the predicate of a line that says what class a thing has
TYPE_TOKEN = str(TYPE).encode()


@dataclass
class Change:
    """What differs between two states of a graph: lines by sign, and what they are about.

    Attributes: `added`, `removed`, lines by named graph; `predicates`, the predicates of these lines; `classes`, the
    classes of those that state one. Terms are in N-Triples form.
    """

    added: dict[str, set[bytes]] = field(default_factory=dict)
    removed: dict[str, set[bytes]] = field(default_factory=dict)
    predicates: set[bytes] = field(default_factory=set)
    classes: set[bytes] = field(default_factory=set)

    def compare(self, graph: str, old: Iterable[bytes], new: Iterable[bytes]) -> None:
        """Take in how the named graph `graph` changed from `old` to `new`."""
        before, after = set(old), set(new)
        self.added[graph], self.removed[graph] = after - before, before - after
        for line in self.added[graph] | self.removed[graph]:
            _, predicate, rest = line.split(b" ", 2)
            self.predicates.add(predicate)
            if predicate == TYPE_TOKEN:
                self.classes.add(rest[:-3])

    @property
    def subjects(self) -> set[bytes]:
        """The subjects of all lines that changed."""
        return {line.partition(b" ")[0] for side in (self.added, self.removed) for lines in side.values() for line in lines}

    @property
    def retyped(self) -> set[bytes]:
        """The subjects whose classes changed."""
        return {line.partition(b" ")[0] for side in (self.added, self.removed) for lines in side.values() for line in lines
                if line.split(b" ", 2)[1] == TYPE_TOKEN}


def listed(store: ox.Store, graph: str) -> list[bytes]:
    """Return the lines of the named graph `graph` in `store`, in any order."""
    return (store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b"").splitlines(keepends=True)


def written(store: ox.Store, graph: str) -> Lines:
    """Return the sorted lines of the named graph `graph` in `store`."""
    return tuple(sorted(listed(store, graph)))


def ordered(text: bytes) -> Lines:
    """Return the lines of N-Triples `text`, each once and sorted."""
    return tuple(sorted(set(text.splitlines(keepends=True))))


def apply(store: ox.Store, graph: str, change: Change) -> None:
    """Let the named graph `graph` of `store` go from the old state to the new one."""
    for quad in ox.parse(quads(graph, change.removed.get(graph, ())), format=ox.RdfFormat.N_QUADS, lenient=True):
        store.remove(quad)
    load(store, graph, change.added.get(graph, ()))


def load(store: ox.Store, graph: str, lines: Iterable[bytes]) -> None:
    """Add `lines` to the named graph `graph` of `store`."""
    store.load(b"".join(lines), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph), lenient=True)


def quads(graph: str, lines: Iterable[bytes]) -> bytes:
    """Return `lines` as N-Quads of the named graph `graph`."""
    end = f"<{graph}> .\n".encode()
    return b"".join([line[:-2] + end for line in lines])


def triples(text: bytes, graph: str) -> Lines:
    """Return the lines of N-Quads `text`, all of the named graph `graph`, as `quads` wrote them."""
    end = len(f"<{graph}> .\n".encode())
    return tuple([line[:-end] + b".\n" for line in text.splitlines(keepends=True)])


def union(graphs: Mapping[str, Lines]) -> list[bytes]:
    """Return the lines of all graphs, each once and sorted."""
    return sorted(set().union(*graphs.values()))


def digest(*parts: bytes) -> str:
    """Return the SHA-256 of `parts`, each ended by a zero byte, in hexadecimal."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part + b"\0")
    return total.hexdigest()
