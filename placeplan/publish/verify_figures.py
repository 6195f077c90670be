"""Figures as told, each held against what was recounted; a refusal names the file and the figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.domain.arrays import Number
from placeplan.domain.errors import CertificateRefused


@dataclass(frozen=True)
class Figures:
    """Part of run.json: its values, and the name by which a refusal calls it."""

    file: str
    values: Mapping[str, object]

    def within(self, name: str) -> "Figures":
        """Return a part of the part. Raises CertificateRefused when it isn't there."""
        found = self.values.get(name)
        if not isinstance(found, Mapping):
            raise CertificateRefused(f"{self.file}: says nothing of {name}")
        return Figures(f"{self.file}, {name}", found)

    def number(self, name: str) -> float:
        """Return a figure; unknown (null) is NaN. Raises CertificateRefused when it isn't there or no number."""
        if name not in self.values:
            raise CertificateRefused(f"{self.file}: says nothing of {name}")
        found = self.values[name]
        if found is None:
            return np.nan
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise CertificateRefused(f"{self.file}: {name} is not a number")
        return float(found)

    def whole(self, name: str) -> int:
        """Return a whole number. Raises CertificateRefused when it isn't there or is none."""
        found = self.number(name)
        if not np.isfinite(found) or found != int(found):
            raise CertificateRefused(f"{self.file}: {name} is not a whole number")
        return int(found)

    def close(self, name: str, counted: float, slack: float = TOLERANCE) -> Check:
        """Return whether a figure is as recounted; both may be unknown."""
        return close(self.file, name, self.number(name), counted, slack)

    def exactly(self, name: str, counted: float | None) -> Check:
        """Return whether a figure is as recounted to its last digit; None where there is none."""
        if name not in self.values:
            raise CertificateRefused(f"{self.file}: says nothing of {name}")
        told = self.values[name]
        same = told is None if counted is None else isinstance(told, float | int) and float(told) == counted
        return Check(self.file, f"{name} as recounted exactly", 0.0 if same else 1.0, 0.0)

    def same_keys(self, expected: Sequence[str]) -> Check:
        """Return whether a part tells of just those that are expected."""
        return Check(self.file, "names as recounted", 0.0 if set(self.values) == set(expected) else 1.0, 0.0)

    def same(self, name: str, expected: object) -> Check:
        """Return whether a text, list or whole number is as expected."""
        return Check(self.file, f"{name} as recounted", 0.0 if self.values.get(name) == expected else 1.0, 0.0)


def close(file: str, name: str, told: float, counted: float, slack: float = TOLERANCE) -> Check:
    """Return whether a figure is as recounted, relative to its size above 1; unknown on both sides is the same."""
    unknown = not np.isfinite(counted)
    off = (0.0 if not np.isfinite(told) else np.inf) if unknown else abs(told - counted) / max(1.0, abs(counted))
    return Check(file, f"{name} as recounted", off, slack)


def apart(told: Number, expected: Number | Sequence[float]) -> float:
    """Return the largest difference of figures, relative to their size above 1."""
    true = np.asarray(expected, dtype=float)
    return float((np.abs(told - true) / np.maximum(1.0, np.abs(true))).max(initial=0.0))
