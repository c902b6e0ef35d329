"""Rows of the network queries become graphs, and graphs become scores and files that other tools read."""

from comity.network.balance import TriangleBalance, WalkBalance, triangle_balance, walk_balance
from comity.network.blocks import Blockmodels, blockmodels
from comity.network.brokerage import Brokerage, brokerage
from comity.network.centrality import Centrality, centrality
from comity.network.communities import signed_communities
from comity.network.constraint import StructuralHoles, constraint
from comity.network.coreperiphery import CorePeriphery, core_periphery
from comity.network.directed import Direction, directed
from comity.network.discoveries import q_values
from comity.network.dyad import Dyad, alignment, rivalry
from comity.network.ensemble import Ensemble, bicm, ensemble
from comity.network.export import FORMATS, codebook, export
from comity.network.frustration import FrustrationIndex, frustration_index
from comity.network.intervals import Intervals, intervals
from comity.network.leiden import Communities, leiden
from comity.network.measure import Metrics, measure
from comity.network.mrqap import Regression, mrqap
from comity.network.nulls import Null, configuration_null, shuffle_null
from comity.network.participation import Participation, participation
from comity.network.project import Network, Reader, project
from comity.network.receipts import Receipt, explain
from comity.network.records import Layer, Slice, layers
from comity.network.sdsm import Sdsm, sdsm
from comity.network.signing import multiplex, signed_network
from comity.network.similarity import Similarities, similarities, similarity
from comity.network.slices import Change, Step, slices
from comity.network.swing import Swing, swing
from comity.network.world import World, world

__all__ = [
    "FORMATS", "Blockmodels", "Brokerage", "Centrality", "Change", "Communities", "CorePeriphery", "Direction", "Dyad", "Ensemble",
    "FrustrationIndex", "Intervals", "Layer", "Metrics", "Network", "Null", "Participation", "Reader", "Receipt", "Regression", "Sdsm",
    "Similarities", "Slice", "Step", "StructuralHoles", "Swing", "TriangleBalance", "WalkBalance", "World", "alignment", "bicm", "blockmodels",
    "brokerage", "centrality", "codebook", "configuration_null", "constraint", "core_periphery", "directed", "ensemble", "explain", "export",
    "frustration_index", "intervals", "layers", "leiden", "measure", "mrqap", "multiplex", "participation", "project", "q_values", "rivalry", "sdsm",
    "shuffle_null", "signed_communities", "signed_network", "similarities", "similarity", "slices", "swing", "triangle_balance", "walk_balance",
    "world",
]
