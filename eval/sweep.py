"""Combinations of settings to be tried on one library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from pydantic import ValidationError

from errors import SettingsError
from settings import Settings

SECTIONS = ("retrieval", "answer")


def combinations(tried: Sequence[str]) -> Iterator[dict[str, str]]:
    """Each combination of ``section.name=value,value`` as a mapping. Raises SettingsError."""
    names, values = [], []
    for text in tried:
        name, _, listed = text.partition("=")
        given = [value.strip() for value in listed.split(",") if value.strip()]
        if name.partition(".")[0] not in SECTIONS or not given:
            raise SettingsError(
                f"--try {text} 写法不对。应为 retrieval 或 answer 的设置，例如 "
                "answer.threshold=0.2,0.3。",
                f"--try {text} is no setting of retrieval or answer with values, like "
                "answer.threshold=0.2,0.3.",
            )
        names.append(name)
        values.append(given)
    for chosen in product(*values):
        yield dict(zip(names, chosen, strict=True))


def settings_with(base: Settings, changes: dict[str, str]) -> Settings:
    """``base`` with these settings changed. Raises SettingsError for unknown or wrong ones."""
    data = base.model_dump()
    for name, value in changes.items():
        section, _, key = name.partition(".")
        data[section][key] = value
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors())
        raise SettingsError(
            f"--try 里的设置有误：{faults}。请对照 README 的设置表。",
            f"a setting of --try is wrong: {faults}. See the table of settings in the README.",
        ) from error
