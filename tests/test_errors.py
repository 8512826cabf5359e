from __future__ import annotations

import inspect

import errors


def test_the_docstring_shows_the_whole_tree() -> None:
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if k.__module__ == "errors"]
    assert len(kinds) > 10
    for kind in kinds:
        assert issubclass(kind, errors.YoujuError)
        assert kind.__name__ in (errors.__doc__ or "")


def test_a_message_is_kept_in_both_languages() -> None:
    error = errors.CorruptFile("坏了", "broken")
    assert (str(error), error.english) == ("坏了", "broken")
