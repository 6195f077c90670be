"""Charts as files: what is drawn stands in the tables, and who can't see it is told it."""

import re
from html import unescape

import build
import pytest

from placeplan.forecast.drivers import CAUSES, drivers, signed, told_of_drivers
from placeplan.publish.charts import waterfall_chart


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return drivers(build.results(folder=tmp_path_factory.mktemp("charts")).forecast)


def test_the_waterfall_tells_each_figure_and_describes_itself(table):
    svg = waterfall_chart(table, "Ash & Birch")["forecast/drivers.svg"].decode("utf-8")
    assert svg.startswith('<svg role="img" aria-label="')
    assert unescape(re.search(r'aria-label="([^"]*)"', svg)[1]) == " ".join(told_of_drivers(table))
    assert "Ash &amp; Birch: what drives the change" in svg
    last = table[(table["area"] == "authority") & (table["academic_year"] == table["academic_year"].iloc[-1])]
    for row in last.to_dict("records"):
        for figure in (*(row[cause] for cause in CAUSES if row[cause]), round(row["pupils"] - row["base"], 1)):
            assert f">{signed(figure)}</text>" in svg


def test_a_cause_that_changes_nothing_has_no_bar(table):
    svg = waterfall_chart(table, "Ash")["forecast/drivers.svg"].decode("utf-8")
    assert CAUSES["survival"] in svg
    assert CAUSES["housing"] not in svg.split("aria-label=", 1)[1].split(">", 1)[1]
