"""Tables of the report as files: the figures of the published tables, and citations that lead back to them."""

import csv
import re

import pytest
from windows import opened

from placeplan.publish.citation import cite
from placeplan.publish.csv_text import read_csv
from placeplan.publish.run_folder import read_run_folder

pytestmark = pytest.mark.browser


def download(page, button):
    with page.expect_download() as saved:
        button.click()
    return saved.value.path().read_text(encoding="utf-8-sig")


def test_a_table_is_saved_with_whole_figures_hostile_names_as_text_its_run_and_citations(page, run_folder):
    folder = read_run_folder(run_folder)
    options = folder.tables["plan/options.csv"].set_index("option")
    saved = []
    for file in ("options-chosen", "options-not-chosen"):
        text = download(page, page.locator(f".tabled:has(table[data-file={file}]) button.download"))
        assert "\n=cmd" not in text
        assert ",=cmd" not in text
        rows = read_csv(text.replace("\r\n", "\n").encode(), {"Places": "number", "Capital (£)": "number"})
        saved += rows.to_dict("records")
    assert sorted(row["Option"] for row in saved) == sorted(options.index)
    for row in saved:
        assert row["Capital (£)"] == options.loc[row["Option"], "capital_pounds"]
        assert row["Places"] == options.loc[row["Option"], "places"]
        assert row["Why"] == options.loc[row["Option"], "reason"]
        assert row["Run"] == folder.run["run_id"]
        assert row["Citation"] == f"{folder.run['run_id'][:6]}:options:{row['Option']}"


def test_all_years_of_zones_and_schools_are_saved(page, run_folder):
    tables = read_run_folder(run_folder).tables
    zones = list(csv.DictReader(download(page, page.locator("#zones-by-year")).splitlines()))
    assert len(zones) >= 6 * 3
    short = tables["plan/shortfall.csv"]["children"].sum()
    assert sum(float(row["Without a place (number)"]) for row in zones if row["Run"]) == pytest.approx(short, abs=0.5)
    schools = list(csv.DictReader(download(page, page.locator("#schools-by-year")).splitlines()))
    of_plan = tables["plan/schools.csv"]
    assert len(schools) == of_plan["urn"].nunique() * 3
    pupils = of_plan.groupby(["urn", "academic_year"])["pupils"].sum()
    for row in schools:
        told = pupils.get((row["URN or site"], row["Academic year"]), 0.0)
        assert float(row["On roll (pupils)"]) == pytest.approx(told, abs=0.5)


def test_every_citation_on_the_page_leads_to_its_figure(browser, town_folder):
    with opened(browser, town_folder) as page:
        text = page.evaluate("document.body.textContent")
        rows = page.evaluate("[...document.querySelectorAll('[data-cite]')].map(r => r.dataset.cite)")
        run = read_run_folder(town_folder).run["run_id"][:6]
        cited = {*re.findall(rf"\[({run}:[^\]]+)\]", text), *rows}
        assert len(cited) > 50
        assert {one.split(":")[1] for one in cited} >= {"figures", "options", "principles", "summary", "run"}
        tables = {}
        for one in sorted(cited):
            table = one.split(":")[1]
            if table in tables and tables[table] > 3:  # each reads the whole folder
                continue
            tables[table] = tables.get(table, 0) + 1
            assert cite(town_folder, one).values
        capital = page.locator("dl.figures", has_text="Capital cost").inner_text()
        value = float(cite(town_folder, f"{run}:figures:capital_pounds:value").values["value"])
        assert f"£{value / 1e6:.1f} million" in capital


def test_the_fans_tell_the_figures_of_the_summary(browser, town_folder):
    summary = read_run_folder(town_folder).tables["forecast/summary.csv"]
    with opened(browser, town_folder) as page:
        for place, (stage, rows) in enumerate(summary.groupby("year_groups", sort=False), start=1):
            told = page.evaluate(
                "f => [...document.querySelectorAll(`table[data-file=${f}] tbody tr`)].slice(1).map(r => [...r.cells].slice(1).map(c => +c.dataset.v))",
                f"forecast-{place}",
            )
            wanted = rows[["median", "low_80", "high_80"]].to_numpy().round(1).tolist()
            assert told == [pytest.approx(row, abs=0.051) for row in wanted], stage
