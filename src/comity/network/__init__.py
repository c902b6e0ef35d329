"""Rows of the network queries become graphs, and graphs become scores and files that other tools read."""

from comity.network.export import FORMATS, codebook, export
from comity.network.measure import Metrics, measure
from comity.network.project import Layer, layers, project

__all__ = ["FORMATS", "Layer", "Metrics", "codebook", "export", "layers", "measure", "project"]
