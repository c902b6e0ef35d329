"""Facts on actors become matrices of dyads: same region, both members, tied in a layer, distance in a number of their own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from comity.network.matrix import Array
from comity.network.project import Reader
from comity.site.methods.study import Study

_FACTS = """SELECT ?actor ?iso ?m49 ?region ?wider WHERE {
  ?actor comity:region ?region . OPTIONAL { ?actor comity:isoAlpha3 ?iso } OPTIONAL { ?actor comity:m49Code ?m49 } OPTIONAL { ?region skos:broader ?wider } }"""


class Facts:
    """What is known of each actor: `iso` and `m49` codes, `region` (continent of M49), and the `members` of each union in a slice."""

    def __init__(self, study: Study, reader: Reader) -> None:
        self.iso: dict[str, str] = {}
        self.m49: dict[str, str] = {}
        self.region: dict[str, str] = {}
        for row in study.graph.query(_FACTS):
            actor = str(row["actor"]).rpartition("/")[2]
            self.region[actor] = str(row["wider"] or row["region"]).rpartition("/")[2]
            self.iso[actor], self.m49[actor] = str(row["iso"] or ""), str(row["m49"] or "")
        self.members: dict[str, list[str]] = defaultdict(list)
        for member, union in sorted(reader.unions.items()):
            self.members[union].append(member)
        for union, members in self.members.items():
            # of equals the first in the alphabet
            seen = Counter(sorted(self.region[m] for m in members if m in self.region))
            self.region[union] = seen.most_common(1)[0][0] if seen else ""

    def standing(self, actor: str) -> Sequence[str]:
        """Return the members that a union stands for, or the actor itself."""
        return self.members.get(actor) or (actor,)

    def regions(self, actors: Iterable[str]) -> dict[str, str]:
        """Return actor → continent, `no region` where none is known."""
        return {a: self.region.get(a) or "no region" for a in actors}


def same(labels: Sequence[str]) -> Array:
    """Return 1 where two actors have the same label (n × n); an empty one is like no other."""
    named = np.array(labels, dtype=object)
    return np.asarray((named[:, None] == named[None, :]) & (named != "")[:, None], dtype=float)


def both(actors: Sequence[str], group: Iterable[str]) -> Array:
    """Return 1 where both actors are in a group (n × n)."""
    inside = set(group)
    one = np.array([a in inside for a in actors], dtype=float)
    return np.asarray(np.outer(one, one))


def sharing(actors: Sequence[str], holders: Iterable[Iterable[str]]) -> Array:
    """Return how many things two actors both hold (n × n), each thing given by its holders."""
    place = {a: k for k, a in enumerate(actors)}
    total = np.zeros((len(actors),) * 2)
    for who in holders:
        inside = sorted({place[a] for a in who if a in place})
        total[np.ix_(inside, inside)] += 1
    return total


def held(reader: Reader, layer: str) -> dict[str, set[str]]:
    """Return thing → who holds it in a two-mode layer."""
    found: dict[str, set[str]] = defaultdict(set)
    for record in reader.records(layer):
        found[record.topic].add(record.source)
    return dict(sorted(found.items()))


def either(actors: Sequence[str], reader: Reader, layer: str) -> Array:
    """Return 1 where a directed layer joins two actors in either direction (n × n)."""
    place = {a: k for k, a in enumerate(actors)}
    total = np.zeros((len(actors),) * 2)
    for record in reader.records(layer):
        if record.source in place and record.target in place:
            total[place[record.source], place[record.target]] = total[place[record.target], place[record.source]] = 1.0
    return total


def points(actors: Sequence[str], facts: Facts, values: Mapping[str, float]) -> Array:
    """Return the number of each actor (n), for a union the mean of its members'; NaN where none is known."""
    means = [[values[iso] for a in facts.standing(actor) if (iso := facts.iso.get(a, "")) in values] for actor in actors]
    return np.array([float(np.mean(one)) if one else float("nan") for one in means])


def distance(values: Array) -> Array:
    """Return how far two actors are apart (n × n)."""
    return np.asarray(np.abs(values[:, None] - values[None, :]))
