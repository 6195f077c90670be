import dataclasses
import html
import json
import re
from xml.etree import ElementTree as ET

import build
import numpy as np
import pandas as pd
import pytest
import shapely

from placeplan.domain.years import academic_year, nc_year
from placeplan.forecast.drivers import figure, told_of_drivers
from placeplan.publish.charts import fan_charts
from placeplan.publish.page import json_for_script, report_page
from placeplan.publish.page.by_year import short_by_year
from placeplan.publish.page.charts import fans_of, principles_of
from placeplan.publish.page.journeys import joining_of


def test_no_name_becomes_markup(results):
    page = report_page(results)
    assert build.SCRIPT not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<script") == 2  # the data and our own script
    assert "{{ 7*7 }}" in page  # not worked out


def test_the_data_of_the_page_is_read_as_it_was_meant(results):
    page = report_page(results)
    told = json.loads(re.search(r'<script type="application/json" id="plan">(.*?)</script>', page, re.DOTALL)[1])
    assert told["zones"]["name"] == list(results.scenario.zones["name"])
    assert np.allclose(
        np.sum(told["zones"]["without"]), results.table("plan/shortfall.csv")["children"].sum(), atol=0.5
    )


def test_json_cannot_end_its_element():
    assert "<" not in json_for_script({"</script>": "<!--"})


def test_the_page_names_no_other_place_to_fetch_from(results):
    page = report_page(results)
    assert re.findall(r"(?:src|href)=\"(?!#|data:,)", page) == []
    assert "default-src 'none'" in html.unescape(page)
    assert "unsafe-inline" not in page
    assert [url for url in re.findall(r"https?://[^\s\"']+", page) if url != "http://www.w3.org/2000/svg"] == []


def test_headlines_say_what_the_tables_say(results):
    page = report_page(results)
    assert "The plan opens 2 of 4 options for £10.7 million." in page
    assert "10 child-years in all" in page  # 3.5 + 6
    assert "0.42 %" in page
    assert "2.1 %" in page


def test_a_plan_with_a_place_for_everybody_says_so(results):
    none = results.table("plan/shortfall.csv").iloc[:0]
    page = report_page(dataclasses.replace(results, tables={**results.tables, "plan/shortfall.csv": none}))
    assert "Every child from Reception to Year 11 has a place in every year." in page


def test_scores_before_are_drawn_only_where_they_are_known(results):
    assert principles_of(results)["has_before"]
    page = report_page(dataclasses.replace(results, run={}))
    assert "do-minimum</p>" not in page
    assert "not told" in page


def test_a_score_below_nothing_is_drawn_to_the_left(results):
    told = principles_of(results)
    worst = min(told["rows"], key=lambda row: row["score"])
    assert worst["score"] == -12
    assert worst["bar"][0] + worst["bar"][1] == np.float64(told["zero"]) or abs(sum(worst["bar"]) - told["zero"]) < 0.02


def test_a_fan_without_futures_has_no_band(tmp_path):
    assert fans_of(build.results(folder=tmp_path, draws=0))[0].outer == ""


def test_the_synthetic_banner_stands_only_over_made_up_data(results):
    assert "Synthetic data." in report_page(results)
    settings = results.scenario.settings.model_copy(update={"synthetic": False})
    scenario = dataclasses.replace(results.scenario, settings=settings)
    assert "Synthetic data." not in report_page(dataclasses.replace(results, scenario=scenario))


def test_what_drives_the_change_is_told_in_sentences_and_a_table_with_the_same_figures(results):
    page = report_page(results)
    told = results.table("forecast/drivers.csv")
    last = told[(told["area"] == "authority") & (told["academic_year"] == results.year_names[-1])]
    section = page.split("What drives the change</h3>")[1].split("</section>")[0]
    for sentence in told_of_drivers(told):
        assert html.escape(sentence) in section
    for pupils in last["pupils"]:
        assert section.count(figure(pupils)) >= 2


def test_markup_stays_text_in_the_map_as_a_drawing_of_its_own(results):
    drawn = re.search(r'<svg id="plan-map".*?</svg>', report_page(results), re.DOTALL)[0]
    svg = ET.fromstring(drawn)  # stricter than a browser: one sign amiss and it is no XML
    titles = [one.text for one in svg.find("*[@id='zones']").iter("title")]
    assert titles == [name.replace("\r\n", "\n") for name in build.HOSTILE]
    assert {element.tag for element in svg.iter()} <= {"svg", "g", "path", "title", "text", "circle", "rect"}


@pytest.mark.parametrize("name", [build.SCRIPT, build.RIGHT_TO_LEFT, "</svg><script>&\"'{{ 7*7 }}\u2028", build.LONG])
def test_markup_stays_text_in_a_chart(results, name):
    charts = fan_charts(results.table("forecast/summary.csv").iloc[:3], name)
    svg = ET.fromstring(next(iter(charts.values())).decode("utf-8"))
    assert svg.attrib["aria-label"].startswith(" ".join(name.split("\n")))
    assert not [element for element in svg.iter() if element.tag.endswith("script")]
    assert name in [element.text for element in svg.iter()] or f"{name}: Years R–6" in {e.text for e in svg.iter()}


