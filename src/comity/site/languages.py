"""The words of the interface become English or Chinese: by `lang` in the address, which a cookie keeps, or by what a browser prefers.

Templates mark words by `_()`. Translations stand in `locale/<language>/LC_MESSAGES/comity.po`, compiled beside it by `make words`.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode

LANGUAGES: Final = {"en": "English", "zh": "中文"}
LOCALE: Final = Path(__file__).parent / "locale"
#: the language of the page that is being made
language: ContextVar[str] = ContextVar("language", default="en")
#: path and query of the page that is being made, nothing if it answers a form
address: ContextVar[str] = ContextVar("address", default="/")
#: what things, codes and properties are called in the language of the page, by IRI; nothing where that is English
names: ContextVar[Mapping[str, str]] = ContextVar("names", default=MappingProxyType({}))
COOKIE: Final = "comity-language"


def asked(query: bytes) -> str:
    """Return the language that an address asks for by `lang`, nothing if it asks for none of ours."""
    named = parse_qs(query.decode("latin-1")).get("lang", [""])[-1] if b"lang=" in query else ""
    return named if named in LANGUAGES else ""


def chosen(query: bytes, cookies: bytes, accepted: bytes) -> str:
    """Return the language of the address, of the cookie, or the one of ours that an Accept-Language header likes best."""
    if named := asked(query):
        return named
    for name in LANGUAGES:
        if f"{COOKIE}={name}".encode() in cookies:
            return name
    if b"zh" not in accepted:
        return "en"
    likes = [_like(part) for part in accepted.decode("latin-1").split(",")]
    best = {name: max((quality for tag, quality in likes if tag.split("-")[0] == name), default=0.0) for name in LANGUAGES}
    return "zh" if best["zh"] > best["en"] else "en"


def _like(part: str) -> tuple[str, float]:
    tag, _, weight = part.partition(";")
    try:
        return tag.strip().lower(), float(weight.partition("=")[2]) if weight else 1.0
    except ValueError:
        return "", 0.0


@cache
def _words(name: str) -> gettext.NullTranslations:
    return gettext.translation("comity", LOCALE, [name], fallback=True)


def translate(text: str) -> str:
    """Return a text of the interface in the language of the page."""
    return _words(language.get()).gettext(text)


def translate_count(one: str, many: str, count: int) -> str:
    """Return the form of a text for a number of things, in the language of the page."""
    return _words(language.get()).ngettext(one, many, count)


def called(iri: str, label: str) -> str:
    """Return what a thing is called in the language of the page, `label` where the graph does not say."""
    return names.get().get(iri, label)


def here(name: str) -> str:
    """Return the address of the page that is being made, in the language `name`; nothing if it has none."""
    if not address.get():
        return ""
    path, _, query = address.get().partition("?")
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key != "lang"]
    return f"{path}?{urlencode([*kept, ('lang', name)])}"


def mark(text: str) -> str:
    """Mark a text for the catalogues that is translated elsewhere, where it is shown."""
    return text


GRADES: Final = (mark("official"), mark("secondary"), mark("recalled"))
SEVERITIES: Final = (mark("slow"), mark("wrong"), mark("note"))
