"""The ways out that a law provides become R2, which share of them is shut to a recipient on that day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.network.matrix import Array


@dataclass(frozen=True)
class Closure:
    """Part R2 for all pairs, directed: 1 - open ways / ways that the law of the sender provides.

    A way waits for a decision (adequacy, a treaty), or stands open to whom the law does not name. Where the law names no way,
    data go freely (R2 = 0) or not at all (R2 = 1) as the rule says. Unknown (NaN) without a coded rule.

    Attributes: `free` (n), the ways that need no decision; `waiting` (n), those that do; `bare` (n), the closure of a law
    without ways, NaN elsewhere; `opened` (n × n), 1 where the sender has decided for the recipient.
    """

    free: Array
    waiting: Array
    bare: Array
    opened: Array

    def score(self) -> Array:
        """Return R2 (n × n), 0 to 1; from row to column. What is fixed by law does not vary in a draw."""
        ways = self.free + self.waiting
        open_ = self.free[:, None] + self.waiting[:, None] * np.minimum(self.opened, 1.0)
        known = ways > 0
        share = np.where(known[:, None], 1 - open_ / np.where(known, ways, 1.0)[:, None], self.bare[:, None])
        # a decision for the recipient opens a law that names no way of its own, too
        share = np.where((self.opened > 0) & ~known[:, None] & ~np.isnan(share), 0.0, share)
        np.fill_diagonal(share, np.nan)
        return np.asarray(share)
