"""One thing that the doctor looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from errors import YoujuError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, with what was found in Chinese and in English.

    ``remedy``, in both too, says what to do; of a healthy thing, what might be done better.
    ``figures`` are the values for programs; sizes in bytes.
    """

    subject: str
    value: str
    english: str
    healthy: bool = True
    remedy: str = ""
    remedy_english: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


def failed(subject: str, error: YoujuError) -> Finding:
    """What an error of ours says, as a finding."""
    return Finding(subject, "有问题", "something is wrong", False, str(error), error.english)
