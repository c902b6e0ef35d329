"""A study of the game becomes plain values, in the shape of `schema.json`, lines for people, and the page `docs/game.md`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from comity.game.design import TIES
from comity.game.dyads import DRAWS as GAMES
from comity.game.dyads import FIRM, NOISE, Dyad
from comity.game.fitting import FLOOR, RIDGE, Estimate, Fit
from comity.game.panel import STRATEGIES, UNKNOWN
from comity.game.scoring import PREDICTORS, Score
from comity.game.strategies import lines
from comity.game.study import FORMS, Study
from comity.game.tipping import Tip, margin

NOTICE = ("Descriptive. Strategies are our own coding; a weight of ties is an association between what jurisdictions do and what those tied to "
          "them did, not an effect of one on the other.")
#: the line of the page after which everything is computed
MARK = "<!-- What follows is written by: comity game page --out docs/game.md -->"
POWERS = ("CHN", "USA", "EU", "JPN", "GBR", "IND", "RUS", "BRA", "SGP", "KOR")
PARTS = ("fit", "predict", "tipping")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of `to_dict`."""
    found: dict[str, Any] = json.loads((files("comity.game") / "schema.json").read_text(encoding="utf-8"))
    return found


def to_dict(study: Study, parts: Sequence[str] = PARTS, dyads: Sequence[Dyad] = ()) -> dict[str, Any]:
    """Return the parts of a study that are asked for, and the games of `dyads`, as plain values."""
    panel = study.panel
    found: dict[str, Any] = {"version": study.version, "first": panel.years[0], "last": panel.years[-1], "until": study.until, "draws": study.draws,
                             "seed": study.seed, "notice": NOTICE}
    if "fit" in parts:
        found["fit"] = [{"form": name, "rows": fit.rows, "jurisdictions": fit.actors, "moves": fit.moves, "reading": reading(fit),
                         "weights": [_estimate(e) for e in fit.estimates()]} for name, fit in study.forms.items()]
        found["strategies"] = [{"year": year, **tally} for year, tally in tallies(study)]
    if "predict" in parts:
        found["scores"] = [{**vars(s), "log_loss": round(s.log_loss, 4), "brier": round(s.brier, 4)} for s in study.scores]
        found["verdict"] = verdict(study.scores)
    if "tipping" in parts:
        found["tipping"] = {"margin": _finite(margin(study.fit.terms)), "easiest": [_tip(tip) for tip in study.tips[:10]],
                            "settings": [{"setting": name, "tipped": n, "asked": of, "easiest": _tip(tip) if tip else None}
                                         for name, n, of, tip in study.tipped()]}
    return found | ({"dyads": [_dyad(d) for d in dyads]} if dyads else {})


def reading(fit: Fit) -> str:
    """Say what the weight of ties, or of each relation, reads as."""
    found = [e for e in fit.estimates() if e.term.startswith(TIES)]
    return " ".join(f"{'b' if e.term == TIES else e.term}: {_sign(e)}." for e in found)


def _sign(estimate: Estimate) -> str:
    if estimate.low > 0:
        return "coordination, the interval lies above 0"
    if estimate.high < 0:
        return "differentiation, the interval lies below 0"
    return "neither coordination nor differentiation can be told, the interval holds 0"


def verdict(found: Sequence[Score]) -> str:
    """Say which predictor has the lowest log loss and Brier score on all rows of each horizon."""
    said = []
    for horizon in dict.fromkeys(s.horizon for s in found):
        rows = [s for s in found if s.horizon == horizon and s.subset == "all"]
        best = [min(rows, key=lambda s: (getattr(s, name), PREDICTORS.index(s.predictor))).predictor for name in ("log_loss", "brier")]
        said.append(f"{horizon}: {best[0]} has the lowest log loss, {best[1]} the lowest Brier score")
    return "; ".join(said)


def tallies(study: Study) -> Iterator[tuple[int, dict[str, int]]]:
    """Give each year with how many play each strategy."""
    for year, row in zip(study.panel.years, study.panel.played, strict=True):
        yield year, {name: int((row == s).sum()) for s, name in enumerate(STRATEGIES)}


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _estimate(e: Estimate) -> dict[str, Any]:
    return {"term": e.term, "value": round(e.value, 4), "low": round(e.low, 4), "high": round(e.high, 4)}


def _tip(tip: Tip) -> dict[str, Any]:
    return {"jurisdiction": tip.actor, "plays": tip.plays, "target": tip.target, "gap": round(tip.gap, 4),
            "adopters": None if tip.adopters is None else list(tip.adopters), "follow": tip.follow}


def _dyad(d: Dyad) -> dict[str, Any]:
    sides = [{"jurisdiction": who, "class": own, "plays": plays, "rows": list(rows), "parts": {k: round(v, 4) for k, v in parts.items()},
              "payoffs": dict(zip(("both_open", "only_itself", "only_the_other", "neither"), (round(v, 4) for v in paid), strict=True))}
             for who, own, plays, rows, parts, paid in zip(d.actors, d.classes, d.plays, d.rows, d.parts, d.payoffs, strict=True)]
    return {"sides": sides, "class": d.found, "kept": round(d.kept, 4), "verdict": d.verdict}


def markdown(study: Study, powers: Sequence[str] = POWERS) -> str:
    """Return the computed part of the page."""
    return "\n\n".join(part for section in (_based, _strategies, _weights, _scores, _tips) for part in section(study)) + "\n\n" + "\n\n".join(
        _games(study, powers)) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines_ = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(f"{c:.2f}" if isinstance(c, float) else str(c) for c in row) + " |" for row in lines_)


