"""What an officer reads in the scenario's tables: who teaches what when, how many places, what may open and what it costs.

Plain Python, a cell at a time, and none of the program's own words: what the laws hold a plan against.
"""

from collections import Counter

import numpy as np

GROUPS = range(14)
COMPULSORY_TO = 11
RESHAPED = {"age_range", "all_through", "sixth_form", "amalgamation", "closure", "new_school"}
GROWS = {"expansion", "bulge", "temporary_expansion", "pan_reduction"}
OF_A_PHASE = {"primary": (0, 6), "secondary": (7, 13)}
LAST_OF_ALL = 9999
NURSERY = -2


class Estate:
    """Schools, year groups and places of a town in which some decisions are open.

    opens: decision → planned year, or None.  retention: planned year × NC year, the share of a year group that goes on.
    """

    def __init__(self, town, opens, retention):
        assert town.table("phase_plan").empty
        self.opens, self.retention, self.years = opens, retention, town.settings.horizon_years
        self.schools = {s["urn"]: s for s in town.schools.to_dict("records")}
        self.options = [r for r in town.table("options").to_dict("records") if self._year(r) is not None]
        base = town.settings.base_year
        self.on_roll = {
            (p["urn"], p["nc_year"]): p["pupils"]
            for p in town.table("pupils").to_dict("records")
            if p["academic_year"] == base and self.today(p["urn"], p["nc_year"])
        }

    def _year(self, row):
        return self.opens[row["package"] or row["option"]]

    def _open(self, t, *kinds, at):
        """The options of some kinds at a school that are open in a planned year, with the years since they opened."""
        return [
            (r, t - self._year(r))
            for r in self.options
            if r["kind"] in kinds and at == (r["urn"] or r["site"]) and self._year(r) <= t
        ]

    def _closed_into(self, urn, t):
        """The amalgamations through which a school has closed, and through which others have closed into it."""
        merged = [r for r in self.options if r["kind"] == "amalgamation" and self._year(r) <= t]
        return [r for r in merged if urn in r["members"].split(";")], [r for r in merged if r["urn"] == urn]

    def today(self, urn, n):
        school = self.schools.get(urn)
        return school is not None and school["lowest_nc_year"] <= n <= school["highest_nc_year"]

    def teaches(self, urn, t, n):
        """Whether a school teaches a year group in a planned year."""
        if self._open(t, "closure", at=urn) or self._closed_into(urn, t)[0]:
            return False
        for row, since in self._open(t, "new_school", at=urn):
            return row["nc_years"][0] <= n <= min(row["nc_years"][0] + since, row["nc_years"][1])
        for row, _ in self._open(t, "age_range", "all_through", "amalgamation", at=urn):
            return row["nc_years"][0] <= n <= row["nc_years"][1]
        for row, since in self._open(t, "sixth_form", at=urn):
            last = row["nc_years"][1]
            return min(self.schools[urn]["lowest_nc_year"], row["nc_years"][0]) <= n <= (last if since else last - 1)
        return self.today(urn, n)

    def cohort(self, urn, t, n):
        """The children on roll in the base year who would be in this year group by now."""
        begun = n - (t + 1)
        if begun < 0:
            return 0.0
        left = self.on_roll.get((urn, begun), 0.0)
        for year in range(t + 1):
            left *= self.retention[year, begun + year + 1]
        return left

    def places(self, urn, t, n):
        """The places of a year group, with those of a cohort that was on roll in the base year at least as many as it is."""
        return max(self._beside_the_cohort(urn, t, n), self.cohort(urn, t, n))

    def _beside_the_cohort(self, urn, t, n):
        if not self.teaches(urn, t, n):
            return 0.0
        if self.today(urn, n):
            there = self.schools[urn]["pan"]
        else:
            there = sum(r["places_per_year"] for r, _ in self._open(t, *RESHAPED, at=urn))
        return there + self._gained(urn, t, n) + sum(self._moved(urn, t, n, r) for r in self._closed_into(urn, t)[1])

    def _gained(self, urn, t, n):
        """What expansions, bulges and cuts of the admission number add to a year group or take from it."""
        gained = 0.0
        for row, since in self._open(t, *GROWS, at=urn):
            first, last = row["nc_years"]
            if not first <= n <= last:
                continue
            begun = n - first  # years ago that this cohort came to the year group in which the option begins
            if row["kind"] == "expansion":
                gained += row["places_per_year"]
            elif row["kind"] == "pan_reduction":
                gained -= abs(row["places_per_year"]) * (begun <= since)
            else:
                cohorts = 1 if row["kind"] == "bulge" else int(row["cohorts"])
                gained += row["places_per_year"] * (since - cohorts < begun <= since)
        return gained

    def _moved(self, urn, t, n, row):
        """What comes with the pupils of a school that has closed into this one; its cohorts keep as many as they had."""
        moved = 0.0
        for closed in row["members"].split(";"):
            if self.today(closed, n):
                named = row["places_per_year"]
                moved += named if self.today(urn, n) else 0.0  # else they are counted as new already
                since, begun = t - self._year(row), n - self.schools[closed]["lowest_nc_year"]
                if begun > since:
                    had = max(self.schools[closed]["pan"], self.cohort(closed, t, n))
                    moved += max(had - named, 0.0)
        return moved

    def whole(self, urn, t):
        """The places of the whole building; those who were on roll in the base year always have theirs."""
        groups = [n for n in GROUPS if self.today(urn, n)]
        capacity = self.schools[urn]["net_capacity"] if urn in self.schools else 0.0
        room = max(capacity, sum(self.cohort(urn, t, n) for n in groups))
        for n in GROUPS:
            if self.teaches(urn, t, n) and not self.today(urn, n):
                named = sum(r["places_per_year"] for r, _ in self._open(t, *RESHAPED, at=urn))
                room += max(named, self.cohort(urn, t, n))
            room += sum(self._moved(urn, t, n, r) for r in self._closed_into(urn, t)[1])
        for row, since in self._open(t, *GROWS, *RESHAPED, "resourced_provision", at=urn):
            first, last = row["nc_years"]
            if row["kind"] == "expansion":
                room += row["places_per_year"] * (last - first + 1)
            elif row["kind"] in {"bulge", "temporary_expansion"}:
                cohorts = 1 if row["kind"] == "bulge" else int(row["cohorts"])
                room += row["places_per_year"] * sum(
                    since - cohorts < n - first <= since for n in range(first, last + 1)
                )
            if row["kind"] not in {"closure", "bulge", "temporary_expansion", "pan_reduction"}:
                room += row["net_capacity_change"]
        return room

    def ends_here(self, urn, t, n):
        """Whether a child in this year group may leave after it: it is the last one, of compulsory school, or of the plan."""
        return t >= self.years - 1 or n == COMPULSORY_TO or not (n < GROUPS[-1] and self.teaches(urn, t + 1, n + 1))


