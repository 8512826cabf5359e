"""Libraries, readers over them and the cases put to them, to learn and judge confidence with."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from app.assistant import Assistant
from app.questions import load_questions
from app.reader.network import Network
from app.reader.reader import NetworkReader
from eval.run import filled
from eval.training.cases import KINDS, Trial, of_documents, of_paragraphs
from eval.training.sources import Question
from eval.training.written import of_part
from index.search import HybridSearch
from settings import load_settings

_MOST_CASES = (80, 60, 25, 25, 50)
_OWN_WEIGHT = 2.0


def held_out_trial(
    stack: ExitStack, home: Path, questions: Sequence[Question], part: str, weights: Path
) -> Trial:
    """Held-out questions put to the library of all the paragraphs: as many written as others."""
    assistant, reader = _opened(stack, home, weights)
    most = dict(zip(KINDS, _MOST_CASES, strict=True))
    cases = [
        case
        for as_written in (False, True)
        for case in of_paragraphs(assistant, of_part(questions, part, as_written), most, 3)
    ]
    return Trial(reader, tuple(cases))


def own_trial(
    stack: ExitStack, home: Path, questions: Path, documents: Path, weights: Path
) -> Trial:
    """The tuning half of a question set, without dialogues, put to its documents' library."""
    assistant, reader = _opened(stack, home, weights)
    known = filled(assistant, [documents])
    asked = [q for q in load_questions(questions) if q.split == "tune" and not q.history]
    return Trial(reader, tuple(of_documents(assistant, known, asked)), _OWN_WEIGHT)


def _opened(stack: ExitStack, home: Path, weights: Path) -> tuple[Assistant, NetworkReader]:
    assistant = Assistant(load_settings(home=home))
    stack.callback(assistant.close)
    assistant.warm_up()
    settings = assistant.settings
    search = HybridSearch(assistant.library, assistant.encoder, settings.retrieval)
    network = Network(weights / "reader.onnx")
    most = settings.answer.max_citations
    return assistant, NetworkReader(search, most, network, remembered=10_000)
