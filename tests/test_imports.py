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


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        file.relative_to(CHECKOUT).as_posix()
        for package in ("ingest", "index", "app", "eval")
        for file in (CHECKOUT / package).rglob("*.py")
        if 'os.environ.get("YOUJU' in file.read_text(encoding="utf-8")
        or "os.getenv" in file.read_text(encoding="utf-8")
    }
    assert readers == set()
