"""Logit: how families choose among schools, fitted to what is known of few authorities: rolls by school, children by zone.

Each child of a zone chooses one school; the utility of a school is linear in its features and a Gumbel taste of the child's
own, so that the shares are P(s | zone) = exp(V) / Σ exp(V) (McFadden, Conditional logit analysis, 1974).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from placeplan.domain.arrays import Number, YesNo

FULL = 0.97  # of its places: a roll from there on tells only that at least so many wanted the school
HARDLY_A_PUPIL = 0.5  # an empty school's roll: its logarithm must be finite
LEARNT = 0.8  # of the prior's spread: a coefficient that stays wider than that was not told by the rolls
ROUNDS = 400
SETTLED = 1e-4  # share of a school's places by which it may still be over them


@dataclass(frozen=True)
class Prior:
    """What is believed of a coefficient before any roll is seen: a normal law.  why: where it comes from."""

    mean: float
    spread: float
    why: str


@dataclass(frozen=True)
class Market:
    """Who chooses among what at one NC year.

    features: zone × school × feature.  children: one number a zone.  places: one number a school (of the year group).
    names: of the features.
    """

    names: tuple[str, ...]
    features: Number
    children: Number
    places: Number

    def utility(self, values: Number) -> Number:
        """Return zone × school: utility at the coefficients, tastes left out."""
        utility: Number = self.features @ values
        return utility

    def wanted(self, values: Number) -> Number:
        """Return for each school the children who would choose it if every school had room."""
        rolls: Number = self.children @ shares(self.utility(values))
        return rolls

    def rolls(self, values: Number) -> Number:
        """Return for each school the children who choose it within the places there are."""
        rolls: Number = self.children @ within_places(self.utility(values), self.children, self.places)
        return rolls


@dataclass(frozen=True)
class Fitted:
    """Coefficients and what is known of them.

    coefficients, errors (standard errors, of the posterior), prior_means, prior_spreads: one a name.
    schools, pupils: margins that taught it.  censored: those of them that were full.  dispersion: variance of a roll in
    terms of a Poisson count's, at least 1.  pseudo_r2: share of the deviance from equal rolls that is explained, full
    schools left out.
    misplaced: share of pupils whom the fit puts at another school, within the places there are.
    not_identified: coefficients that the rolls told next to nothing of; there the prior speaks.
    """

    names: tuple[str, ...]
    coefficients: Number
    errors: Number
    prior_means: Number
    prior_spreads: Number
    schools: int
    pupils: float
    censored: int
    dispersion: float
    pseudo_r2: float
    misplaced: float
    not_identified: tuple[str, ...]

    def of(self, name: str) -> float:
        """Return one coefficient."""
        return float(self.coefficients[self.names.index(name)])


def fit(market: Market, rolls: Number, priors: Mapping[str, Prior], known: YesNo | None = None) -> Fitted:
    """Fit the coefficients to the rolls that are known, the zones' children being met by construction.

    rolls: one number a school.  known: which of them may be looked at; all by default.
    Most likely under overdispersed counts; a full school's roll is a lower limit of what was wanted; the priors keep
    coefficients finite that no roll tells. Every school is an alternative, whether its roll is known or not.
    Source of fitting to margins alone: Erlander and Stewart, The gravity model in transportation analysis, 1990.
    """
    known = np.ones(len(rolls), dtype=bool) if known is None else known
    seen = _Seen(market, np.maximum(rolls, HARDLY_A_PUPIL), known, [priors[name] for name in market.names])
    values, dispersion = seen.means, 1.0
    for _ in range(2):  # the second time with the spread that the first one left
        values = seen.best(values, dispersion)
        dispersion = seen.dispersion(values)
    values = seen.best(values, dispersion)
    errors = np.sqrt(np.diag(np.linalg.inv(seen.information(values, dispersion))))
    wide = tuple(n for n, e, s in zip(market.names, errors, seen.spreads, strict=True) if e > LEARNT * s)
    equal = float(market.children.sum()) / len(rolls) * np.ones(len(rolls))
    told = known & ~seen.full
    least, most = seen.deviance(market.wanted(values), told), seen.deviance(equal, told)
    return Fitted(
        market.names, values, errors, seen.means, seen.spreads, int(known.sum()), float(rolls[known].sum()),
        int((known & seen.full).sum()), dispersion, 1 - least / most if most > 0 else 0.0,
        misplaced(market.rolls(values)[known], rolls[known]), wide,
    )  # fmt: skip


def shares(utility: Number) -> Number:
    """Return choice probabilities over the last axis; utilities of −∞ are never chosen.

    >>> shares(np.array([0.0, np.log(3.0)])).tolist()
    [0.25, 0.75]
    """
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    result: Number = weight / weight.sum(axis=-1, keepdims=True)
    return result


def within_places(utility: Number, children: Number, places: Number) -> Number:
    """Return zone × school: choice probabilities when a full school turns some away, whoever they are.

    Each school over its places becomes less attractive until it isn't; where all places together are too few, every
    school is over them alike. Source: de Palma, Picard and Waddell, Journal of Urban Economics 62 (2007).
    """
    room = np.maximum(places, HARDLY_A_PUPIL) * max(1.0, (1 + SETTLED) * children.sum() / max(places.sum(), 1e-9))
    turned_away = np.zeros(len(places))
    chosen = shares(utility)
    for _ in range(ROUNDS):
        rolls = children @ chosen
        turned_away = np.minimum(turned_away - np.log(np.maximum(rolls, 1e-12) / room), 0)
        chosen = shares(utility + turned_away)
        if (children @ chosen <= room * (1 + SETTLED)).all():
            break
    return chosen


def misplaced(told: Number, rolls: Number) -> float:
    """Return the share of pupils who are told to be at another school than they are: half the absolute differences.

    >>> misplaced(np.array([30.0, 20.0]), np.array([25.0, 25.0]))
    0.1
    """
    return float(0.5 * np.abs(told - rolls).sum() / max(float(rolls.sum()), 1e-9))


@dataclass(frozen=True)
class _Seen:
    """What the fit looks at."""

    market: Market
    rolls: Number
    known: YesNo
    priors: list[Prior]

    @property
    def means(self) -> Number:
        """Return the means of the priors."""
        return np.array([p.mean for p in self.priors])

    @property
    def spreads(self) -> Number:
        """Return the spreads of the priors."""
        return np.array([p.spread for p in self.priors])

    @property
    def full(self) -> YesNo:
        """Return which schools are full."""
        full: YesNo = self.rolls >= FULL * self.market.places
        return full

    def best(self, start: Number, dispersion: float) -> Number:
        """Return the coefficients that are likeliest, from a start."""
        found = minimize(self._loss, start, args=(dispersion,), jac=True, method="BFGS", options={"gtol": 1e-6})
        best: Number = found.x
        return best

    def _loss(self, values: Number, dispersion: float) -> tuple[float, Number]:
        """Return half the deviance over the dispersion and the priors' share, with its gradient."""
        wanted, slope = self._slope(values)
        counts = self._counts(wanted)
        away = (values - self.means) / self.spreads
        loss = 0.5 * self.deviance(wanted, counts) / dispersion + 0.5 * away @ away
        gradient = slope[counts].T @ (1 - self.rolls[counts] / wanted[counts]) / dispersion + away / self.spreads
        return float(loss), gradient

    def _slope(self, values: Number) -> tuple[Number, Number]:
        """Return the children who want each school, and school × feature: how that changes with the coefficients."""
        market = self.market
        chosen = shares(market.utility(values))
        flow = market.children[:, None] * chosen
        mean = np.einsum("zs,zsk->zk", chosen, market.features)
        return flow.sum(axis=0), np.einsum("zs,zsk->sk", flow, market.features) - flow.T @ mean

    def _counts(self, wanted: Number) -> YesNo:
        """Return the schools whose roll says something: known, and not a full one that more children want."""
        counts: YesNo = self.known & ~(self.full & (wanted > self.rolls))
        return counts

    def deviance(self, wanted: Number, counts: YesNo) -> float:
        """Return the Poisson deviance of some rolls."""
        w, r = np.maximum(wanted[counts], 1e-12), self.rolls[counts]
        return float(2 * (w - r + r * np.log(r / w)).sum())

    def dispersion(self, values: Number) -> float:
        """Return the variance of rolls in terms of Poisson counts', at least 1."""
        wanted = self.market.wanted(values)
        counts = self._counts(wanted)
        spare = max(int(counts.sum()) - len(values), 1)
        return max(1.0, float(((self.rolls - wanted)[counts] ** 2 / wanted[counts]).sum()) / spare)

    def information(self, values: Number, dispersion: float) -> Number:
        """Return the expected information of rolls and priors together."""
        wanted, slope = self._slope(values)
        counts = self._counts(wanted)
        told = slope[counts].T @ (slope[counts] / wanted[counts, None]) / dispersion
        information: Number = told + np.diag(self.spreads**-2.0)
        return information
