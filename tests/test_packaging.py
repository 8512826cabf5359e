from __future__ import annotations

import tomllib
from pathlib import Path

from settings import CHECKOUT, own_folder

PACKAGES = ("ingest", "index", "app", "eval")


def test_a_wheel_holds_every_file_of_the_packages() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["setuptools"]
    patterns = [(package, "*.py") for package in wheel["packages"]]
    patterns += [("", f"{module}.py") for module in wheel["py-modules"]]
    patterns += [(package, each) for package, all in wheel["package-data"].items() for each in all]
    held = {
        file
        for package, pattern in patterns
        for file in (CHECKOUT / package.replace(".", "/")).glob(pattern)
    }
    real = {
        file
        for package in PACKAGES
        for file in (CHECKOUT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    } | set(CHECKOUT.glob("*.py"))
    assert real == held


def test_outside_of_a_checkout_the_library_lies_in_the_users_folder(tmp_path: Path) -> None:
    assert own_folder(CHECKOUT) == CHECKOUT
    assert own_folder(tmp_path / "site-packages").name == "youju"
    assert not own_folder(tmp_path).is_relative_to(tmp_path)
