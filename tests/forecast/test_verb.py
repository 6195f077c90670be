import json
import sys
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

import placeplan
from forecast.build import steady
from placeplan.cli.forecast import forecast as verb
from placeplan.forecast.forecast import forecast


@pytest.fixture
def said(monkeypatch):
    """What the verb says of a steady town; the way through the whole program is tested end to end."""
    pipeline = ModuleType("placeplan.pipeline")
    pipeline.forecast = lambda _scenario, _out, **_: forecast(steady(draws=20))
    monkeypatch.setitem(sys.modules, "placeplan.pipeline", pipeline)
    monkeypatch.setattr(placeplan, "pipeline", pipeline, raising=False)
    app = typer.Typer()
    app.command()(verb)
    return lambda *words: CliRunner().invoke(app, ["town", "--out", "there", *words], catch_exceptions=False)


def test_the_verb_tells_pupils_with_an_interval_and_what_the_forecast_stands_on(said):
    text = said().stdout
    assert "2019/20  Years R–6" in text
    assert " to " in text
    assert "mainstream schools only" in text
    assert " 420  (" in text


def test_json_is_one_document(said):
    document = json.loads(said("--json").stdout)
    assert document["forecast"][0]["median"] == 420
    assert document["notes"]


def test_quiet_says_nothing(said):
    assert not said("--quiet").stdout
