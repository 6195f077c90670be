"""Progress: what a stage says while it works. Silent unless somebody listens."""

from collections.abc import Callable

Progress = Callable[[str, float | None], None]
"""Called with a sentence and, where it is known, the share done from 0 to 1."""


def silent(_sentence: str, _share: float | None = None) -> None:
    """Say nothing: the progress of a test or of a script that didn't ask."""
