"""The words in which a transfer is described become what is known of it: traits that it has or lacks, numbers, a named recipient.

A trait that is neither stated nor shut out by a stated one is unknown, and an unknown trait is never taken for absent.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comity.errors import InputError
from comity.names import resolve
from comity.routes.codes import Codes
from comity.store import Store

_NUMBER = re.compile(r"([a-z-]+):([0-9][0-9_]*)")


@dataclass(frozen=True)
class Asked:
    """One transfer as asked about; `levels` are the categories that the data may be of, with their distance from the one named."""

    exporter: str
    importer: str
    as_of: datetime.date
    category: str
    levels: Mapping[str, int]
    codes: Codes
    known: frozenset[str] = frozenset()
    shut: frozenset[str] = frozenset()
    quantities: Mapping[str, int] | None = None
    firm: str = ""

    def has(self, trait: str) -> bool | None:
        """Say whether the transfer has a trait: yes, no, or unknown."""
        return True if trait in self.known else False if trait in self.shut else None

    def quantity(self, unit: str) -> int | None:
        """Return how many of a unit the exporter counts, if that was said."""
        return (self.quantities or {}).get(unit)


def words(text: str | None) -> tuple[str, ...]:
    """Split what was said of a party at commas and semicolons; `purpose:x` means the trait `x`."""
    parts = (part.strip() for part in re.split(r"[;,]", text or ""))
    return tuple(part.removeprefix("purpose:") for part in parts if part and part != "any")


def describe(store: Store, codes: Codes, exporter: Iterable[str], recipient: Iterable[str]) -> tuple[frozenset[str], dict[str, int], str]:
    """Return the traits, the numbers and the named recipient that the words give.

    Raises `InputError` for a word that is no trait, number or actor, and for traits that shut each other out.
    """
    traits: set[str] = set()
    quantities: dict[str, int] = {}
    firm = ""
    for word in exporter:
        number = _NUMBER.fullmatch(word)
        if number and number[1] in codes.units:
            quantities[number[1]] = int(number[2].replace("_", ""))
        else:
            traits.add(_trait(codes, word, "exporter"))
    for word in recipient:
        if word in codes.traits:
            traits.add(_trait(codes, word, "recipient"))
        elif firm:
            raise InputError(f"recipient {word}: name one recipient; the other words are traits")
        else:
            firm = _actor(store, codes, word)
    whole = _closure(codes, traits)
    for trait in sorted(whole):
        clash = sorted(codes.excluded[trait] & whole)
        if clash:
            raise InputError(f"{trait} and {clash[0]} shut each other out; leave one away")
    return whole, quantities, firm


def shut_out(codes: Codes, known: Iterable[str]) -> frozenset[str]:
    """Return the traits that a transfer with the traits `known` cannot have; without a trait it lacks all that imply it as well."""
    direct = {other for trait in known for other in codes.excluded[trait]}
    return frozenset(trait for trait in codes.traits if direct & _closure(codes, {trait}))


def levels(codes: Codes, category: str, known: Iterable[str]) -> dict[str, int]:
    """Return the categories whose rules may cover the data, with their distance; a trait of the exporter can make data of a nearer one."""
    if category not in codes.categories:
        near = difflib.get_close_matches(category, codes.categories, n=3, cutoff=0.4)
        raise InputError(f"data {category}: no such category; use {', '.join(near or sorted(codes.categories))}")
    made = {codes.makes[trait]: -1 for trait in known if trait in codes.makes}
    found = {category: 0}
    front = [category]
    while front:
        wider = [w for name in front for w in codes.categories[name] if w not in found]
        depth = found[front[0]] + 1
        found.update(dict.fromkeys(wider, depth))
        front = list(dict.fromkeys(wider))
    return {**found, **made}


def _closure(codes: Codes, traits: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for trait in traits:
        step = trait
        while step in codes.parents:
            found.add(step)
            step = codes.parents[step]
    return frozenset(found)


def _trait(codes: Codes, word: str, party: str) -> str:
    groups = {"recipient"} if party == "recipient" else {"exporter", "transaction", "data"}
    if word in codes.traits and codes.group(word) in groups:
        return word
    if word in codes.traits:
        raise InputError(f"{party} {word}: says something of the {codes.group(word)}; write it with --{'recipient' if party == 'exporter' else 'exporter'}")
    fitting = sorted(t for t in codes.traits if codes.group(t) in groups)
    near = difflib.get_close_matches(word, fitting, n=3, cutoff=0.5)
    numbers = ", ".join(f"{unit}:N" for unit in codes.units)
    raise InputError(f"{party} {word}: no such trait; " + (f"did you mean {', '.join(near)}" if near else f"use {', '.join(fitting)}, or {numbers}"))


def _actor(store: Store, codes: Codes, word: str) -> str:
    try:
        return resolve(store, word).value
    except InputError as error:
        fitting = [t for t in codes.traits if codes.group(t) == "recipient"]
        near = difflib.get_close_matches(word, fitting, n=3, cutoff=0.5) or sorted(fitting)
        raise InputError(f"recipient {word}: {error}; or say what it is: {', '.join(near)}") from None
