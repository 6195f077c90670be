"""The worked example of the mathematics, planned: every figure of its table is what the program finds."""

import re

import numpy as np
import pytest

from authorities import KEYS
from towns import NO_SIXTH_FORM, authority, option, plan_for, school

A_MILE = 1609.344
WAYS = {"nothing": "", "Z": "Z", "X": "X", "X and Z": "XZ"}


def village(committed=""):
    schools = [school("P", "primary", pan=8, net_capacity=100), school("S", "secondary", pan=10)]
    schools[1]["easting"] += A_MILE
    rows = [
        option(name, "expansion", "P", 0, 0, nc_years=(0, 6), places_per_year=places, capital_pounds=pounds)
        | {"committed": name in committed}
        for name, places, pounds in (("Z", 2, 0.5e6), ("X", 5, 1e6))
    ]
    weights = {key: float(key in {"local", "single_phase"}) for key in KEYS}
    return authority(
        schools, np.where(np.arange(14) < 12, 10, 0)[None, :], options=rows, years=3, budget={"total_pounds": 2e6},
        weights=weights | {"cost": 0.1}, assumptions=NO_SIXTH_FORM | {"travel.circuity": 1},
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(repository):
    text = (repository / "docs" / "explanation" / "mathematics.md").read_text(encoding="utf-8")
    return text.split("## A worked example\n")[1].split("\n## ")[0]


def told(page):
    """Way to open → child-years without a place, local, single phase, cost and F, as the page tells them."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    return {row[0]: [float(cell.split("=")[-1]) for cell in row[1:]] for row in rows}


def figures(planned, plan):
    local, single = (planned.deviation(key, plan) for key in ("local", "single_phase"))
    cost = float(planned.allocation.model.cost @ plan.openings)
    return [plan.shortfall(), local, single, cost, local + single + cost]


def test_each_way_to_open_has_the_figures_that_were_worked_out_by_hand(page):
    by_hand = told(page)
    assert list(by_hand) == list(WAYS)
    free = plan_for(village())
    found = {"nothing": figures(free, free.allocation.do_minimum)}
    for way in ("X", "X and Z"):
        planned = plan_for(village(committed=WAYS[way]))
        assert set(planned.opens) == set(WAYS[way])
        found[way] = figures(planned, planned.allocation.plan)
    found["Z"] = figures(free, free.allocation.plan)
    assert set(free.opens) == {"Z"}
    for way, values in by_hand.items():
        assert found[way] == pytest.approx(values, abs=5.1e-5), way


def test_the_plan_of_the_example_is_proven_and_counts_against_doing_nothing(page):
    allocation = plan_for(village()).allocation
    objective, change = (
        float(re.search(pattern, page)[1]) for pattern in (r"at F = ([\d.]+) with", r"= ([\d.]+), what")
    )
    assert allocation.objective == pytest.approx(objective, abs=5.1e-5)
    assert allocation.least_shortfall == 0
    assert allocation.gap == pytest.approx(0, abs=1e-9)
    assert allocation.do_minimum_objective - allocation.objective == pytest.approx(change, abs=1e-6)
