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


LOCAL = {"YOUJU_LLM__BASE_URL": "http://127.0.0.1:11434/v1/", "YOUJU_LLM__MODEL": "m"}
KEY = "sk-planted-0123456789"


def test_a_language_model_is_configured_and_off_without_an_address() -> None:
    assert load_settings(NO_FILE, {}).llm.base_url == ""
    settings = load_settings(NO_FILE, {**LOCAL, "YOUJU_LLM__API_KEY": f" {KEY}\n"})
    assert settings.llm.base_url == "http://127.0.0.1:11434/v1"
    assert settings.llm.api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    "changed",
    [
        {"YOUJU_LLM__MODEL": ""},
        {"YOUJU_LLM__BASE_URL": "127.0.0.1:11434"},
        {"YOUJU_LLM__BASE_URL": "http://"},
        {"YOUJU_LLM__BASE_URL": "http://[::1"},
        {"YOUJU_LLM__BASE_URL": "http://a:99999/v1"},
        {"YOUJU_LLM__BASE_URL": f"http://user:{KEY}@127.0.0.1/v1"},
        {"YOUJU_LLM__BASE_URL": f"http://127.0.0.1/v1?key={KEY}"},
        {"YOUJU_LLM__API_KEY": f"{KEY}\n{KEY}"},
        {"YOUJU_LLM__API_KEY": f"{KEY}密"},
        {"YOUJU_LLM__API_KEY__X": KEY},
        {"YOUJU_LLM__APIKEY": KEY},
        {"YOUJU_LLM__CONTEXT_TOKENS": "1200"},
        {"YOUJU_LLM__TIMEOUT": "0"},
    ],
)
def test_what_would_fail_later_is_refused_without_repeating_the_key(
    changed: dict[str, str],
) -> None:
    with pytest.raises(SettingsError, match="llm") as caught:
        load_settings(NO_FILE, {**LOCAL, **changed})
    assert KEY not in f"{caught.value}{caught.value.english}"


def test_a_key_in_a_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "youju.toml"
    file.write_text(f'[llm]\nbase_url = "http://127.0.0.1/v1"\nmodel = "m"\napi_key = "{KEY}"\n')
    with pytest.raises(SettingsError, match="YOUJU_LLM__API_KEY") as caught:
        load_settings(file, {})
    assert KEY not in f"{caught.value}{caught.value.english}"


def test_no_dump_of_the_settings_holds_the_key() -> None:
    settings = load_settings(NO_FILE, {**LOCAL, "YOUJU_LLM__API_KEY": KEY})
    shown = [repr(settings), str(settings), settings.model_dump_json()]
    assert KEY not in "".join(
        [*shown, str(settings.model_dump()), str(settings.model_dump(mode="json"))]
    )


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