def test_neighbours_on_the_map_share_their_border_and_leave_no_gap(tmp_path):
    waves = np.linspace(0, 3000, 400)
    border = [(501_500 + 150 * np.sin(y / 90), 230_000 + y) for y in waves]
    left = shapely.Polygon([(500_000, 230_000), *border, (500_000, 233_000)])
    right = shapely.Polygon([(503_000, 230_000), *border, (503_000, 233_000)])
    page = report_page(build.results(folder=tmp_path, zones=2, schools=2, shapes=[left, right]))
    paths = re.findall(r'<path d="([^"]+)"', page.split('<g id="zones">')[1].split("</g>")[0])
    drawn = [shapely.Polygon(polygon_of(path)) for path in paths]
    assert len(drawn) == 2
    assert 20 < len(drawn[0].exterior.coords) < 400  # simplified, and not to nothing
    assert shapely.coverage_is_valid(drawn)
    assert not shapely.union_all(drawn).interiors


def polygon_of(path):
    """Points of one closed ring, each told from the one before: M2 0l0 1 -2 0z."""
    start, steps = path.strip("Mz").split("l")
    numbers = np.array([[int(n) for n in start.split()], *np.array(steps.split(), dtype=int).reshape(-1, 2)])
    return np.cumsum(numbers, axis=0)


def test_no_count_of_vulnerable_children_can_be_read_from_the_page(results):
    """Whatever those tables hold, the page is the same to the last byte."""
    page = report_page(results)
    of_need = pd.DataFrame({"academic_year": ["2019/20"], "need": ["ASD"], "setting": ["special"], "children": [3.0]})
    others = {
        "plan/specialist.csv": results.table("plan/specialist.csv").assign(children=[4.0, 1.0]),
        "forecast/ehcp.csv": of_need,
        "forecast/ehcp_causes.csv": of_need,
        "forecast/scap_specialist.csv": of_need,
    }
    changed = dataclasses.replace(results, tables={**results.tables, **others})
    changed = dataclasses.replace(
        changed, forecast=dataclasses.replace(results.forecast, specialist=results.forecast.specialist * 3)
    )
    assert report_page(changed) == page


def test_journeys_by_year_add_up_and_none_of_fewer_than_five_is_told(results):
    journeys = results.table("plan/journeys.csv")
    joins = (
        journeys["cohort"].map(academic_year)
        + journeys["from_nc_year"].map(nc_year)
        - results.scenario.planned_years[0]
    )
    for urn, told in joining_of(results).items():
        mine = journeys[journeys["urn"] == urn]
        for year in range(3):
            assert told.by_year[year] == pytest.approx(mine.loc[joins == year, "children"].sum(), abs=0.5)
        for _, _, before, by_year in told.origins:
            assert all(n == 0 or n >= 5 for n in (before, *by_year))
            assert any((before, *by_year))


def test_pupils_already_on_roll_are_told_apart_from_those_who_join(results):
    row = {
        "origin": "Ash",
        "origin_kind": "area",
        "cohort": "2015/16",
        "urn": "109000",
        "from_nc_year": "3",
        "to_nc_year": "6",
    }
    journeys = pd.concat([results.table("plan/journeys.csv"), pd.DataFrame([row | {"children": 41.0}])])
    before = joining_of(results)["109000"]
    after = joining_of(dataclasses.replace(results, tables={**results.tables, "plan/journeys.csv": journeys}))["109000"]
    assert after.by_year == before.by_year
    assert ["area", 0, 41] in [origin[:3] for origin in after.origins]


def test_years_without_a_place_are_told_for_compulsory_school_age_and_beyond_it(results):
    late = {
        "origin": "Birch",
        "origin_kind": "area",
        "cohort": "2008/09",
        "nc_year": "12",
        "children": 70.0,
        "cause": "x",
    }
    short = pd.concat([results.table("plan/shortfall.csv"), pd.DataFrame([late])])
    changed = dataclasses.replace(results, tables={**results.tables, "plan/shortfall.csv": short})
    compulsory, beyond = short_by_year(changed)
    assert compulsory.tolist() == short_by_year(results)[0].tolist() == [9.5, 0, 0]
    assert beyond.tolist() == [0, 70, 0]
    assert "In Years 12 and 13, 70 child-years have none." in report_page(changed)


def test_the_page_says_in_which_prices_pounds_are_and_how_costs_are_discounted(results):
    run = {**results.run, "price_base": "2025 prices", "discount_rate": 0.035}
    page = report_page(dataclasses.replace(results, run=run))
    assert "Prices: 2025 prices; costs discounted at 3.5 % a year." in page
