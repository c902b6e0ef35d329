"""The parts of a score become one number, never shown without them: alignment A by their mean, rivalry R by a noisy-or."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from comity.network.matrix import Array

ALIGNMENT = ("A1", "A2", "A3")
RIVALRY = ("R1", "R2", "R3", "R4")
#: how far each part of rivalry alone can carry it; declared, and swept in the tables of the methods page
REACH: Mapping[str, float] = {"R1": 0.9, "R2": 0.9, "R3": 0.7, "R4": 0.5}


def alignment(parts: Mapping[str, Array]) -> Array:
    """Return A = mean of A1 (not below -1), A2 and A3 of both directions, over the parts that are known (n × n, symmetric)."""
    number, total = np.zeros(parts["A1"].shape), np.zeros(parts["A1"].shape)
    for part in (np.maximum(parts["A1"], -1.0), parts["A2"], (parts["A3"] + parts["A3"].T) / 2):
        known = ~np.isnan(part)
        number += known
        total += np.where(known, part, 0.0)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def rivalry(parts: Mapping[str, Array], reach: Mapping[str, float] = REACH) -> Array:
    """Return R = 1 - Π (1 - v_k R_k) (n × n, directed); a part that is unknown adds nothing. Pearl 1988, section 4.3."""
    left = np.ones_like(parts["R1"])
    for name, v in reach.items():
        left *= 1 - v * np.where(np.isnan(parts[name]), 0.0, parts[name])
    return np.asarray(1 - left)
