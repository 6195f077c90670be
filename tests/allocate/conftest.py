"""Small authorities, allocated once for all tests of this folder."""

from pathlib import Path

import pytest

from placeplan.allocate.allocate import allocate
from placeplan.forecast.forecast import forecast
from placeplan.journeys.network import network
from placeplan.options.read import options
from placeplan.principles.nine import NINE
from placeplan.scenario.read import read_scenario


def allocation_of(scenario: Path):
    read = read_scenario(scenario)
    could_go = network(read, forecast(read), options(read))
    prices = tuple(principle.prices(could_go, read) for principle in NINE)
    return allocate(could_go, prices, [principle.key for principle in NINE], read)


@pytest.fixture(scope="session", params=["town", "pyramid"])
def allocation(request, repository):
    return allocation_of(repository / "scenarios" / request.param)
