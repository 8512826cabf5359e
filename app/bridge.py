"""Questions about what they only describe: 最先编制清单的城市，制度在哪个区试行.

What is described is asked for first (Press et al. 2023, arXiv 2210.03350, let a model ask itself
so); its name takes the description's place in what is left to ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.claims.names import NameKind, names, place_stem
from app.parts import Part
from ingest.dictionary import places
from records import Answer

_DESCRIBED = re.compile(
    r"^(?P<what>[^，。？?；;]{4,40})的(?P<that>那)?"
    r"(?:(?P<count>[座个家])?(?P<kind>城市|省份|省市|省|地区|机构|企业|公司|单位)|一?(?P<year>年)份?)"
    r"[，,]\s?(?P<rest>[^。；;]{4,60})$"
)
_PRONOUN = re.compile(r"^(?:它|其|那里|当地|当年|那年)的?")
_COUNTS = {"城市": "座", "机构": "家", "企业": "家", "公司": "家", "单位": "家"}
_PLACES = ("城市", "省份", "省市", "省", "地区")
_YEAR = re.compile(r"(?:19|20)[0-9]{2} ?年?")
_NAME = re.compile(r"[一-鿿A-Za-z（）()]{2,12}")
_SEVERAL = re.compile(r"哪些|分别|各")


@dataclass(frozen=True, slots=True)
class Bridge:
    """A question in two steps: who or what is described, and what is asked about it."""

    what: str
    kind: str
    rest: str

    @property
    def question(self) -> str:
        """What asks for the name of what is described."""
        if self.kind == "年":
            return f"{self.what}的是哪一年？"
        return f"{self.what}的是哪{_COUNTS.get(self.kind, '个')}{self.kind}？"

    def named(self, answer: str) -> str:
        """The name of the kind that is described in ``answer``, empty where it isn't one."""
        said = answer.strip(" “”")
        if self.kind == "年":
            return said if _YEAR.fullmatch(said) else ""
        if self.kind in _PLACES:
            short = place_stem(said)
            return short if said in places() or short in places() else ""
        if _NAME.fullmatch(said):
            return "" if said in places() else said
        firms = [name.text for name in names(said) if name.kind is NameKind.ORGANISATION]
        return firms[0] if len(firms) == 1 else ""

    def about(self, name: str) -> str:
        """What is asked, of what has this name."""
        return f"{name}{_PRONOUN.sub('', self.rest).rstrip('？?')}？"


def bridge(question: str) -> Bridge | None:
    """The two steps of a question about something described; None for any other.

    One thing only, and nothing that the question names: 广东的城市，… describes none.
    """
    found = _DESCRIBED.match(question.strip())
    if found is None or _SEVERAL.search(found["what"]) or found["what"].strip() in places():
        return None
    return Bridge(found["what"], found["kind"] or "年", found["rest"])


def steps(question: str, ask: Callable[[str], Answer]) -> tuple[Part, ...]:
    """Both questions of one about something described, the second by the answer to the first.

    Empty for any other question, and where ``ask`` has no name for the first or no answer to
    the second.
    """
    step = bridge(question)
    first = ask(step.question) if step else None
    name = step.named(first.short_answer) if step and first and not first.refused else ""
    if step is None or not name or ask(step.about(name)).refused:
        return ()
    return tuple(Part(each.rstrip("？"), each) for each in (step.question, step.about(name)))
