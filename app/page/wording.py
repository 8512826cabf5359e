"""The page's language: components whose words change when it is switched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from app.messages import MESSAGES, Messages
from app.page.gradio_offline import gr

PRIVATE: Any = {"api_visibility": "private", "show_progress": "hidden"}
html = partial(gr.HTML, apply_default_css=False, js_on_load=None)
_Component = TypeVar("_Component")
_Words = Callable[[Messages], Mapping[str, Any]]


class Wording:
    """The language spoken, as a state of the page, and what is worded in it.

    To be made inside the page's Blocks. ``spoken`` holds zh or en; what depends on more than
    the language listens to its ``change``.
    """

    def __init__(self, language: str) -> None:
        self.spoken = gr.State(language)
        self._chosen = gr.BrowserState("", storage_key="youju-language", secret="youju")
        self._opening = MESSAGES[language]
        self._worded: list[tuple[Any, _Words]] = []

    def put(self, make: Callable[..., _Component], words: _Words, **properties: Any) -> _Component:
        """A component; ``words`` gives those of its properties that depend on the language."""
        component = make(**words(self._opening), **properties)
        self._worded.append((component, words))
        return component

    def switched_by(self, button: gr.Button, page: gr.Blocks) -> None:
        """Make the button change to the other language, in which the page then opens, too."""
        components = [component for component, _ in self._worded]
        worded = [self._chosen, self.spoken, *components]
        button.click(self._switch, self.spoken, worded, **PRIVATE)
        page.load(self._open, [self._chosen, self.spoken], worded, **PRIVATE)

    def _switch(self, language: str) -> list[Any]:
        other = "en" if language == "zh" else "zh"
        return [other, other, *(gr.update(**words(MESSAGES[other])) for _, words in self._worded)]

    def _open(self, chosen: str, language: str) -> list[Any]:
        if chosen not in MESSAGES or chosen == language:
            return [gr.skip()] * (2 + len(self._worded))
        return self._switch(language)
