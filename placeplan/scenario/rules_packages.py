"""Rules of options that hang together: needs, follows, excludes, packages and their phase plans."""

from collections.abc import Iterator, Mapping

import pandas as pd

from placeplan.domain.errors import Problem
from placeplan.domain.years import MAINSTREAM, name_of_nc_year, name_of_year, nc_year
from placeplan.scenario.rules import Material, Rule, each, unknown
from placeplan.scenario.say import did_you_mean, listed, shown

LINKS = ("needs", "follows", "excludes")


def _words(cell: str) -> list[str]:
    """Return the options that a cell names, separated by ;."""
    return [word.strip() for word in cell.split(";") if word.strip()]


def others_named(material: Material) -> Iterator[Problem]:
    """Yield options that need, follow or exclude one that isn't there, or themselves, or need and exclude the same."""
    known = material.words("options", "option")
    if known is None:
        return
    known |= material.words("options", "package") or set()
    options = material.frame("options")
    for row, option in each(options[(options[list(LINKS)] != "").any(axis=1)]):
        named = {column: _words(option[column]) for column in LINKS}
        for column, words in named.items():
            for word in words:
                if word == option["option"]:
                    wrong = f"option {word} names itself: {word} → {word}."
                    yield material.fault("options", row, column, wrong, "Take it out.")
                elif word not in known:
                    remedy = did_you_mean(word, known) or "Give the code of an option or package of this table."
                    yield material.fault("options", row, column, f"there is no option {shown(word)}.", remedy)
        both = [word for word in named["excludes"] if word in {*named["needs"], *named["follows"]}]
        if both:
            wrong = f"option {option['option']} needs and excludes {listed(both)}: it can never open."
            yield material.fault("options", row, "excludes", wrong, "Take one of the two out.")


def rings(material: Material) -> Iterator[Problem]:
    """Yield options and packages that need or follow each other in a ring, shown whole."""
    options = material.frame("options")
    decision = options["package"].where(options["package"] != "", options["option"])
    of_name = dict(zip(options["option"], decision, strict=True)) | {name: name for name in decision}
    rows: dict[str, int] = {}
    needed: dict[str, list[str]] = {}
    needs: dict[str, list[str]] = {}
    for row, option in each(options.assign(decision=decision)):
        name = option["decision"]
        rows.setdefault(name, row)
        for column in ("needs", "follows"):
            others = [other for word in _words(option[column]) if (other := of_name.get(word, word)) != name]
            needed.setdefault(name, []).extend(others)
            needs.setdefault(name, []).extend(others if column == "needs" else [])
    told: set[frozenset[str]] = set()
    for start in needed:
        ring = _ring(start, needed)
        if len(ring) > 2 and frozenset(ring) not in told:
            told.add(frozenset(ring))
            column = "needs" if set(ring[1:2]) & set(needs[start]) else "follows"
            wrong = f"options need each other in a ring: {' → '.join(ring)}."
            yield material.fault("options", rows[start], column, wrong, "Make them one package, or take one need out.")


def _ring(start: str, needed: Mapping[str, list[str]]) -> list[str]:
    """Return the way from an option back to itself, or nothing."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for word in needed.get(way[-1], []):
            if word == start:
                return [*way, word]
            if word not in seen:
                seen.add(word)
                ways.append([*way, word])
    return []


def phase_plans(material: Material) -> Iterator[Problem]:
    """Yield phase plans of options that aren't there, of half a range, or under which a year group is taught nowhere."""
    yield from unknown(material, "phase_plan", "option", material.words("options", "option"), "options.csv")
    yield from _elsewhere(material)
    spans, faults = {}, []
    for row, step in each(material.frame("phase_plan")):
        try:
            spans[row] = _span(step["first_nc_year"], step["last_nc_year"])
        except ValueError as error:
            column = "first_nc_year" if not step["first_nc_year"] else "last_nc_year"
            faults.append(material.fault("phase_plan", row, column, f"{error}.", "Give both, or neither."))
    yield from faults
    if not faults and all(material.tables[name].whole for name in ("phase_plan", "options", "schools")):
        yield from _untaught(material, spans)


