from __future__ import annotations

import os
from pathlib import Path

import pytest

from errors import SettingsError
from settings import Settings, load_settings

NO_FILE = Path(os.devnull)


def test_environment_beats_file_and_argument_beats_environment(tmp_path: Path) -> None:
    file = tmp_path / "youju.toml"
    file.write_text('home = "/from/file"\n[split]\nmaximum = 300\n[page]\nport = 1\n')
    environment = {"YOUJU_SPLIT__MAXIMUM": "320", "YOUJU_PAGE__PORT": "2", "OTHER": "x"}
    settings = load_settings(file, environment, home=Path("/from/argument"))
    assert settings.home == Path("/from/argument")
    assert settings.split.maximum == 320
    assert settings.page.port == 2
    assert settings.split.minimum == 150


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"YOUJU_SPLIT__MAXMUM": "3"}, "split.maxmum"),
        ({"YOUJU_PAGE__PORT": "70000"}, "page.port"),
        ({"YOUJU_SPLIT__MINIMUM": "400"}, "minimum 400 is above maximum 350"),
        ({"YOUJU_ENCODER__NUMBER_TYPE": "int3"}, "encoder.number_type"),
        ({"YOUJU_SPLIT": "3"}, "split"),
        ({"YOUJU_HOME": ""}, "home"),
        ({"YOUJU_DICTIONARY": " "}, "dictionary"),
        ({"YOUJU_ENCODER__CACHE": "~no-such-user/cache"}, "~no-such-user/cache"),
    ],
)
def test_what_is_unknown_or_out_of_range_is_named(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(NO_FILE, environment)
    assert named in str(caught.value)
    assert named in caught.value.english


def test_a_named_file_must_exist_and_parse(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml", {})
    broken = tmp_path / "broken.toml"
    broken.write_text("home = ")
    with pytest.raises(SettingsError, match=r"broken\.toml"):
        load_settings(broken, {})


def test_a_level_that_is_not_a_section_is_refused() -> None:
    with pytest.raises(SettingsError, match="home"):
        load_settings(NO_FILE, {"YOUJU_HOME": "/a", "YOUJU_HOME__X": "1"})


def test_a_tilde_is_the_users_home_and_every_path_starts_at_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "youju.toml"
    file.write_text('home = "~/reports"\ndictionary = "terms.txt"\n')
    settings = load_settings(file, {"YOUJU_ENCODER__CACHE": "~/cache"})
    assert settings.home == tmp_path / "reports"
    assert settings.encoder.cache == tmp_path / "cache"
    assert settings.dictionary == Path.cwd() / "terms.txt"
    assert load_settings(NO_FILE, {}, home="~").home == tmp_path
    assert Settings().home.is_absolute()


LONG = "a-long-enough-token"


@pytest.mark.parametrize(
    "value", [f"{LONG},other-{LONG}", f" {LONG} , other-{LONG},", f'["{LONG}", "other-{LONG}"]']
)
def test_tokens_are_a_list_and_never_shown(value: str) -> None:
    settings = load_settings(NO_FILE, {"YOUJU_API__TOKENS": value})
    assert [token.get_secret_value() for token in settings.api.tokens] == [LONG, f"other-{LONG}"]
    assert LONG not in repr(settings) + settings.model_dump_json()


@pytest.mark.parametrize("value", [f"{LONG},short", f'["{LONG}"', f'["{LONG}", 7]'])
def test_a_token_that_will_not_do_is_not_repeated(value: str) -> None:
    with pytest.raises(SettingsError, match=r"api\.tokens") as caught:
        load_settings(NO_FILE, {"YOUJU_API__TOKENS": value})
    assert LONG not in str(caught.value) + caught.value.english + str(caught.value.__cause__)


def test_a_token_in_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "youju.toml"
    file.write_text(f'[api]\ntokens = ["{LONG}"]\n')
    with pytest.raises(SettingsError, match="YOUJU_API__TOKENS") as caught:
        load_settings(file, {})
    assert LONG not in str(caught.value)
