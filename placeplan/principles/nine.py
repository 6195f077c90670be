"""The nine, in the order of the policy. A tenth is one new file and one line here."""

from placeplan.principles.choice import Choice
from placeplan.principles.community import Community
from placeplan.principles.local import Local
from placeplan.principles.participation import Participation
from placeplan.principles.partnership import Partnership
from placeplan.principles.popular import Popular
from placeplan.principles.principle import Principle
from placeplan.principles.single_phase import SinglePhase
from placeplan.principles.viable import Viable
from placeplan.principles.vulnerable import Vulnerable

NINE: tuple[Principle, ...] = (
    Local(), Viable(), Popular(), Partnership(), SinglePhase(), Participation(), Community(), Choice(), Vulnerable(),
)  # fmt: skip
