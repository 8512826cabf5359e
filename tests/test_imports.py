"""Imports point upstream; records and errors stand alone. (Packages: see make check.)"""

from __future__ import annotations

import ast
import sys

import pytest

from settings import CHECKOUT

OURS = {"records", "errors", "settings", "ingest", "index", "app", "eval"}


def imported(module: str) -> set[str]:
    """The top-level names that a module imports anywhere in its file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((CHECKOUT / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("module", ["records", "errors"])
def test_the_records_need_only_the_standard_library(module: str) -> None:
    assert imported(module) <= set(sys.stdlib_module_names)


def test_settings_know_of_nothing_but_errors() -> None:
    assert imported("settings") & OURS == {"errors"}


def environment_uses(source: str) -> set[str]:
    """Whether ``source`` touches the environment, and what settings of ours it names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        names = {name} if isinstance(name, str) else set()
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            names = {alias.name for alias in node.names}
        found |= names & {"environ", "environb", "getenv", "getenvb"}
        if isinstance(node, ast.Constant) and str(node.value).startswith("YOUJU_"):
            found.add("YOUJU")
    return found


@pytest.mark.parametrize(
    "source",
    [
        'import os\nos.environ["YOUJU_X"]',
        'import os\nos.environ.get("X")',
        'import os as o\no.getenv("X")',
        'from os import environ as e\ne["X"]',
        "from os import getenv",
        'PREFIX = "YOUJU_"',
    ],
)
def test_every_spelling_of_the_environment_is_seen(source: str) -> None:
    assert environment_uses(source)
    assert not environment_uses('"""The environment: YOUJU_HOME."""\nenvironment = {}')


def test_the_environment_is_read_in_one_place() -> None:
    uses = {
        file.relative_to(CHECKOUT).as_posix(): environment_uses(file.read_text(encoding="utf-8"))
        for package in ("ingest", "index", "app", "eval")
        for file in (CHECKOUT / package).rglob("*.py")
    }
    # Two modules hand a library the variables that keep it offline; none of them is ours.
    assert {name: found for name, found in uses.items() if found} == {
        "app/page/gradio_offline.py": {"environ"},
        "index/encoder.py": {"environ"},
    }
