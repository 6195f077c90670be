"""School choice on the January 2023 pattern of Central Bedfordshire: what the logit can and can't foretell."""

import importlib.util
import sys

import numpy as np
import pytest

from placeplan.journeys.logit import Market, Prior
from placeplan.journeys.taste_backtest import RULES, backtest

PRIORS = {"miles": Prior(-0.6, 0.2, ""), "same community": Prior(1.0, 0.5, ""), "size": Prior(1.0, 0.3, "")}


@pytest.fixture(scope="module")
def program(repository):
    place = importlib.util.spec_from_file_location("docs_families", repository / "docs" / "families.py")
    module = importlib.util.module_from_spec(place)
    sys.modules["docs_families"] = module
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def worked_out(program, shared_data):
    return program.worked_out(shared_data)


def test_the_page_tells_the_figures_that_the_program_finds_today(program, worked_out, repository):
    written = (repository / "docs" / "explanation" / "families.md").read_text(encoding="utf-8")
    assert written == program.page_of(*worked_out), "stale: run python docs/families.py DATA"


def test_within_the_places_the_logit_beats_every_rule_of_distance_alone(worked_out):
    for tried in worked_out[1].values():
        for rule in ("nearest", "gravity", "present", "wanted"):
            assert tried.loc["logit", "error"] < tried.loc[rule, "error"]


def test_places_alone_tell_the_rolls_of_reception_better_and_the_page_says_so(program, worked_out):
    tried = worked_out[1][0]
    assert tried.loc["places", "error"] < tried.loc["logit", "error"]
    assert "**At Reception it is beaten by the plainest rule**" in program.page_of(*worked_out)


def test_the_fit_says_that_rolls_dont_tell_how_far_families_go(worked_out):
    for fitted in worked_out[0].values():
        assert "miles" in fitted.not_identified
        assert fitted.of("miles") < 0
        assert "size" not in worked_out[0][0].not_identified


def authority(seed=3, zones=30, schools=16):
    chance = np.random.default_rng(seed)
    miles = chance.uniform(0.1, 6, (zones, schools))
    places = chance.choice([15.0, 30.0, 60.0], schools)
    size = np.broadcast_to(np.log(places), miles.shape)
    table = np.stack([miles, (miles < 2).astype(float), size], axis=-1)
    children = chance.uniform(5, 30, zones)
    market = Market(tuple(PRIORS), table, children * places.sum() * 0.9 / children.sum(), places)
    return market, np.floor(market.rolls(np.array([-0.9, 0.4, 1.3])))


def test_no_rule_sees_the_rolls_that_it_has_to_foretell():
    market, rolls = authority()
    one = backtest(market, rolls, PRIORS, splits=1, seed=5)
    known = np.zeros(16, dtype=bool)
    known[np.random.default_rng(5).permutation(16)[:8]] = True
    from placeplan.journeys import taste_backtest

    foretold = taste_backtest._foretold(market, rolls, PRIORS, known)
    other = taste_backtest._foretold(market, np.where(known, rolls, 1.0), PRIORS, known)
    assert list(one["rule"]) == list(RULES)
    for rule, values in foretold.items():
        assert other[rule] == pytest.approx(values), rule
        error = np.abs(values - rolls)[~known].sum() / rolls[~known].sum()
        assert one.set_index("rule").loc[rule, "error"] == pytest.approx(error)


def test_where_families_do_choose_by_the_logit_it_beats_every_other_rule():
    market, rolls = authority()
    errors = backtest(market, rolls, PRIORS, splits=4).groupby("rule")["error"].mean()
    assert errors.drop("logit").min() > errors["logit"]
    assert errors["logit"] < 0.08
