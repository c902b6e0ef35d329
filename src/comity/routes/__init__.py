"""A transfer of data between two places becomes the legal bases that the exporter's law gives it on a day, each with its rows.

Nothing about any one country is written here: rules, recognitions, lists and exceptions are rows of the graph, read by the
queries in `queries/routes`.
"""

from __future__ import annotations

from comity.routes.answering import Wish, route
from comity.routes.model import NOTICE, REASONS, Basis, Evidence, Remark, Route
from comity.routes.shown import schema, to_json, to_text

__all__ = ["NOTICE", "REASONS", "Basis", "Evidence", "Remark", "Route", "Wish", "route", "schema", "to_json", "to_text"]
