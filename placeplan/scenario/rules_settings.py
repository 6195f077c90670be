"""Rules of settings and of the book: weights, anchors, targets, assumptions, rules and funds."""

import difflib
import math
from collections.abc import Iterator

from placeplan.domain.errors import Problem
from placeplan.domain.years import academic_year
from placeplan.scenario.assumptions import DEFAULTS
from placeplan.scenario.rules import Material, Rule, each, unknown
from placeplan.scenario.say import shown
from placeplan.scenario.settings import BESIDE, PRINCIPLES
from placeplan.scenario.tables.people import read_date
from placeplan.scenario.tables.schools import MAINSTREAM_PHASES

FAR_OFF = 5.0  # a target of five times the way from ideal to unacceptable is a percentage
RURAL_CLASSES = ("village", "town", "city")


def weights(material: Material) -> Iterator[Problem]:
    """Yield a warning when all weights are 0, and targets that are percentages."""
    settings = material.settings
    if settings is None:
        return
    if not any(settings.weight_of(name) for name in (*PRINCIPLES, *BESIDE)):
        wrong = "every weight is 0: the plan is chosen by cost alone."
        yield _at(material, "weights", wrong, "Give at least one principle a weight.", grave=False)
    for section in ("targets", "must"):
        for name, value in getattr(settings, section).items():
            key = f"{section}.{name}"
            if not math.isfinite(value):
                yield _at(material, key, f"{value} is not a number that can be reckoned with.", "For example 0.5.")
            elif abs(value) > FAR_OFF:
                remedy = f"Perhaps {value / 100:g} is meant: 0 is ideal, 1 is unacceptable."
                yield _at(material, key, f"{value:g} is not on the scale of {section}.", remedy)


def beside_the_nine(material: Material) -> Iterator[Problem]:
    """Yield anchors, targets and musts of what the scenario gives no weight: a must would be passed over in silence."""
    settings = material.settings
    for name in BESIDE if settings else ():
        for section in ("anchors", "targets", "must") if settings and settings.weight_of(name) <= 0 else ():
            if name in getattr(settings, section):
                wrong = f"{name} isn't weighed in this scenario, so this line changes nothing."
                remedy = f"Give [{name}] a weight above 0, or take the line out."
                yield _at(material, f"{section}.{name}", wrong, remedy, grave=section == "must")


def anchors(material: Material) -> Iterator[Problem]:
    """Yield anchors whose unacceptable end lies below the ideal one."""
    for name, anchor in (material.settings.anchors if material.settings else {}).items():
        if anchor.unacceptable is not None and anchor.unacceptable < anchor.ideal:
            wrong = f"the unacceptable loss {anchor.unacceptable:g} lies below the ideal {anchor.ideal:g}."
            yield _at(material, f"anchors.{name}", wrong, "A loss is worse the larger it is.")


def _at(material: Material, key: str, wrong: str, remedy: str, *, grave: bool = True) -> Problem:
    """Return a fault at the line of a setting."""
    place = material.place(key)
    return Problem(place.file, place.row, key, wrong, remedy, grave)


def assumptions(material: Material) -> Iterator[Problem]:
    """Yield assumptions that aren't numbers where one is reckoned with, and a warning for a name that is nearly one."""
    own = material.frame("assumptions")
    for row, one in each(own):
        name = one["assumption"]
        if name in DEFAULTS and _number(one["value"]) is None:
            remedy = f"Give a number, for example {DEFAULTS[name].value:g} {DEFAULTS[name].unit}."
            yield material.fault("assumptions", row, "value", f"{shown(one['value'])} is not a number.", remedy)
        near = difflib.get_close_matches(name, DEFAULTS, n=1, cutoff=0.9) if name not in DEFAULTS else []
        if near:
            wrong = f"no figure is called {shown(name)}; the row is kept and changes nothing."
            yield material.warning("assumptions", row, "assumption", wrong, f"Did you mean {near[0]}?")


def sizes(material: Material) -> Iterator[Problem]:
    """Yield sizes whose floor lies above the maximum."""
    own = material.frame("assumptions")
    taken = {name: default.value for name, default in DEFAULTS.items()}
    rows = {}
    for row, one in each(own):
        value = _number(one["value"])
        if value is not None:
            taken[one["assumption"]], rows[one["assumption"]] = value, row
    for floor in [name for name in taken if name.startswith("size.") and name.endswith(".floor")]:
        most = floor.removesuffix("floor") + "maximum"
        if most in taken and taken[floor] > taken[most]:
            wrong = f"{floor} ({taken[floor]:g}) lies above {most} ({taken[most]:g})."
            yield material.fault(
                "assumptions", rows.get(floor, rows.get(most)), "value", wrong, "Exchange or mend them."
            )


def choices_asked_for(material: Material) -> Iterator[Problem]:
    """Yield a number of choices, asked for by the scenario itself, that no set of options could give."""
    own = material.frame("assumptions").drop_duplicates("assumption", keep="last")
    if not material.tables["schools"].whole or not material.tables["options"].whole:
        return
    schools, options = material.frame("schools"), material.frame("options")
    of_today = schools.loc[schools["phase"].isin(MAINSTREAM_PHASES), ["provider", "faith", "sex", "trust"]]
    new = options.loc[options["site"] != "", ["provider", "faith", "trust"]]
    kinds = len(of_today.drop_duplicates()) + len(new.drop_duplicates())
    for rural in RURAL_CLASSES:
        for row, text in own.loc[own["assumption"] == f"choice.{rural}", "value"].items():
            asked = _number(text)
            if asked is not None and asked > kinds:
                wrong = f"{asked:g} choices are asked for in a {rural}; under all options there are {kinds} kinds of school."
                yield material.fault("assumptions", row, "value", wrong, "Ask for fewer, or add options.")


def dated_book(material: Material) -> Iterator[Problem]:
    """Yield days and academic years of the rules and funds that can't be read."""
    for column in ("valid_from", "valid_to"):
        cells = material.frame("rules")[column]
        for row, text in cells[cells != ""].items():
            try:
                read_date(text)
            except ValueError as error:
                yield material.fault("rules", row, column, f"{error}.")
    for column in ("valid_from", "expiry"):
        cells = material.frame("funds")[column]
        for row, text in cells[cells != ""].items():
            try:
                academic_year(text)
            except ValueError as error:
                yield material.fault("funds", row, column, f"{error}.")


def deciders(material: Material) -> Iterator[Problem]:
    """Yield rows that say who decides an option that isn't there."""
    yield from unknown(material, "controls", "option", material.words("options", "option"), "options.csv")


def _number(text: str) -> float | None:
    """Return a plain number, or None."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and text.isascii() and "_" not in text else None


RULES: tuple[Rule, ...] = (
    weights,
    beside_the_nine,
    anchors,
    assumptions,
    sizes,
    choices_asked_for,
    dated_book,
    deciders,
)
