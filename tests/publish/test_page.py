import dataclasses
import html
import json
import re

import build
import numpy as np

from placeplan.forecast.drivers import figure, told_of_drivers
from placeplan.publish.page import json_for_script, report_page
from placeplan.publish.page.charts import fans_of, principles_of


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
