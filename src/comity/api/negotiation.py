"""An Accept header or a file extension becomes one of the formats on offer.

Parsing of media ranges and q-values is left to python-mimeparse.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import mimeparse

from comity.api.problems import Problem

MEDIA: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "html": "text/html",
}
ALIASES: Final = {"application/json": "json", "application/xml": "xml", "text/plain": "nt"}
ROWS: Final = ("json", "xml", "csv", "tsv")
GRAPHS: Final = ("ttl", "nt", "jsonld", "rdf")
#: a graph as quads of the default graph, for clients that read nothing else
QUADS: Final = ("nq", "trig")
#: names of formats that clients such as SPARQLWrapper add to the address, for rows and for triples
_NAMES: Final = {"json": ("json", "jsonld"), "xml": ("xml", "rdf"), "rdf+xml": ("", "rdf"), "turtle": ("", "ttl"), "n3": ("", "ttl"), "json-ld": ("", "jsonld"),
                 "ntriples": ("", "nt"), "n-triples": ("", "nt"), "nquads": ("", "nq"), "n-quads": ("", "nq"), "html": ("html", "html")}
CHARSETS: Final = {"csv", "tsv", "html", "ttl"}


def choose(accept: str | None, offered: tuple[str, ...]) -> str:
    """Return the name of the format that `accept` likes best among `offered`, whose first is the default.

    Raises `Problem` 406 if none is acceptable and 400 if the header is malformed.
    """
    best = acceptable(accept, offered)
    if not best:
        raise Problem(406, f"nothing acceptable: this answer comes as {', '.join(MEDIA[n] for n in offered)}")
    return best


def wanted(accept: str | None, asked: str, offered: tuple[str, ...] = ("json", "html")) -> str:
    """Return the format that an address asks for by name, or else the one of `offered` that `accept` likes best. Raises `Problem` 406."""
    if asked and asked not in offered:
        raise Problem(406, f"no format {asked} here; use {', '.join(offered[:-1])} or {offered[-1]}")
    return asked or choose(accept, offered)


@lru_cache(maxsize=1024)
def acceptable(accept: str | None, offered: tuple[str, ...]) -> str:
    """Return the name of the format that `accept` likes best among `offered`, empty if there is none. Raises `Problem` 400 if the header is malformed."""
    if not accept or accept.strip() == "*/*":
        return offered[0]
    media = {MEDIA[name]: name for name in offered} | {alias: name for alias, name in ALIASES.items() if name in offered}
    ranked = [*reversed([a for a in media if a in ALIASES]), *(MEDIA[name] for name in reversed(offered))]
    try:
        best = mimeparse.best_match(ranked, accept)
    except ValueError:
        raise Problem(400, f"the Accept header {accept[:80]!r} is malformed; write media types such as text/csv") from None
    return media[best] if best else ""


def by_name(name: str, offered: tuple[str, ...]) -> str:
    """Return `name` if it is one of `offered`. Raises `Problem` 406."""
    if name not in offered:
        raise Problem(406, f"format {name} does not suit this answer; it comes as {', '.join(offered)}")
    return name


def named(form: str) -> tuple[str, str]:
    """Return the formats for rows and for triples that `form` names, empty where it names none, by our names, media types or those that clients add.

    Raises `Problem` 406 for a name of nothing.
    """
    form = form.lower().replace(" ", "+")
    media = next((name for name, kind in MEDIA.items() if kind == form), form)
    found = _NAMES.get(media, (media if media in ROWS else "", media if media in (*GRAPHS, *QUADS) else ""))
    if not any(found):
        raise Problem(406, f"no format is called {form[:40]}; answers come as {', '.join((*ROWS, *GRAPHS, *QUADS))} or html")
    return found


def content_type(name: str) -> str:
    """Return the Content-Type of a format, with its charset where the type has one."""
    return f"{MEDIA[name]}; charset=utf-8" if name in CHARSETS else MEDIA[name]
