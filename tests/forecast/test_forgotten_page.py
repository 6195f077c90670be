"""The page on the places people forget tells dates and figures; here they are held against the program."""

import re

import numpy as np
import pytest

from forecast.build import authority
from placeplan.forecast.early_years import ENTITLEMENTS
from placeplan.forecast.settings_of_need import growth_of_rate
from placeplan.scenario.assumptions import DEFAULTS


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs" / "explanation" / "forgotten-places.md").read_text(encoding="utf-8")


def test_every_entitlement_stands_on_the_page_with_its_hours_and_dates(page):
    told = re.findall(r"^\| `(\w+)`.*? \| (\d+)(?: more)? \| (\w+) (\d{4}) \| (\d{4})/\d\d \|$", page, re.MULTILINE)
    assert [row[0] for row in told] == [one.name for one in ENTITLEMENTS]
    for name, hours, month, first, known in told:
        assert float(hours) == DEFAULTS[f"early_years.{name}.hours"].value
        assert int(first) == DEFAULTS[f"early_years.{name}.from"].value, month  # before the next January
        assert int(known) == DEFAULTS[f"early_years.{name}.known"].value


def test_every_assumption_that_the_page_names_is_one(page):
    named = set(re.findall(r"`((?:early_years|participation|specialist)\.[\w.]+\w)`", page))
    assert named
    assert named <= set(DEFAULTS)


def test_the_growth_that_the_page_tells_is_where_the_rate_ends(page):
    said = float(re.search(r"it ends some (\d+) % higher", page)[1])
    assert round(100 * (float(growth_of_rate(authority({}), np.array(200))) - 1)) == said
