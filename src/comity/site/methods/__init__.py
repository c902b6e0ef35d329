"""Scores, their sensitivity and their tests become one page, written by one command: `comity methods`."""

from comity.site.methods.page import MARK, page, structure, version_line
from comity.site.methods.parts import Figure, Section, Table, markdown, pictures
from comity.site.methods.study import Plan

__all__ = ["MARK", "Figure", "Plan", "Section", "Table", "markdown", "page", "pictures", "structure", "version_line"]
