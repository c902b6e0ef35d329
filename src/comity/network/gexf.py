"""A measured network becomes GEXF 1.3 that is valid against its XSD.

Written here because networkx writes an invalid 1.2draft and fails on missing values and dates.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from comity.network.measure import Metrics

NAMESPACE = "http://gexf.net/1.3"
_OWN = {"id", "label", "source", "target", "weight", "directed"}
_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}


def to_gexf(metrics: Metrics, *, version: str) -> bytes:
    """Return `metrics` as a static GEXF 1.3 document; `version` names the dataset."""
    root = ET.Element("gexf", {"xmlns": NAMESPACE, "version": "1.3"})
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = f"Comity {version}"
    ET.SubElement(meta, "description").text = ", ".join(f"{k} {v}" for k, v in sorted(metrics.parameters.items()))
    directed = bool(metrics.ties[0]["directed"])
    graph = ET.SubElement(root, "graph", {"mode": "static", "defaultedgetype": "directed" if directed else "undirected", "idtype": "string"})
    nodes = _attributes(graph, "node", metrics.actors)
    edges = _attributes(graph, "edge", metrics.ties)
    listed = ET.SubElement(graph, "nodes")
    for actor in metrics.actors:
        node = ET.SubElement(listed, "node", {"id": str(actor["id"]), "label": str(actor["label"] or actor["id"])})
        _values(node, actor, nodes)
    ties = ET.SubElement(graph, "edges")
    for index, tie in enumerate(metrics.ties):
        edge = ET.SubElement(ties, "edge", {"id": str(index), "source": str(tie["source"]), "target": str(tie["target"]), "weight": str(tie["weight"])})
        _values(edge, tie, edges)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _attributes(graph: ET.Element, kind: str, rows: tuple[dict[str, object], ...]) -> list[str]:
    """Declare the attributes of nodes or edges; return their names, whose index is the attribute's id."""
    names = [n for n in rows[0] if n not in _OWN]
    element = ET.SubElement(graph, "attributes", {"class": kind, "mode": "static"})
    for index, name in enumerate(names):
        ET.SubElement(element, "attribute", {"id": str(index), "title": name, "type": _TYPES[type(rows[0][name])]})
    return names


def _values(parent: ET.Element, row: dict[str, object], names: list[str]) -> None:
    element = ET.SubElement(parent, "attvalues")
    for index, name in enumerate(names):
        value = row[name]
        text = str(value).lower() if isinstance(value, bool) else str(value)
        ET.SubElement(element, "attvalue", {"for": str(index), "value": text})