def _elsewhere(material: Material) -> Iterator[Problem]:
    """Yield steps of a phase plan at a school that its option doesn't change: they would say nothing."""
    options = material.frame("options")
    subject = options["urn"].where(
        options["urn"] != "", options["site"].where(options["site"] != "", options["option"])
    )
    at = dict(zip(options["option"], subject, strict=True))
    plan = material.frame("phase_plan")
    astray = plan[plan["option"].isin(at) & (plan["urn"] != plan["option"].map(at))]
    for row, step in each(astray.drop_duplicates(["option", "urn"])):
        wrong = f"option {step['option']} concerns {at[step['option']]}, not {step['urn']}."
        yield material.fault("phase_plan", row, "urn", wrong, "Give each school of a package an option of its own.")


def _span(first: str, last: str) -> tuple[int, int]:
    """Return the NC years taught, (1, 0) for none.

    Raises ValueError when one end is blank or the ends are the wrong way round.
    """
    if not first and not last:
        return 1, 0
    if not first or not last:
        raise ValueError("one of the two year groups is blank")
    youngest, oldest = nc_year(first), nc_year(last)
    if oldest < youngest:
        raise ValueError(f'"{first}" to "{last}" ends before it begins')
    return youngest, oldest


def _untaught(material: Material, spans: Mapping[int, tuple[int, int]]) -> Iterator[Problem]:
    """Yield a year group that the schools of a phase plan teach today and none of them in some year of the plan.

    The schools of all options that hang together (a package, needs, follows) count as one plan.
    """
    options, plan = material.frame("options"), material.frame("phase_plan").sort_values("academic_year", kind="stable")
    plan = plan.assign(together=plan["option"].map(_together(options)))
    schools = material.frame("schools")
    today = dict(
        zip(schools["urn"], zip(schools["lowest_nc_year"], schools["highest_nc_year"], strict=True), strict=True)
    )
    for together, steps in plan.groupby("together", sort=False):
        beside = options[
            (options["option"].map(_together(options)) == together) & ~options["option"].isin(steps["option"])
        ]
        always = {nc for first, last in beside["nc_years"] for nc in range(first, last + 1)}
        teaching = {urn: today.get(urn, (1, 0)) for urn in steps["urn"]}
        before = _taught(teaching)
        for year, rows in steps.groupby("academic_year"):
            teaching |= {step["urn"]: spans[row] for row, step in each(rows)}
            lost = before - _taught(teaching) - always
            if lost:
                groups = listed([name_of_nc_year(nc) for nc in sorted(lost)])
                wrong = (
                    f"in {name_of_year(int(str(year)))} no school of the plan {together} teaches year group {groups}."
                )
                yield material.fault(
                    "phase_plan", rows.index[0], "first_nc_year", wrong, "Close the gap between the schools."
                )
                break


def _taught(ranges: Mapping[str, tuple[int, int]]) -> set[int]:
    """Return the mainstream year groups that any of the schools teaches."""
    return {nc for first, last in ranges.values() for nc in range(first, last + 1) if nc in MAINSTREAM}


def _together(options: pd.DataFrame) -> dict[str, str]:
    """Return option → the name of the first option that it hangs together with, by package, needs or follows."""
    head = {code: code for code in options["option"]}

    def first_of(code: str) -> str:
        while head[code] != code:
            code = head[code]
        return code

    packages: dict[str, str] = {}
    for _, option in each(options):
        code = option["option"]
        mates = [packages.setdefault(option["package"], code)] if option["package"] else []
        mates += [word for column in ("needs", "follows") for word in _words(option[column]) if word in head]
        for mate in mates:
            head[first_of(mate)] = first_of(code)
    return {code: first_of(code) for code in head}


RULES: tuple[Rule, ...] = (others_named, rings, phase_plans)
