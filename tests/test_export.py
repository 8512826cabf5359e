"""Exported conversations: what is written is read back, and a forger is caught."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant import Assistant
from app.conversations.blocks import Block, Style, shown, unshown
from app.conversations.export import blocks_of, write_export
from app.conversations.markdown import from_markdown, to_markdown
from app.conversations.reading import read_export
from app.conversations.turn import Conversation, Turn
from app.conversations.word import from_word, to_word
from app.messages import Language
from app.verification import citations_in, verify
from errors import QuestionsError, YoujuError
from records import Answer, Cell, Citation, Hit, Passage, Span, Status
from tests.strategies import nasty_text, said, turns

QUESTION = "2022 年青湾市数字产业投资规模是多少？"
TALK = Conversation("0" * 32, "", "青湾市", "2026-11-22T10:00:00+00:00", "", 1)
FORMATS = (".md", ".docx")

blocks = st.lists(st.builds(Block, st.sampled_from(Style), nasty_text.filter(bool)), max_size=4)
Shown = list[tuple[str, int, str, str, Span]]


def shown_citations(found: Iterator[tuple[str, Citation]]) -> Shown:
    return [(n, c.number, c.document_id, c.quote, c.span) for n, c in found]


def written(path: Path, *turns_: Turn, language: Language = "zh") -> Path:
    write_export(path, TALK, turns_, language)
    return path


@given(nasty_text)
def test_what_nobody_sees_is_shown_and_comes_back(text: str) -> None:
    assert unshown(shown(text)) == text
    assert all(c.isprintable() or c.isspace() or ord(c) > 127 for c in shown(text))
    assert not set("\x00\u202e\u200b\ud800\ufffe") & set(shown(text))


@given(blocks)
@settings(max_examples=300)
def test_blocks_come_back_from_markdown(wanted: list[Block]) -> None:
    assert from_markdown(to_markdown(wanted)) == wanted


@given(blocks)
@settings(max_examples=30)
def test_blocks_come_back_from_word(wanted: list[Block]) -> None:
    assert from_word(to_word(wanted)) == wanted


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_very_long_quote_comes_back(suffix: str) -> None:
    block = Block(Style.QUOTE, "*乙|`[丙](丁)`\n\n" * 5000 + "完")
    if suffix == ".md":
        assert from_markdown(to_markdown([block])) == [block]
    else:
        assert from_word(to_word([block])) == [block]


@given(st.lists(turns(), min_size=1, max_size=2), st.sampled_from(["zh", "en"]))
@settings(max_examples=200)
def test_every_citation_is_read_back_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Turn], language: Language
) -> None:
    path = tmp_path_factory.mktemp("export") / "x.md"
    wanted = [
        (str(number), c.number, c.document_id, c.quote, c.span)
        for number, turn in enumerate(drawn, start=1)
        if turn.answer
        for c in turn.answer.citations
    ]
    assert shown_citations(read_export(written(path, *drawn, language=language))) == wanted


@given(turns())
@settings(max_examples=20)
def test_word_and_markdown_hold_the_same(turn: Turn) -> None:
    made = list(blocks_of(TALK, [turn]))
    assert from_word(to_word(made)) == from_markdown(to_markdown(made)) == made


@pytest.fixture(scope="module")
def turn(assistant: Assistant) -> Turn:
    answer = assistant.ask(QUESTION)
    assert "4.5 亿元" in answer.text and not answer.refused
    return Turn(QUESTION, answer=answer, number=1, asked_at="2026-11-22T10:00:00+00:00")


def verdicts(path: Path, assistant: Assistant) -> list[Status]:
    return [v.status for v in verify(citations_in(path), assistant.library.store)]


def edit_word(path: Path, old: str, new: str, most: int = 99) -> None:
    """Replace text in so many paragraphs that hold it, as a person would."""
    document = docx.Document(str(path))
    holding = [p for p in document.paragraphs if old in p.text][:most]
    assert holding
    for paragraph in holding:
        paragraph.runs[0].text = paragraph.text.replace(old, new)
    document.save(str(path))


def edit(path: Path, old: str, new: str, most: int = 99) -> None:
    if path.suffix == ".docx":
        edit_word(path, old, new, most)
        return
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, most), encoding="utf-8")


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_untouched_export_is_verbatim(
    turn: Turn, assistant: Assistant, tmp_path: Path, suffix: str
) -> None:
    path = written(tmp_path / f"x{suffix}", turn, turn)
    assert turn.answer
    assert verdicts(path, assistant) == [Status.VERBATIM] * 2 * len(turn.answer.citations)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("most", [1, 2, 99])
def test_a_forged_figure_is_found_wherever_it_stands(
    turn: Turn, assistant: Assistant, tmp_path: Path, suffix: str, most: int
) -> None:
    """In the short answer alone, in the answer, and in the list of citations too."""
    path = written(tmp_path / f"x{suffix}", turn)
    edit(path, "4.5 亿元", "4.6 亿元", most)
    assert set(verdicts(path, assistant)) - {Status.VERBATIM}


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_quote_forged_in_the_list_alone_is_found(
    turn: Turn, assistant: Assistant, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"x{suffix}"
    made = [
        replace(block, text=block.text.replace("4.5 亿元", "4.6 亿元"))
        if block.style is Style.QUOTE
        else block
        for block in blocks_of(TALK, [turn])
    ]
    path.write_bytes(to_markdown(made).encode() if suffix == ".md" else to_word(made))
    assert set(verdicts(path, assistant)) - {Status.VERBATIM}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("style", [Style.QUOTE, Style.SECTION])
def test_a_list_that_lacks_a_part_is_refused(
    turn: Turn, tmp_path: Path, suffix: str, style: Style
) -> None:
    path = tmp_path / f"x{suffix}"
    left = [block for block in blocks_of(TALK, [turn]) if block.style is not style]
    path.write_bytes(to_markdown(left).encode() if suffix == ".md" else to_word(left))
    with pytest.raises(QuestionsError, match="第 1 轮"):
        list(read_export(path))


@pytest.mark.parametrize("hiding", ["<!-- {} -->", "<div hidden>\n\n{}\n\n</div>", "![{}](x.png)"])
def test_markdown_that_a_browser_shows_otherwise_is_refused(
    turn: Turn, tmp_path: Path, hiding: str
) -> None:
    path = written(tmp_path / "x.md", turn)
    edit(path, "### 引用", f"{hiding.format('4.5 亿元')}\n\n### 引用")
    with pytest.raises(QuestionsError, match="HTML"):
        list(read_export(path))


def hidden(document: WordDocument) -> None:
    run = next(p for p in document.paragraphs if p.style and p.style.name == "Quote").runs[0]
    run._element.get_or_add_rPr().append(OxmlElement("w:vanish"))


def test_hidden_text_in_word_is_refused(turn: Turn, tmp_path: Path) -> None:
    path = written(tmp_path / "x.docx", turn)
    document = docx.Document(str(path))
    hidden(document)
    document.save(str(path))
    with pytest.raises(QuestionsError, match="隐藏"):
        list(read_export(path))


def test_a_tracked_change_in_word_counts_as_what_is_seen(
    turn: Turn, assistant: Assistant, tmp_path: Path
) -> None:
    path = written(tmp_path / "x.docx", turn)
    document = docx.Document(str(path))
    quote = next(p for p in document.paragraphs if p.style and p.style.name == "Quote")
    inserted, deleted = OxmlElement("w:ins"), OxmlElement("w:del")
    run = quote.runs[0]._element
    quote._element.append(inserted)
    inserted.append(quote.add_run("并非如此")._element)
    quote._element.append(deleted)
    deleted.append(quote.add_run("删去的话")._element)
    document.save(str(path))
    assert run.text
    found = [c.quote for _, c in read_export(path)]
    assert any(said.endswith("并非如此") for said in found)
    assert not any("删去的话" in said for said in found)
    assert Status.VERBATIM not in verdicts(path, assistant)[:1]


def test_a_number_may_have_its_unit_from_the_table(tmp_path: Path) -> None:
    row, span = "长沙\t1042", Span(10, 17)
    cells = (Cell("地区", Span(10, 12)), Cell("人口（万人）", Span(13, 17)))
    passage = Passage("a" * 12, span, row, header="表 1 各市人口", cells=cells)
    cited = Citation(1, "a" * 12, "年鉴", "", None, (), row, span, Status.VERBATIM)
    answer = Answer(
        "?",
        f"1042 万人 [1]\n\n“{row}” [1]",
        "1042 万人",
        citations=(cited,),
        hits=(Hit(passage, 1, 1),),
    )
    turn = Turn("长沙人口？", answer=answer, number=1, asked_at="2026-11-22T10:00:00+00:00")
    path = written(tmp_path / "x.md", turn)
    assert len(list(read_export(path))) == 1
    for forged in ("1042 亿人 [1]", "042 万人 [1]", "104 万人 [1]", "1043 万人 [1]"):
        path = written(path, turn)
        edit(path, "1042 万人 \\[1\\]", forged.replace("[1]", "\\[1\\]"))
        assert len(list(read_export(path))) == 2, forged


def test_a_generated_answer_cites_only_what_is_listed(turn: Turn, tmp_path: Path) -> None:
    assert turn.answer
    answer = replace(turn.answer, mode="generated", text="规模是 4.5 亿元[1]。", short_answer="")
    path = written(tmp_path / "x.md", replace(turn, answer=answer))
    assert len(list(read_export(path))) == len(answer.citations)
    edit(path, "4.5 亿元\\[1\\]", "4.5 亿元\\[9\\]")
    with pytest.raises(QuestionsError, match=r"\[9\]"):
        list(read_export(path))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.md", "# 别的文件\n\n正文".encode()),
        ("x.md", b"\xff\xfe\x00"),
        ("x.docx", b"PK no archive"),
        ("x.docx", to_word([Block(Style.TEXT, "别的文件")])),
    ],
)
def test_what_is_no_export_is_said_so(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(YoujuError, match="导出"):
        list(citations_in(tmp_path / name))


@given(said, said)
def test_titles_and_questions_forge_no_citation(question: str, title: str) -> None:
    turn = Turn(question, asked_at="2026-11-22T10:00:00+00:00", error=(title, title))
    made = list(blocks_of(replace(TALK, title=title), [turn]))
    assert [block.style for block in from_markdown(to_markdown(made))] == [b.style for b in made]
