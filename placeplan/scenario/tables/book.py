"""The book of rules, assumptions and money: what is given, dated and sourced."""

from typing import ClassVar

from placeplan.scenario.tables.row import Amount, Code, MaybeCode, Row, column


class Fund(Row):
    """A pot of money, spendable only where and for what it was paid."""

    file: ClassVar[str] = "funds"
    key: ClassVar[tuple[str, ...]] = ("pot",)

    pot: Code = column("name of the pot", example="S106-Saxon")
    site: MaybeCode = column("site, school or development it is tied to; blank: anywhere", example="", default="")
    phase: MaybeCode = column("phase it is tied to; blank: any", example="lower", default="")
    amount: Amount = column("amount", unit="£", example=2500000, least=0, most=1e10)
    valid_from: MaybeCode = column(
        "first academic year in which it may be spent", example="2018/19", default="", heading="from"
    )
    expiry: MaybeCode = column("last academic year in which it may be spent", example="2025/26", default="")


class Rule(Row):
    """A dated rule, with its source."""

    file: ClassVar[str] = "rules"
    key: ClassVar[tuple[str, ...]] = ("key_", "valid_from")

    key_: Code = column("name of the rule", example="gate.good", heading="key")
    value: Code = column("its value", example="good")
    valid_from: MaybeCode = column(
        "first day on which it holds; blank: always", example="2012-09-01", default="", heading="from"
    )
    valid_to: MaybeCode = column(
        "last day on which it holds; blank: for good", example="2025-11-09", default="", heading="to"
    )
    source: MaybeCode = column("where it comes from", example="Ofsted", default="")


class Assumption(Row):
    """A figure that isn't known and is taken, with its reason and who may change it."""

    file: ClassVar[str] = "assumptions"
    key: ClassVar[tuple[str, ...]] = ("assumption",)

    assumption: Code = column("name of the assumption", example="travel.circuity")
    value: Code = column("value taken", example="1.3")
    unit: MaybeCode = column("unit", example="miles a mile", default="")
    reason: MaybeCode = column("why this value", example="route against straight line", default="")
    who_may_change: MaybeCode = column("role that may change it", example="place planning officer", default="")
    source: MaybeCode = column("source", example="", default="")


class Cost(Row):
    """A cost that several options share."""

    file: ClassVar[str] = "costs"
    key: ClassVar[tuple[str, ...]] = ("cost",)

    cost: Code = column("name", example="free_transport_a_year")
    pounds: Amount = column("amount", unit="£", example=1150, least=0, most=1e9)
