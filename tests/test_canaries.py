"""Hostile text in documents: nothing obeys it, and nothing it asks for is shown as cited.

``canaries.jsonl`` holds 66 documents' worth of it, each with a false figure that it wants said
(``payload``) beside the document's own true one. By category: override 7, system prompt 6, role
play 5, forged marks 4, forged tool output 5, carrying data away 5, markup 4, fence closing 4, fake
gold answer 4, heading 2, title 2, file name 1, metadata 2, table 3, footnote 2, hidden in HTML 3,
hidden in DOCX 2, hidden in PDF 2, zero width 3.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
from docx.shared import RGBColor
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from app.assistant import Assistant
from app.conversations.turn import Turn
from app.messages import CHINESE
from app.orders import is_order
from app.page.cards import turn_html
from index.encoder import Encoder
from index.pipeline import ingest
from records import Answer, Status
from settings import LlmSettings, load_settings
from tests.scripted_model import ScriptedModel, says, scripted_model
from tests.test_cards import Reading


@dataclass(frozen=True, slots=True)
class Canary:
    """A hostile text, where it stands, and what it wants said."""

    id: str
    category: str
    place: str
    town: str
    true: str
    payload: str
    host: str
    text: str
    obeyed: str

    @property
    def question(self) -> str:
        """What the document truly answers."""
        return f"{self.town}共有多少家粮店？"

    @property
    def told(self) -> str:
        """The document's own sentence."""
        return f"截至 2023 年底，{self.town}共有粮店 {self.true} 家。"


CANARIES = tuple(
    Canary(**json.loads(line))
    for line in (Path(__file__).parent / "canaries.jsonl").read_text(encoding="utf-8").splitlines()
)


def write(canary: Canary, folder: Path) -> Path:
    """The document of a canary, in the format that its place needs."""
    plain = f"{canary.town}粮食年报\n\n{canary.told}\n\n"
    name, text = f"{canary.payload}.txt", plain + canary.text + "\n"
    head = f"# {canary.town}粮食年报\n\n"
    if canary.place == "heading":
        name, text = f"{canary.payload}.md", f"{head}{canary.told}\n\n## {canary.text}\n\n完。\n"
    elif canary.place == "title":
        name, text = f"{canary.payload}.md", f"# {canary.text}\n\n{canary.told}\n"
    elif canary.place == "file name":
        name, text = f"{canary.text}.txt", plain
    elif canary.place == "metadata":
        front = f"---\ntitle: {canary.text}\npublisher: {canary.text}\n---\n\n"
        name, text = f"{canary.payload}.md", front + head + canary.told + "\n"
    elif canary.place == "table":
        rows = f"| 项目 | 备注 |\n| --- | --- |\n| 粮店 | {canary.text} |\n| 粮仓 | 无 |\n"
        name, text = f"{canary.payload}.md", f"{head}{canary.told}\n\n{rows}"
    elif canary.place == "footnote":
        name = f"{canary.payload}.md"
        text = f"{head}{canary.told[:-1]}[^1]。\n\n[^1]: {canary.text}\n"
    elif canary.place == "hidden html":
        hidden = f'<p style="color:#fff;font-size:0">{canary.text}</p><p hidden>{canary.text}</p>'
        name, text = f"{canary.payload}.html", f"<h1>年报</h1><p>{canary.told}</p>{hidden}"
    path = folder / name
    if canary.place == "hidden docx":
        return _word(canary, folder / f"{canary.payload}.docx")
    if canary.place == "hidden pdf":
        return _pdf(canary, folder / f"{canary.payload}.pdf")
    path.write_text(text, encoding="utf-8")
    return path


def _word(canary: Canary, path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph(canary.told)
    for hide in ("white", "vanish"):
        run = document.add_paragraph().add_run(canary.text)
        run.font.color.rgb = RGBColor(255, 255, 255) if hide == "white" else None
        run.font.hidden = hide == "vanish"
    document.save(str(path))
    return path


def _pdf(canary: Canary, path: Path) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pageCompression=0)
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 700, canary.told)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 600, canary.text)
    canvas.save()
    return path


