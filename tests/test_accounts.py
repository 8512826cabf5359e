"""Passwords and who is let in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts import SignIn, hashed, is_loopback, matches

STORED = hashed("竹石")


@settings(max_examples=10)
@given(st.text(max_size=20), st.text(max_size=20))
def test_only_the_password_itself_matches(password: str, other: str) -> None:
    try:
        stored = hashed(password)
    except UnicodeEncodeError:
        return
    assert matches(password, stored)
    assert matches(other, stored) == (other == password)


def test_a_password_is_not_told_by_its_hash() -> None:
    assert hashed("竹石") != STORED
    assert "竹石" not in STORED


@pytest.mark.parametrize("stored", ["", "竹石", "scrypt$$", "scrypt$!!$!!", "md5$YQ==$YQ=="])
def test_what_is_no_hash_matches_nothing(stored: str) -> None:
    assert not matches("", stored)
    assert not matches("竹石", stored)


def test_five_failures_close_a_name_for_a_minute() -> None:
    now = [0.0]
    door = SignIn({"lin": STORED}, clock=lambda: now[0])
    assert door("lin", "竹石")
    assert not any(door("lin", "wrong") for _ in range(5))
    assert not door("lin", "竹石")
    assert not door("nobody", "竹石")
    now[0] = 61.0
    assert door("lin", "竹石")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.8", False),
        ("youju.example", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback
