"""What a package that stands above this one adds to the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import Route

from app.assistant import Assistant
from app.page.layout import Tab


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Extension:
    """A tab, the pages and files that it links to, and its looks.

    ``close`` is called when the page is no longer served.
    """

    tab: Tab
    routes: Sequence[Route] = ()
    style: Path | None = None
    close: Callable[[], None] = _nothing


Extend = Callable[[Assistant], Sequence[Extension]]
"""Makes what is added to the page of an assistant."""
