"""People of the demo: births, and every child's way through the schools, year by year from 1994."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.random import Generator

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.importers.demo_places import GROWTH_AREAS

FIRST_COHORT, FIRST_CENSUS, LAST_CENSUS = 1994, 2007, 2018
FIRST_BIRTHS, SHOWN_BIRTHS, LAST_BIRTHS = 1990, 2003, 2018
RECEPTION_AFTER = 4  # births in the twelve months to 31 August 2014 reach Reception in September 2018
GROUPS = 14  # Reception to Year 13
BIRTHS_OF_AUTHORITY = {1990: 3_060, 2001: 2_740, 2012: 3_290, 2018: 3_030}
STAYS_IN_AREA, COMES_A_YEAR = 0.985, 0.018  # leave and join in an ordinary year
TO_RECEPTION, COMES_BEFORE_SCHOOL = 0.93, 0.045
LEAVES_AT_7 = 0.028  # to independent schools and other authorities, beyond the ordinary
STAYS_ON_AT_OWN, GOES_TO_A_SIXTH_FORM, STAYS_ON_AT_13 = 0.57, 0.24, 0.9
A_GROWTH_AREA_SINCE, GROWTH_COMES = 2014, 0.06


@dataclass(frozen=True)
class People:
    """births: zone × year (1990 … 2018, twelve months to 31 August).  rolls: school × census × NC year.

    children: zone × census × NC year, pupils of the authority's mainstream schools by where they live; censuses 2007/08 … 2018/19.
    """

    births: Whole
    rolls: Whole
    children: Whole


def people(rng: Generator, zones: gpd.GeoDataFrame, sites: pd.DataFrame) -> People:
    """Let children be born, enter Reception four years later, move on where their school ends, and move house.

    sites: mainstream schools only, with `pull` (how much parents like it).
    """
    births = _births(rng, zones)
    wish = _wish(zones, sites)
    growing = zones["community"].isin(GROWTH_AREAS).to_numpy()
    at = np.zeros((GROUPS, len(zones), len(sites)), dtype=np.int64)
    rolls, children = [], []
    for year in range(FIRST_COHORT, LAST_CENSUS + 1):
        born = births[:, year - RECEPTION_AFTER - FIRST_BIRTHS]
        at = _a_year_later(rng, at, born, sites, wish, growing & (year >= A_GROWTH_AREA_SINCE))
        if year >= FIRST_CENSUS:
            rolls.append(at.sum(axis=1).T)
            children.append(at.sum(axis=2).T)
    return People(births, np.stack(rolls, axis=1), np.stack(children, axis=1))


def _births(rng: Generator, zones: gpd.GeoDataFrame) -> Whole:
    """Return zone × year: the authority's curve, shared out by zone, with chance."""
    years = np.arange(FIRST_BIRTHS, LAST_BIRTHS + 1)
    curve = np.interp(years, list(BIRTHS_OF_AUTHORITY), list(BIRTHS_OF_AUTHORITY.values()))
    share = zones["cohort"].to_numpy() / zones["cohort"].sum()
    drift = 1 + rng.normal(0, 0.006, len(zones))[:, None] * (years - 2010)
    expected = np.clip(share[:, None] * curve * drift, 0.5, None)
    births: Whole = rng.poisson(0.4 * expected) + np.floor(0.6 * expected + rng.uniform(0, 1, expected.shape)).astype(
        np.int64
    )
    return births


def _wish(zones: gpd.GeoDataFrame, sites: pd.DataFrame) -> Number:
    """Return zone × school: how families choose, by distance, pyramid and the school's pull; not yet shares."""
    away = np.hypot(
        zones["easting"].to_numpy()[:, None] - sites["easting"].to_numpy(),
        zones["northing"].to_numpy()[:, None] - sites["northing"].to_numpy(),
    )
    scale = (
        sites["phase"]
        .map({"lower": 750, "primary": 900, "middle": 2_200, "secondary": 3_000, "upper": 3_500})
        .to_numpy(dtype=float)
    )
    own = zones["pyramid"].to_numpy()[:, None] == sites["pyramid"].to_numpy()
    wish: Number = np.exp(-away / scale) * np.where(own, 1.0, 0.1) * sites["pull"].to_numpy() + 1e-12
    return wish


def _a_year_later(rng: Generator, at: Whole, born: Whole, sites: pd.DataFrame, wish: Number, growing: YesNo) -> Whole:
    """Return NC year × zone × school a year on: leavers gone, joiners come, all one year older, new Reception."""
    stay = np.full((GROUPS, 1, 1), STAYS_IN_AREA)
    stay[6], stay[11], stay[12], stay[13] = STAYS_IN_AREA - LEAVES_AT_7, STAYS_ON_AT_OWN, STAYS_ON_AT_13, 0
    comes = np.where(growing, GROWTH_COMES, COMES_A_YEAR)[None, :, None] * (np.arange(GROUPS) < 11)[:, None, None]
    kept = rng.binomial(at, stay) + rng.poisson(at * comes)
    new = np.zeros_like(at)
    new[1:] = kept[:-1]
    lowest, highest = sites["lowest"].to_numpy(), sites["highest"].to_numpy()
    new[12] += _on_to_a_sixth_form(rng, at[11], new[12], highest, wish)
    for nc in (4, 6, 8):
        leaving = new[nc + 1][:, highest == nc].sum(axis=1)
        new[nc + 1][:, highest == nc] = 0
        new[nc + 1] += _spread(rng, leaving, wish * (lowest == nc + 1))
    to_school = rng.binomial(born, TO_RECEPTION) + rng.poisson(
        born * np.where(growing, GROWTH_COMES, COMES_BEFORE_SCHOOL)
    )
    new[0] = _spread(rng, to_school, wish * (lowest == 0))
    return new


def _on_to_a_sixth_form(rng: Generator, year_11: Whole, staying: Whole, highest: Whole, wish: Number) -> Whole:
    """Return those who come to a sixth form from schools that have none, whose own stayers are taken back."""
    without = highest == 11
    staying[:, without] = 0
    return _spread(rng, rng.binomial(year_11[:, without].sum(axis=1), GOES_TO_A_SIXTH_FORM), wish * (highest == 13))


def _spread(rng: Generator, children: Whole, wish: Number) -> Whole:
    """Return zone × school: whole children, each at one school."""
    return rng.multinomial(children, wish / wish.sum(axis=1, keepdims=True))
