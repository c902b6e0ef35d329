"""The address of a SPARQL endpoint that speaks as Wikidata does becomes a file of its answer, which is then read like any copy."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from comity.errors import InputError
from comity.importers.mapping import Mapping

KIND = "wikidata"


def asked(how: Mapping, endpoint: str, query: Path | None, *, timeout: float = 60) -> bytes:
    """Return the answer of `endpoint` as SPARQL results in JSON, to the SELECT in the file `query`, or to our question for states.

    One question is sent through SPARQLWrapper, never again, and one before it for the graphs there. Raises `InputError` for a kind
    that no endpoint gives or a query that is no SELECT, `QueryError` if it is refused, `StoreError` if no answer came.
    """
    from comity.remote import RemoteStore
    from comity.syntax import form

    if how.kind != KIND:
        raise InputError(f"import {how.kind}: no endpoint gives it; give the path of your copy")
    try:
        text = (files("comity.importers") / f"{KIND}.rq" if query is None else query).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{query}: cannot be read ({error}); give a file with a SELECT query") from None
    if form(text) != "SELECT":
        raise InputError(f"{query}: is no SELECT query; ask for item and itemLabel, and iso2 and iso3 if wanted")
    return RemoteStore(endpoint, {}, timeout=timeout).query(text).serialize("json")
