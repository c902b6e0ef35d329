"""The line of modules: who may import whom, how long a module may be, and what the package shows."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

import comity

SOURCE = ROOT / "src" / "comity"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 400

#: from left to right; a module imports only from its left. `build` and `cli` know the whole order.
LINE = ["errors", "settings", "written", "vocabulary", "lines", "alignments", "tables", "shelf", "triples", "inference", "checks",
        "shacl", "report", "style", "frames", "results", "syntax", "snapshot", "views",
        "sparql", "store", "transport", "remote", "coding", "isolation", "cache", "dumps",
        "names", "matching", "importers", "queries", "advice", "reasons", "suggestions", "mentions", "network", "paradigms", "routes", "scenario", "describe",
        "graph", "diffusion", "maps", "game", "citing", "changes", "release", "agents", "reconciling", "site", "api"]
FREE = {"build", "cli", "__init__", "__main__"}


def _part(path: Path) -> str:
    """Return the part of the line that a module belongs to: its own name or that of its package."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(node: ast.AST) -> Iterator[str]:
    """Return the parts of the package that `node` imports, at the top or inside functions, but not for type checkers only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from (name.name.split(".")[1] for name in child.names if name.name.startswith("comity."))
        elif isinstance(child, ast.ImportFrom) and child.level == 0 and child.module == "comity":
            yield from (name.name for name in child.names if name.name != "__version__")
        elif isinstance(child, ast.ImportFrom) and child.level == 0 and (child.module or "").startswith("comity."):
            yield (child.module or "").split(".")[1]
        else:
            yield from _imports(child)


def test_each_module_has_its_place_in_the_line() -> None:
    assert {_part(path) for path in MODULES} - FREE == set(LINE)


@pytest.mark.parametrize("path", [p for p in MODULES if _part(p) not in FREE], ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_module_imports_only_from_its_left(path: Path) -> None:
    own = LINE.index(_part(path))
    for name in _imports(_tree(path)):
        assert name in LINE, f"{name} is no part of the line that others may import"
        assert LINE.index(name) <= own, f"{_part(path)} imports {name}, which stands to its right"


def test_the_walk_over_imports_sees_those_inside_functions_and_skips_those_for_type_checkers() -> None:
    code = "from comity.errors import A\nif TYPE_CHECKING:\n    from comity.graph import B\ndef f():\n    from comity import store, __version__\n"
    assert list(_imports(ast.parse(code))) == ["errors", "store"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_module_begins_with_a_sentence_and_is_not_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(_tree(path))
    assert docstring is not None
    first = docstring.partition("\n\n")[0]
    assert re.match(r"[A-Z`].*[.:]", first, re.DOTALL), "the first paragraph is a sentence: a capital and a full stop"
    assert text.count("\n") <= LONGEST


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_each_function_says_what_it_returns(path: Path) -> None:
    assert [f.name for f in _functions(path) if f.returns is None and f.name != "__init__"] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_nothing_is_imported_with_a_star(path: Path) -> None:
    assert not [n for n in ast.walk(_tree(path)) if isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names)]


def test_nine_in_ten_functions_have_at_most_thirty_lines() -> None:
    lengths = sorted((f.end_lineno or 0) - f.lineno + 1 for path in MODULES for f in _functions(path))
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_the_public_names_are_few_sorted_and_importable() -> None:
    assert comity.__all__ == sorted(comity.__all__)
    assert len(comity.__all__) <= 12
    assert all(getattr(comity, name) is not None for name in comity.__all__)


def test_a_name_that_the_package_does_not_show_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        comity.nonsense  # noqa: B018


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "__main__.py"], ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_each_module_can_be_imported_on_its_own_name(path: Path) -> None:
    name = ".".join(("comity", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    assert importlib.import_module(name).__name__ == name


def test_the_errors_are_one_tree_with_the_exit_codes_of_the_command_line() -> None:
    from comity import errors

    tree = {n: c for n, c in vars(errors).items() if isinstance(c, type) and c.__module__ == errors.__name__}
    assert all(issubclass(c, errors.ComityError) for c in tree.values())
    assert {n for n, c in tree.items() if c.exit_code == 1} == {"FaultsFound"}
    assert {c.exit_code for c in tree.values()} == {1, 2}


@pytest.mark.parametrize(("text", "expected"), [
    ("error at 3:21: expected x", "a.rq:3: error at 3:21: expected x"),
    ("Parser error at line 7 column 2: odd", "a.rq:7: Parser error at line 7 column 2: odd"),
    ("at line 2 of <>:\nBad syntax", "a.rq:2: at line 2 of <>: Bad syntax"),
    ("no place", "a.rq: no place"),
])
def test_the_error_of_a_parser_becomes_one_line_with_file_and_line(text: str, expected: str) -> None:
    from comity.errors import located

    assert located(Path("a.rq"), ValueError(text)) == expected
