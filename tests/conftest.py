"""What the tests share: real settings, the real encoder, and a small real library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from app.assistant import Assistant
from index.encoder import Encoder, load_encoder
from index.pipeline import ingest
from settings import PREFIX, Settings, load_settings
from tests.samples import INVESTMENT, TRANSPORT

# A loaded machine is no failure: examples may take their time.
hypothesis_settings.register_profile("youju", deadline=None)
hypothesis_settings.load_profile("youju")


# What the developer has set for himself is not to be tested, in subprocesses neither.
for _name in [name for name in os.environ if name.startswith(PREFIX)]:
    del os.environ[_name]


@pytest.fixture(scope="session")
def no_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty settings file, so that youju.toml of the checkout isn't read."""
    file = tmp_path_factory.mktemp("settings") / "empty.toml"
    file.touch()
    return file


@pytest.fixture
def settings(tmp_path: Path, no_settings: Path) -> Settings:
    """The defaults, with a library of the test's own."""
    return load_settings(no_settings, environment={}, home=tmp_path / "home")


@pytest.fixture(scope="session")
def encoder(no_settings: Path) -> Encoder:
    """The real bundled encoder; it takes seconds to load, so all tests share it."""
    return load_encoder(load_settings(no_settings, environment={}).encoder)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two small reports of our own."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "投资.md").write_text(INVESTMENT, encoding="utf-8")
    (folder / "交通.md").write_text(TRANSPORT, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def assistant(
    reports: Path, encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assistant]:
    """An assistant over the two reports, through the real parts. Not to be changed."""
    home = tmp_path_factory.mktemp("library")
    ready = Assistant(load_settings(no_settings, environment={}, home=home))
    results = list(ingest([reports], ready.library, encoder, ready.settings))
    assert [result.outcome for result in results] == ["added", "added"]
    yield ready
    ready.close()
