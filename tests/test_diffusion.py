"""Hazards of adoption: the fit against tables worked out by hand, the panel of a few states, the real graph, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from real import built

from comity.cli.main import run
from comity.diffusion import COVARIATES, Panel, adoptions, diffusion, fit, logit
from comity.errors import InputError
from comity.graph import Graph


def _table(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of which a and b (of a + b without, with the event) have x = 0, and c and d have x = 1."""
    x = np.repeat([0.0, 0.0, 1.0, 1.0], [a, b, c, d])
    return np.column_stack([np.ones(len(x)), x]), np.repeat([0.0, 1.0, 0.0, 1.0], [a, b, c, d])


def test_with_one_binary_covariate_the_coefficient_is_the_log_odds_ratio() -> None:
    x, y = _table(30, 10, 20, 20)
    estimates, errors = logit(x, y, np.arange(len(y)))
    assert estimates == pytest.approx([np.log(10 / 30), np.log(20 / 20) - np.log(10 / 30)])
    # each row its own group: the usual error √(1/a + 1/b + 1/c + 1/d) times √(n / (n - 1))
    assert errors[1] == pytest.approx(np.sqrt((1 / 30 + 1 / 10 + 1 / 20 + 1 / 20) * 80 / 79))


def test_rows_counted_twice_in_one_group_tell_no_more() -> None:
    x, y = _table(30, 10, 20, 20)
    once = logit(x, y, np.arange(80))
    twice = logit(np.vstack([x, x]), np.hstack([y, y]), np.tile(np.arange(80), 2))
    assert twice[0] == pytest.approx(once[0])
    assert twice[1] == pytest.approx(once[1])


def test_a_covariate_that_tells_adoptions_apart_perfectly_is_refused() -> None:
    x, y = _table(10, 0, 0, 10)
    with pytest.raises(InputError, match="does not settle"):
        logit(x, y, np.arange(20))


def test_a_state_is_at_risk_until_it_adopts_and_looks_at_the_year_before() -> None:
    panel = Panel(["A", "B", "C"], {"A": 2000, "B": 2001}, ["north", "north", "south"], [(0, 2, 1999, 2001)], [(0, 1, 2000, 2010)])
    x, y, who = panel.rows(2000, 2002)
    assert [(int(w), int(a)) for w, a in zip(who, y, strict=True)] == [(0, 1), (1, 0), (2, 0), (1, 1), (2, 0), (2, 0)]
    columns = dict(zip(COVARIATES, x.T, strict=True))
    assert columns["region"].tolist() == [0, 0, 0, 1, 0, 0]
    assert columns["trade partners"].tolist() == [0, 0, 0, 0, 1, 0]
    assert columns["recognitions"].tolist() == [0, 0, 0, 1, 0, 0]
    assert columns["world"] == pytest.approx([0, 0, 0, 1 / 3, 1 / 3, 2 / 3])


def test_a_made_up_world_in_which_states_follow_their_region_shows_it() -> None:
    generator = np.random.default_rng(1)
    states, regions = [f"S{i:03d}" for i in range(200)], [f"r{i % 20}" for i in range(200)]
    adopted: dict[str, int] = {}
    for year in range(2000, 2020):
        shares = {r: np.mean([s in adopted for s, q in zip(states, regions, strict=True) if q == r]) for r in set(regions)}
        new = [s for s, r in zip(states, regions, strict=True) if s not in adopted and generator.random() < 1 / (1 + np.exp(4.5 - 4 * shares[r]))]
        adopted |= dict.fromkeys(new, year)
    found = fit("law", *Panel(states, adopted, regions, [], []).rows(2000, 2019), years=(2000, 2019))
    effects = {e.covariate: e for e in found.effects}
    assert set(effects) == {"intercept", "region", "world"}
    assert effects["region"].interval[0] > 0
    low, high = effects["region"].interval
    assert low < 4 < high + 1


def test_too_few_adoptions_are_said_and_not_fitted(small: Graph) -> None:
    found = diffusion(small, "localisation")
    assert found.effects == ()
    assert "too few" in found.reason


def test_a_union_adopts_for_its_members(small: Graph) -> None:
    found = adoptions(small, small.paradigms(), "adequacy")
    assert found["EU"] == 1998
    assert found["FRA"] == 1998
    assert found["JPN"] == 2005
    assert "USA" not in found


def test_on_the_real_graph_neighbours_that_have_a_law_go_with_adopting_one() -> None:
    found = diffusion(built(), "law")
    assert found.events > 150
    assert {e.covariate: e for e in found.effects}["region"].interval[0] > 0
    assert diffusion(built(), "law") == found


@pytest.mark.parametrize(("kind", "first", "last", "message"), [("nonsense", 1990, 2020, "no type of rule"), ("law", 2020, 1990, "the earlier first"),
                                                                  ("law", 1066, 2020, "give two years from 1970")])
def test_bad_input_is_refused(small: Graph, kind: str, first: int, last: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        diffusion(small, kind, first=first, last=last)


def test_the_command_says_that_it_is_descriptive(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.cli.sorting.open_graph", built)
    assert run(["diffusion", "--type", "adequacy"]) == 0
    out = capfd.readouterr().out
    assert out.startswith("adequacy: a transfer rule")
    assert "An association, not an influence" in out
    assert run(["diffusion", "--type", "localisation", "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["effects"] == []
    assert run(["diffusion", "--type", "nonsense"]) == 2
