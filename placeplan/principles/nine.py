"""The nine, in the order of the policy. A tenth is one new file and one line here."""

from placeplan.principles.choice import Choice
from placeplan.principles.community import Community
from placeplan.principles.families import Families
from placeplan.principles.local import Local
from placeplan.principles.participation import Participation
from placeplan.principles.partnership import Partnership
from placeplan.principles.popular import Popular
from placeplan.principles.principle import Principle
from placeplan.principles.single_phase import SinglePhase
from placeplan.principles.viable import Viable
from placeplan.principles.vulnerable import Vulnerable
from placeplan.scenario.settings import Settings

NINE: tuple[Principle, ...] = (
    Local(), Viable(), Popular(), Partnership(), SinglePhase(), Participation(), Community(), Choice(), Vulnerable(),
)  # fmt: skip


BESIDE: tuple[Principle, ...] = (Families(),)  # none of the policy's: each only where a scenario gives it a weight


def principles_of(settings: Settings) -> tuple[Principle, ...]:
    """Return the nine, and what families want beside them where the scenario gives it a weight."""
    return (*NINE, *BESIDE) if settings.families.weight > 0 else NINE
