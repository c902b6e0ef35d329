"""A user's own copy of a public dataset becomes review tables: its rows in our columns, each compared with ours, never merged.

What is mapped to what stands in one TOML file a kind beside this module.
"""

from comity.importers.document import document
from comity.importers.mapping import KINDS, Mapping, mapping
from comity.importers.review import review

__all__ = ["KINDS", "Mapping", "document", "mapping", "review"]
