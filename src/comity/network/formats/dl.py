"""One layer of a dataset becomes a UCINET DL file: an edge list with labels."""

from __future__ import annotations

import re
from typing import Final

from comity.errors import InputError
from comity.network.dataset import Dataset
from comity.network.formats.pajek import labels, valued

#: what needs no quotes, which some readers take as part of the label
_PLAIN: Final = re.compile(r"[\w.-]+")


def to_dl(dataset: Dataset, layer: str | None = None) -> bytes:
    """Return the actors and the ties of one `layer` as UCINET DL (`format=edgelist1`), UTF-8.

    `layer` may be left out if there is only one. Labels are actor ids, in double quotes where they hold blanks or signs. The value of a tie is weight ×
    sign, 1 where there is no such column; a tie of unknown value is left out. An undirected tie stands in both
    directions, as UCINET reads the list into a square matrix. Raises `InputError` for several layers or spells, and for
    ids that the format cannot tell apart.
    """
    if layer is None and len(dataset.layers) > 1:
        raise InputError(f"a DL file holds one layer; choose one of {', '.join(dataset.layers)}, or write into a folder, one file a layer")
    names = labels(dataset)
    number = {str(actor["id"]): index for index, actor in enumerate(dataset.actors, 1)}
    lines = [f"dl n={len(number)}", "format = edgelist1", "labels:", *(name if _PLAIN.fullmatch(name) else f'"{name}"' for name in names.values()), "data:"]
    for tie, value in valued(dataset):
        if layer is not None and tie["layer"] != layer:
            continue
        source, target = number[str(tie["source"])], number[str(tie["target"])]
        lines.append(f"{source} {target} {value}")
        if not dataset.directed and source != target:
            lines.append(f"{target} {source} {value}")
    return ("\n".join(lines) + "\n").encode()
