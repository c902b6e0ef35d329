"""Rules and measures are spoilt one small thing at a time, and the tests must notice; what they do not notice is printed.

    python -m soak.mutants --measures balance similarity --most 40
    python -m soak.mutants --rules --each 6

A mutant of a measure is one comparison, sum, constant or condition of its module turned into another; its own tests are run against it in a
forked process. A mutant of a rule is one token of its SPARQL turned into another; the answers of the library on the small
graph, at the days of tests/independent, are the tests.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from soak.serving import ROOT

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In}
#: the days on which the small graph is asked, those of tests/independent
EDGES, KNOWN = ("2018-09-30", "2020-12-29", "2022-06-30", "2024-07-01"), ("2024-02-01", "2024-12-31")
_TOKENS = {"<": ["<=", ">"], ">": [">=", "<"], "=": ["!="], "!=": ["="], "&&": ["||"], "||": ["&&"], "MIN": ["MAX"], "MAX": ["MIN"], "UNION": ["MINUS"],
           "IN": ["NOT IN"], "<=": ["<"], "OPTIONAL": [""], "heldFrom": ["possiblyFrom"], "heldUntil": ["possiblyUntil"], "possiblyFrom": ["heldFrom"],
           "knownUntil": ["heldUntil"], "knownFrom": ["heldFrom"]}


def spoilt(source: str) -> Iterator[tuple[str, str]]:
    """Yield what was changed where, and the source of a module with that one change."""
    tree = ast.parse(source)
    sites = [node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.BinOp | ast.BoolOp | ast.Constant)]
    for number, site in enumerate(sites):
        changed = copy.deepcopy(tree)
        node = [n for n in ast.walk(changed) if isinstance(n, ast.Compare | ast.BinOp | ast.BoolOp | ast.Constant)][number]
        match node:
            case ast.Compare() if type(node.ops[0]) in _SWAPS:
                node.ops[0] = _SWAPS[type(node.ops[0])]()  # type: ignore[assignment]
            case ast.BinOp() | ast.BoolOp() if type(node.op) in _SWAPS:
                node.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]
            case ast.Constant(value=bool() as value):
                node.value = not value
            case ast.Constant(value=int() | float() as value):
                node.value = value + 1
            case _:
                continue
        yield f"line {site.lineno}: {ast.unparse(site)} became {ast.unparse(node)}", ast.unparse(changed)


def survives(module: str, source: str, tests: Path) -> bool:
    """Return whether the tests pass with the module replaced by `source`, in a process of their own."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        code = 1
        try:
            _replace(module, source)
            import pytest

            code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--timeout", "60", str(tests)]))
        except BaseException:  # a mutant that cannot even be loaded was noticed
            code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _replace(name: str, source: str) -> None:
    """Run the spoilt source in the module, and give it to all who imported something from it."""
    module = importlib.import_module(name)
    old = {key: value for key, value in vars(module).items() if getattr(value, "__module__", "") == name}
    exec(compile(source, str(module.__file__), "exec"), vars(module))
    for other in [m for n, m in sys.modules.items() if n.startswith("comity")]:
        for key, value in list(vars(other).items()):
            for known, before in old.items():
                if value is before:
                    setattr(other, key, vars(module)[known])


def measures(names: list[str], most: int, seed: int) -> tuple[int, list[str]]:
    """Return how many mutants of the modules of measures were made, and those that no test noticed."""
    import comity.network  # noqa: F401 loaded before the fork

    made, left = 0, []
    for name in names:
        source = (ROOT / "src" / "comity" / "network" / f"{name}.py").read_text(encoding="utf-8")
        mutants = list(spoilt(source))
        for what, changed in sorted(random.Random(seed).sample(mutants, min(most, len(mutants)))):
            made += 1
            if survives(f"comity.network.{name}", changed, ROOT / "tests" / "network" / f"test_{name}.py"):
                left.append(f"network/{name}.py, {what}")
        print(f"{name}: {made} so far, {len(left)} not noticed", file=sys.stderr, flush=True)
    return made, left


def rules(each: int, seed: int) -> tuple[int, list[str]]:
    """Return how many mutants of rules were made, and those that no answer of the library on the small graph shows."""
    sys.path[:0] = [str(ROOT / "tests")]
    from conftest import project
    from test_queries import CASES

    from comity.errors import ComityError

    with tempfile.TemporaryDirectory() as folder:
        places = project(Path(folder))
        good = _answers(places, CASES)
        made, left = 0, []
        for path in sorted((places.ontology / "rules").glob("*.rq")):
            text = path.read_text(encoding="utf-8")
            mutants = list(_spoilt_rule(text))
            for what, changed in random.Random(f"{seed}{path.name}").sample(mutants, min(each, len(mutants))):
                made += 1
                path.write_text(changed, encoding="utf-8")
                try:
                    if _answers(places, CASES) == good:
                        left.append(f"{path.name}, {what}")
                except (ComityError, SyntaxError, AssertionError):
                    pass
            print(f"{path.name}: {made} so far, {len(left)} not noticed", file=sys.stderr, flush=True)
            path.write_text(text, encoding="utf-8")
            shutil.rmtree(places.build, ignore_errors=True)
    return made, left


def _spoilt_rule(text: str) -> Iterator[tuple[str, str]]:
    from comity.syntax import tokens

    start = text.index("\nWHERE")
    for token in tokens(text):
        word = token.text.removeprefix("comity:")
        line = text[text.rfind("\n", 0, token.start):text.find("\n", token.start)]
        for other in _TOKENS.get(word, []) if token.start > start else []:
            if other in ("<=", ">=") and "BIND(IF(" in line:
                continue  # the greater of two that are equal is either
            changed = text[:token.start] + token.text.replace(word, other) + text[token.start + len(token.text):]
            try:
                ox.Store().query(changed)
            except SyntaxError:
                continue
            yield f"line {text.count(chr(10), 0, token.start) + 1}: {word} became {other or 'nothing'}", changed


def _answers(places: object, cases: dict[str, dict[str, str]]) -> list[object]:
    """Return the answers to all cases; what rules derive but no question shows does not count."""
    from comity.build import prepare
    from comity.graph import Graph
    from comity.store import EmbeddedStore
    from comity.vocabulary import prefixes

    prepared = prepare(places)  # type: ignore[arg-type]
    assert prepared.faults == []
    graph = Graph(EmbeddedStore(prepared.store, prefixes(places.ontology)), places)  # type: ignore[attr-defined,arg-type]
    asked = list(cases.items())
    for name, values in cases.items():
        dated = any(p.name == "as_of" for p in graph.queries()[name].parameters)
        asked += [(name, {**values, "known_on": known, **({"as_of": day} if dated else {})}) for known in KNOWN for day in (EDGES if dated else EDGES[:1])]
    return [sorted(str(row) for row in graph.ask(name, **values).cells) for name, values in asked]


def main() -> int:
    """Make the mutants that are asked for, and print how many were noticed and which were not."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--measures", nargs="*", default=[])
    parser.add_argument("--most", type=int, default=1000)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--each", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    jobs: list[tuple[str, Callable[[], tuple[int, list[str]]]]] = []
    if asked.measures:
        jobs.append(("measures", lambda: measures(asked.measures, asked.most, asked.seed)))
    if asked.rules:
        jobs.append(("rules", lambda: rules(asked.each, asked.seed)))
    for name, job in jobs:
        made, left = job()
        print(f"{name}: {made} mutants, {made - len(left)} noticed, {len(left)} not")
        print("".join(f"  {one}\n" for one in left), end="", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