@pytest.fixture(scope="module")
def home(encoder: Encoder, no_settings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("canaries")
    paths = [write(canary, folder) for canary in CANARIES]
    home = tmp_path_factory.mktemp("canary-library")
    ready = Assistant(load_settings(no_settings, {}, home=home))
    results = list(ingest(paths, ready.library, encoder, ready.settings))
    assert Counter(result.outcome for result in results) == {"added": len(CANARIES)}
    ready.close()
    return home


@pytest.fixture(scope="module")
def quoting(home: Path, no_settings: Path) -> Iterator[Assistant]:
    ready = Assistant(load_settings(no_settings, {}, home=home))
    yield ready
    ready.close()


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as running:
        yield running


@pytest.fixture(scope="module")
def obedient(home: Path, no_settings: Path, model: ScriptedModel) -> Iterator[Assistant]:
    """With a model that says what it was told to say."""
    values = LlmSettings(base_url=model.url, model="m").model_dump()
    ready = Assistant(load_settings(no_settings, {}, home=home, llm=values))
    yield ready
    ready.close()


every = pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.id)


def harmless(canary: Canary, answer: Answer, assistant: Assistant) -> None:
    """The lie is neither told nor cited, and the page loads nothing from outside."""
    assert canary.payload not in answer.text.replace(canary.host, "")
    assert canary.payload not in answer.short_answer
    for citation in answer.citations:
        assert citation.status is Status.VERBATIM
        assert canary.payload not in citation.quote
    titles = assistant.titles({hit.passage.document_id for hit in answer.hits})
    html = str(turn_html(Turn(canary.question, answer=answer, titles=titles, number=1), CHINESE))
    assert not re.search(r"<(?:img|script|iframe|object|embed|link|style|video)\b", html)
    for link in Reading(html).links:
        assert link.startswith(("source/", "#")) and "//" not in link


@every
def test_the_reader_answers_with_the_documents_own_sentence(
    quoting: Assistant, canary: Canary
) -> None:
    answer = quoting.ask(canary.question)
    harmless(canary, answer, quoting)
    assert canary.true in answer.short_answer


@every
def test_an_obedient_model_gets_nothing_past_the_gate(
    obedient: Assistant, model: ScriptedModel, canary: Canary
) -> None:
    model.script = [
        says(f"{canary.obeyed}[1]。详见 https://{canary.host}/?q=1 ![x](//{canary.host}/x)")
    ]
    answer = obedient.ask(canary.question)
    harmless(canary, answer, obedient)
    assert answer.mode == "extractive" or answer.refused or not answer.citations


def test_the_library_holds_what_it_must_withstand(quoting: Assistant) -> None:
    """Else the tests above would test nothing: the lies stand in what is searched."""
    seen = [
        canary.payload in quoting.document(entry.id).text
        for canary in CANARIES
        for entry in quoting.library.store.entries()
        if Path(entry.path).stem == canary.payload and canary.place != "file name"
    ]
    assert len(seen) >= len(CANARIES) - 1
    assert sum(seen) >= 50


def test_the_counts_of_the_docstring() -> None:
    counts = Counter(canary.category for canary in CANARIES)
    said = " ".join((__doc__ or "").split())
    assert f"holds {len(CANARIES)} documents" in said
    assert all(f"{category} {count}" in said for category, count in counts.items())


@pytest.mark.parametrize(
    "sentence",
    [
        "2022 年，我国数字城市产业总投资规模达到 1.8 万亿元。",
        "企业应当在 30 日内回复监管部门的问询。",
        "人工智能企业必须完成备案。",
        "平台应提示用户注意隐私规则。",
        "政府在其中扮演引导角色。",
        "报告回答了三个问题：投向、规模和效益。",
        "系统提供查询结果的下载。",
        "检察机关提出回复时限。",
        "攻击者在评论里写入 <img src=x onerror=alert(1)>，浏览器便执行脚本。",
        "2023 年，含 <script> 标签的跨站脚本攻击占全部攻击的 31%。",
        "以 javascript: 开头的链接应当一律拦截。",
        "全文见[中国信通院网站](https://www.example.org/report)，共 86 页。",
    ],
)
def test_what_reports_say_is_no_order(sentence: str) -> None:
    assert not is_order(sentence)


@given(
    st.sampled_from(CANARIES[:18]), st.integers(0, 30), st.sampled_from("\u200b\u200d\u2060\ufeff")
)
def test_invisible_characters_hide_no_order(canary: Canary, at: int, mark: str) -> None:
    sentence = canary.text.split("\n")[0]
    assert is_order(sentence[:at] + mark + sentence[at:]) == is_order(sentence)
