import numpy as np

from forecast.build import BASE, homes, steady
from placeplan.forecast.forecast import forecast
from placeplan.forecast.summary import summary


def test_stages_add_to_the_forecast_and_their_bounds_are_narrower_than_those_of_their_year_groups():
    told = forecast(steady(draws=300, tables={"housing": [homes("D", "Z1", BASE + 1, 100)]}))
    table = summary(told)
    assert table["median"].sum() == told.central.sum()
    assert (table["base"] == table["year_groups"].map({"R–6": 420, "7–11": 300, "12–13": 120})).all()
    assert ((table["low_80"] < table["median"]) & (table["median"] < table["high_80"])).all()
    low, high = told.interval(0.1, 0.9)
    primary = table[table["year_groups"] == "R–6"]
    assert (primary["high_80"] - primary["low_80"] < (high - low)[:, :7].sum(axis=1)).all()


def test_without_draws_there_are_no_bounds():
    table = summary(forecast(steady(draws=0)))
    assert table[["low_80", "high_80"]].isna().all(axis=None)
    assert np.allclose(table["median"], table["base"])
