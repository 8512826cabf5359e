from __future__ import annotations

from pathlib import Path

import pytest
from setuptools import Distribution
from setuptools.config.pyprojecttoml import apply_configuration

from settings import CHECKOUT, own_folder

PACKAGES = ("ingest", "index", "app", "eval")


def test_a_wheel_holds_every_file_of_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    project = apply_configuration(Distribution({"script_name": "setup.py"}), "pyproject.toml")
    build = project.get_command_obj("build_py")
    build.ensure_finalized()
    built = {Path(file) for _, _, file in build.find_all_modules()}
    built |= {Path(folder, name) for _, folder, _, names in build.data_files for name in names}
    real = {
        file.relative_to(CHECKOUT)
        for package in PACKAGES
        for file in (CHECKOUT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert not real - built


def test_outside_of_a_checkout_the_library_lies_in_the_users_folder(tmp_path: Path) -> None:
    assert own_folder(CHECKOUT) == CHECKOUT
    assert own_folder(tmp_path / "site-packages").name == "youju"
    assert not own_folder(tmp_path).is_relative_to(tmp_path)