def steps_paid(town, row):
    """When an option is paid and from which pot: as the table `spending` says, else all when it opens."""
    steps = [s for s in town.table("spending").to_dict("records") if s["option"] == row["option"]]
    whole = row["capital_pounds"] + row["land_pounds"]
    return steps or [{"years_before_opening": 0, "fund": row["fund"], "pounds": whole}]


def outside_its_terms(town, opens):
    """What opens though its opening years, the pot that pays or the lack of a site forbid it."""
    base, known, wrong = town.settings.base_year, set(town.schools["urn"]), []
    pots = {pot["pot"]: pot for pot in town.table("funds").to_dict("records")}
    for row in town.table("options").to_dict("records"):
        t = opens[row["package"] or row["option"]]
        if t is None:
            continue
        year = base + 1 + t
        sited = row["urn"] in known if row["urn"] else row["easting"] > 0 and row["northing"] > 0
        if not (row["earliest_opening"] <= year <= row["latest_opening"] and 0 <= t < town.settings.horizon_years):
            wrong.append(f"{row['option']} opens in {year}")
        if not sited:
            wrong.append(f"{row['option']} has no site")
        for step in steps_paid(town, row):
            pot = pots.get(step["fund"])
            if pot and step["pounds"] > 0 and not _pays(pot, row, year - step["years_before_opening"]):
                wrong.append(f"{row['option']} is paid from {pot['pot']}, which does not pay for it in {year}")
    return wrong


def _pays(pot, row, year):
    first = int(pot["valid_from"][:4]) if pot["valid_from"] else 0
    last = int(pot["expiry"][:4]) if pot["expiry"] else LAST_OF_ALL
    low, high = OF_A_PHASE.get(pot["phase"], (NURSERY, 13))
    site = not pot["site"] or pot["site"] in {row["urn"], row["site"]}
    return first <= year <= last and site and low <= row["nc_years"][0] <= row["nc_years"][1] <= high


def overdrawn(town, opens):
    """Pots that pay out more than they hold."""
    paid = Counter()
    for row in town.table("options").to_dict("records"):
        if opens[row["package"] or row["option"]] is not None:
            for step in steps_paid(town, row):
                paid[step["fund"]] += step["pounds"]
    return [p["pot"] for p in town.table("funds").to_dict("records") if paid[p["pot"]] > p["amount"] + 1e-3]


def cost_of(town, opens):
    """The part of cost in the objective: capital when it is paid, revenue to the end of the plan, discounted.

    What a cut saves builds up with the year groups that it has reached.
    """
    budget, spent = town.settings.budget, 0.0
    rows = town.table("options").to_dict("records")
    for row in rows:
        t = opens[row["package"] or row["option"]]
        if t is not None:
            for step in steps_paid(town, row):  # what falls before the plan counts in its first year
                paid = max(t - step["years_before_opening"], 0)
                spent += step["pounds"] / (1 + budget.discount_rate) ** paid
            groups = row["nc_years"][1] - row["nc_years"][0] + 1
            for year in range(t, town.settings.horizon_years):
                grows = row["kind"] == "pan_reduction" and row["revenue_pounds_a_year"] < 0
                share = min(year - t + 1, groups) / groups if grows else 1.0
                spent += share * row["revenue_pounds_a_year"] / (1 + budget.discount_rate) ** year
    capital = sum(row["capital_pounds"] + row["land_pounds"] for row in rows)
    a_year = sum(abs(row["revenue_pounds_a_year"]) for row in rows)
    whole = budget.total_pounds or capital or a_year
    return town.settings.weights.cost * spent / whole if whole > 0 else 0.0


def steps_of(plan):
    """Each stay with children in it, year by year: the stay, planned year, NC year and how many of them are still there."""
    net = plan.network
    for stay in np.flatnonzero(plan.stays):
        bundle, left = net.stays.bundle[stay], plan.stays[stay]
        joins = int(net.bundles.joins[bundle])
        for t in range(joins, int(net.bundles.ends[bundle]) + 1):
            nc = int(net.bundles.first_nc[bundle]) + t - joins
            if t > joins:
                left *= net.demand.retention[t, nc]
            if t >= 0:
                yield stay, t, nc, left


def rolls_walked(plan):
    """School × planned year × NC year: pupils on roll, told stay by stay."""
    net = plan.network
    rolls = np.zeros((len(net.estate.table), len(net.years), len(GROUPS)))
    for stay, t, nc, left in steps_of(plan):
        rolls[net.bundles.school[net.stays.bundle[stay]], t, nc] += left
    return rolls
