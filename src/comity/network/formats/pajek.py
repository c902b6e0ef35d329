"""A dataset becomes a Pajek network, and its groups a Pajek partition."""

from __future__ import annotations

from collections import Counter

from comity.errors import InputError
from comity.network.dataset import Dataset, Row
from comity.network.formats.layout import positions


def to_pajek(dataset: Dataset) -> bytes:
    """Return actors and ties of `dataset` as a Pajek network (`.net`), UTF-8.

    Vertices are labelled by actor id. The value of a line is weight × sign, 1 where there is no such column; its label
    `l` is the layer. The format knows nothing unknown: a tie whose weight or sign is unknown is left out. Raises
    `InputError` for ids that the format cannot tell apart and for several spells of one tie.
    """
    names = labels(dataset)
    number = {str(actor["id"]): index for index, actor in enumerate(dataset.actors, 1)}
    where = positions(dataset)
    lines = [f"*Network {dataset.name}", f"*Vertices {len(number)}"]
    for name, index in number.items():
        place = "{} {} ellipse".format(*where[name]) if name in where else ""
        lines.append(f'{index} "{names[name]}" {place}'.rstrip())
    lines.append("*Arcs" if dataset.directed else "*Edges")
    for tie, value in valued(dataset):
        lines.append(f'{number[str(tie["source"])]} {number[str(tie["target"])]} {value} l "{_quoted(str(tie["layer"]))}"')
    return ("\n".join(lines) + "\n").encode()


def to_partition(dataset: Dataset, column: str) -> bytes:
    """Return the groups in `column` of the actors as a Pajek partition (`.clu`): numbers from 1 in order, 0 where the group is unknown."""
    groups = dataset.groups(column)
    return "".join(f"{line}\n" for line in (f"*Vertices {len(dataset.actors)}", *(groups.get(str(actor["id"]), 0) for actor in dataset.actors))).encode()


def labels(dataset: Dataset) -> dict[str, str]:
    """Return actor id → label between double quotes, which the old formats cannot escape. Raises `InputError` if two become one."""
    names = {str(actor["id"]): _quoted(str(actor["id"])) for actor in dataset.actors}
    twice = sorted(name for name, n in Counter(names.values()).items() if n > 1)
    if twice:
        raise InputError(f"actors cannot be told apart once double quotes are replaced: {twice[0]}; rename one")
    return names


def valued(dataset: Dataset) -> list[tuple[Row, str]]:
    """Return the ties with weight × sign, without those of which either is unknown. Raises `InputError` for several spells of a tie."""
    keys = Counter((tie["source"], tie["target"], tie["layer"]) for tie in dataset.ties)
    twice = sorted(str(key) for key, n in keys.items() if n > 1)
    if twice:
        raise InputError(f"tie {twice[0]} stands more than once, and the format holds no spells; export one day, or another format")
    found = []
    for tie in dataset.ties:
        weight, sign = tie.get("weight", 1.0), tie.get("sign", 1)
        if isinstance(weight, int | float) and isinstance(sign, int | float):
            found.append((tie, str(weight * sign).removesuffix(".0")))
    return found


def _quoted(text: str) -> str:
    return text.replace('"', "'").replace("\\", "/")
