"""A feed becomes Atom (RFC 4287) or JSON Feed 1.1."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ET
from typing import Any

from comity.changes.history import Entry, Feed
from comity.vocabulary import BASE

ATOM = "http://www.w3.org/2005/Atom"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
AUTHORS = "The Comity authors"


def atom(feed: Feed, host: str) -> bytes:
    """Return the feed in Atom, with links on `host`, an address that ends in no slash."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(root, "id", BASE + feed.path.removeprefix("/"))
    _add(root, "title", feed.title)
    if feed.note:
        _add(root, "subtitle", feed.note)
    _add(root, "updated", _time(feed.updated))
    _add(ET.SubElement(root, "author"), "name", AUTHORS)
    _add(root, "rights", f"CC BY 4.0, {LICENCE}")
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": host + feed.path})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": host + feed.about})
    for entry in feed.entries:
        _entry(root, entry, host)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _entry(root: ET.Element, entry: Entry, host: str) -> None:
    item = ET.SubElement(root, "entry")
    _add(item, "id", entry.iri)
    _add(item, "title", entry.title)
    _add(item, "updated", _time(entry.day))
    ET.SubElement(item, "link", {"rel": "alternate", "href": host + entry.path})
    _add(item, "content", "\n".join(entry.lines)).set("type", "text")


def json_feed(feed: Feed, host: str) -> dict[str, Any]:
    """Return the feed as JSON Feed 1.1, with links on `host`."""
    items = [{"id": e.iri, "url": host + e.path, "title": e.title, "content_text": "\n".join(e.lines), "date_published": _time(e.day)} for e in feed.entries]
    said = {"description": feed.note} if feed.note else {}
    separator = "&" if "?" in feed.path else "?"
    return {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": host + feed.about,
            "feed_url": f"{host}{feed.path}{separator}format=json", **said, "language": "en", "authors": [{"name": AUTHORS}], "items": items}


def _add(parent: ET.Element, name: str, words: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = "".join(c for c in words if c in "\t\n\r" or c >= " ")  # what XML 1.0 cannot hold
    return child


def _time(date: datetime.date) -> str:
    return f"{date.isoformat()}T00:00:00Z"
