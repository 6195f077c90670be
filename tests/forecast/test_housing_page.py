"""The page on housing tells of 5,000 homes; here its figures are reckoned again."""

import re

import numpy as np
import pytest

from forecast.build import BASE, STAYING_ON, assumption, homes, steady
from placeplan.forecast.housing import housing
from placeplan.forecast.yields import PUBLISHED_RULE

CLASS = 30
A_YEAR, YEARS = 250, 20
COLUMNS = (2, 5, 10, 15, 20, 25)
VARIANTS = {
    "as told, published rule": {},
    "yields rise, peak and fade": {"housing.maturity": 1},
    "two years late": {"slip": 2},
    "30 % only move within": {"housing.moved_within": 0.3},
    "100 homes a year before": {"before": 100},
    "own estates bring 1.5 times as much": {"estates": 1.5},
}


def reception(years=25, *, slip=0, before=0, estates=0, **taken):
    rows = [homes(f"D{year}", "Z1", BASE + 1 + year, A_YEAR, slip=slip) for year in range(YEARS)]
    rows += [homes(f"P{year}", "Z2", BASE - year, before, status="completed") for year in range(3) if before]
    counted = [
        {"development": "E", "dwelling_type": "house", "tenure": "market", "completed": BASE - since, "dwellings": 100.0,
         "academic_year": BASE, "nc_year": nc, "pupils": 100 * estates * PUBLISHED_RULE[nc]}
        for since in (2, 6) for nc in range(14) if estates
    ]  # fmt: skip
    own = [*STAYING_ON, *(assumption(name, value) for name, value in taken.items())]
    tables = {"housing": rows, "assumptions": own, "estates": counted}
    return housing(steady(tables=tables, years=years))[0].sum(axis=0)


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs" / "explanation" / "housing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_forms_of_entry_at_reception_are_those_of_the_page(page, variant):
    cells = re.search(rf"^\| {re.escape(variant)} \| (.+) \|$", page, re.MULTILINE)[1].split(" | ")
    forms = reception(**VARIANTS[variant])[:, 0] / CLASS
    assert cells == [f"{forms[year - 1]:.2f}" for year in COLUMNS]


def test_no_row_of_the_page_is_without_its_variant(page):
    assert re.findall(r"^\| ([^|]+) \| \d", page, re.MULTILINE) == list(VARIANTS)


def test_the_pupils_of_all_5000_homes_are_those_of_the_page(page):
    full = reception()[-1]
    assert A_YEAR * YEARS == 5000
    told = (full[:7].sum(), full[7:12].sum(), full[12:].sum())
    assert np.allclose(told, (1000, 750, 300))
    assert "1,000 primary, 750 secondary and 300 post-16 pupils" in page
    tiers = [round(float(full[a:b].sum())) for a, b in ((0, 5), (5, 9), (9, 12))]
    assert f"lower {tiers[0]}, middle {tiers[1]}, upper {tiers[2]}" in page
    assert sum(tiers) == 1750