def _based(study: Study) -> Iterator[str]:
    panel = study.panel
    yield (f"Data {study.version}; years {panel.years[0]} to {panel.years[-1]}, each as of 31 December; {len(panel.actors)} jurisdictions, "
           f"a union for its members; {study.draws} draws of jurisdictions, seed {study.seed}; "
           f"ridge {RIDGE:g} on covariates and pressures, {FLOOR:g} on all else. {NOTICE}")
    yield "## Strategies"
    yield _table(("line", "model of the rules on personal data", "treaty asks firmly for flows", "other data", "strategy", "in words"),
                 [(n.position, n.model or "any", n.duty or "any", {"closed": "shut in", "": "any"}[n.elsewhere], n.strategy, n.summary) for n in lines()])


def _strategies(study: Study) -> Iterator[str]:
    rows = list(tallies(study))
    yield _table(("year", *STRATEGIES), [(year, *tally.values()) for year, tally in rows if (rows[-1][0] - year) % 5 == 0])
    changes = [(panel.actors[i], panel.years[t], STRATEGIES[panel.played[t - 1, i]], STRATEGIES[panel.played[t, i]])
               for panel in (study.panel,) for t in range(1, len(panel.years)) for i in range(len(panel.actors))
               if UNKNOWN not in (panel.played[t - 1, i], panel.played[t, i]) and panel.played[t - 1, i] != panel.played[t, i]]
    yield f"All {len(changes)} changes of strategy: " + "; ".join(f"{who} {year}, {a} to {b}" for who, year, a, b in changes) + "."


def _weights(study: Study) -> Iterator[str]:
    yield "## Weights"
    fit = study.fit
    yield (f"{fit.rows} choices by {fit.actors} jurisdictions, {fit.moves} of them first choices or changes. A weight is the change "
           "in the log odds of a strategy for one more in the term; intervals are of 90 %.")
    yield _table(("term", "weight", "from", "to"), [(e.term, e.value, e.low, e.high) for e in fit.estimates()])
    yield _table(("form", "term", "weight", "from", "to", "reading"),
                 [(name, e.term, e.value, e.low, e.high, _sign(e)) for name in FORMS for e in study.forms[name].estimates() if e.term.startswith(TIES)])


def _scores(study: Study) -> Iterator[str]:
    yield "## Out of sample"
    yield (f"Fitted to the years up to {study.until}, scored on those after: {verdict(study.scores)}.")
    yield _table(("horizon", "rows", "predictor", "number of rows", "log loss", "Brier"),
                 [(s.horizon, s.subset, s.predictor, s.rows, f"{s.log_loss:.3f}", f"{s.brier:.3f}") for s in study.scores])


def _tips(study: Study) -> Iterator[str]:
    yield "## Tipping points"
    yield (f"Ties can move a choice by at most {margin(study.fit.terms):.2f} of what a change costs (2b / c).")
    yield _table(("setting", "pairs of jurisdiction and strategy that ties could tip", "of", "fewest adopters", "whom, to what", "others that follow"),
                 [(name, n, of, len(tip.adopters or ()) if tip else "none do", f"{tip.actor}, {tip.plays} to {tip.target}: {', '.join(tip.adopters or ())}"
                   if tip else "", tip.follow if tip else "") for name, n, of, tip in study.tipped()])


def _games(study: Study, powers: Sequence[str]) -> Iterator[str]:
    yield "## Games of two"
    yield (f"Each pair on {study.end}: both open, or shut the other's data in. Noise of standard deviation {NOISE:g} on every payoff, {GAMES} games; below "
           f"{FIRM:.0%} of games with the same class the verdict is indeterminate.")
    yield _table(("first", "second", "class of the first", "class of the second", "kept", "verdict"),
                 [(*d.actors, *d.classes, f"{d.kept:.0%}", d.verdict) for d in study.dyads(powers)])


def text(data: dict[str, Any]) -> str:
    """Return plain values as lines for people."""
    out = [f"Data {data['version']}, years {data['first']} to {data['last']}, {data['draws']} draws, seed {data['seed']}"]
    for form in data.get("fit", ()):
        out += ["", f"{form['form']}: {form['rows']} choices, {form['jurisdictions']} jurisdictions, {form['moves']} moves. {form['reading']}"]
        out += [f"  {w['term']:<32}{w['value']:7.2f}   90 % {w['low']:.2f} to {w['high']:.2f}" for w in form["weights"]]
    if "scores" in data:
        out += ["", f"fitted to {data['until']}; {data['verdict']}"]
        out += [f"  {s['horizon']:<15}{s['subset']:<15}{s['predictor']:<19}{s['rows']:5d}  log loss {s['log_loss']:.3f}  Brier {s['brier']:.3f}"
                for s in data["scores"]]
    if "tipping" in data:
        out += ["", *(f"  {s['setting']}: {s['tipped']} of {s['asked']} can be tipped" + (f"; easiest {_said(s['easiest'])}" if s["easiest"] else "")
                      for s in data["tipping"]["settings"])]
    for d in data.get("dyads", ()):
        out += ["", *(f"  {s['jurisdiction']} ({s['plays'] or 'no strategy coded'}): {s['class']}; {_worth(s['payoffs'])}" for s in d["sides"]),
                f"  {d['class']}, kept in {d['kept']:.0%} of perturbed games: {d['verdict']}"]
    return "\n".join([*out, "", NOTICE])


def _said(tip: dict[str, Any]) -> str:
    return f"{tip['jurisdiction']} from {tip['plays']} to {tip['target']} by {', '.join(tip['adopters'])}; {tip['follow']} follow"


def _worth(paid: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in paid.items())
