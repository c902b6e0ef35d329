"""The page of competency questions and the query library say the same, and each question has an answer on the real graph."""

from __future__ import annotations

import re

import pytest
from real import ROOT, built

from comity import queries

PAGE = (ROOT / "docs" / "competency-questions.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.*?) \| \[([a-z/-]+)\]\(\.\./queries/([a-z/-]+)\.rq\) \|", PAGE, re.MULTILINE)
LIBRARY = queries.library(ROOT / "queries")


def test_there_are_at_least_sixty_questions_numbered_in_order_and_none_twice() -> None:
    assert len(ROWS) >= 60
    assert [int(number) for number, *_ in ROWS] == list(range(1, len(ROWS) + 1))
    assert len({name for _, _, name, _ in ROWS}) == len(ROWS)


def test_each_question_is_that_of_its_query_and_each_query_has_its_question() -> None:
    assert {name: question for _, question, name, _ in ROWS} == {name: q.summary for name, q in LIBRARY.items()}
    assert all(name == path for _, _, name, path in ROWS)


@pytest.mark.parametrize("group", ["Who is bound", "Who recognises whom", "What contradicts what", "What changed", "Who disagrees", "Generative AI"])
def test_each_group_of_questions_is_there(group: str) -> None:
    section = PAGE.split(f"## {group}")[1].split("\n## ")[0]
    assert section.count("\n| ") >= 5


@pytest.mark.parametrize("name", [name for _, _, name, _ in ROWS])
def test_each_question_has_an_answer_on_the_real_graph(name: str) -> None:
    assert len(built().ask(name).cells) > 0
