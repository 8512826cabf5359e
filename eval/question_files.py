"""Question sets as people keep them: JSON Lines, CSV and XLSX; and what is wrong with them.

In a table each row is a question; several answers, quotes or earlier questions in one cell
are parted by line ends or by ``|``. Columns may be named in Chinese or in English.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from app.questions import Question, load_questions, question_of
from errors import QuestionsError
from eval.gold import check_evidence
from eval.spreadsheet import write_sheet
from records import Document
from settings import CHECKOUT

QUESTIONS = CHECKOUT / "eval" / "questions"
_COLUMNS = {
    "id": "编号",
    "history": "此前的提问",
    "question": "问题",
    "answerable": "可回答",
    "answers": "答案",
    "evidence": "依据原文",
    "alternatives": "其他依据",
    "document": "文件名",
    "kind": "类型",
    "split": "分组",
}
_WIDTHS = (8, 30, 44, 8, 24, 44, 30, 24, 12, 8)
_LISTS = {"answers", "evidence", "alternatives", "history"}
_TRUE, _FALSE = {"是", "true", "1", "yes", "可"}, {"否", "false", "0", "no", "不可"}
_EXAMPLE = Question(
    "1",
    "2022 年数字城市产业投资规模是多少？",
    "number",
    "test",
    True,
    ("1.8 万亿元",),
    ("从报告中逐字抄下的一句，里面有答案",),
    (),
    "报告.pdf",
)
_FOLLOW_UP = replace(
    _EXAMPLE,
    id="2",
    question="那 2021 年呢？",
    kind="follow-up",
    answers=("1.7 万亿元",),
    history=(_EXAMPLE.question,),
)


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a set; the suffix says its form. Raises QuestionsError.

    Every row is looked at: the error names each bad one with its line.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        return load_questions(path)
    rows = list(_rows(path, suffix))
    if not rows:
        raise QuestionsError(
            f"{path} 里没有问题。请参照 youju eval template 写出的样表。",
            f"{path} holds no question: see what youju eval template writes.",
        )
    names = [_field(name) for name in rows[0][1]]
    if "question" not in names:
        raise QuestionsError(
            f"{path} 的第一行没有“问题”这一列（有：{'、'.join(filter(None, rows[0][1]))}）。"
            "请参照 youju eval template 写出的样表。",
            f"the first row of {path} names no column 'question': see what youju eval template "
            "writes.",
        )
    questions, wrong = [], []
    for number, cells in rows[1:]:
        values = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        try:
            questions.append(question_of(_typed(values), number))
        except (ValueError, TypeError) as error:
            wrong.append(f"{number}: {error}")
    if wrong:
        listed = "；".join(wrong[:20])
        raise QuestionsError(
            f"{path} 有 {len(wrong)} 行有误，请改正：第 {listed}",
            f"{path} has {len(wrong)} bad rows; mend row {listed}",
        )
    return tuple(questions)


def check_gold(questions: Sequence[Question], documents: Iterable[Document], path: Path) -> None:
    """Raises QuestionsError when quotes don't stand where they should, naming each."""
    texts = {Path(document.path).name: document.text for document in documents}
    problems = check_evidence(questions, texts)
    if problems:
        listed = "\n".join(f"  {problem.id}: {problem.message}" for problem in problems[:50])
        raise QuestionsError(
            f"{path} 有 {len(problems)} 处依据对不上资料库里的原文，请改正：\n{listed}",
            f"{path}: {len(problems)} pieces of gold don't stand in the library's documents:\n"
            f"{listed}",
        )


def write_template(path: Path) -> None:
    """A file with the columns and two examples, to be filled in: JSONL, CSV or XLSX."""
    write_questions(path, [_EXAMPLE, _FOLLOW_UP])


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """The questions in the form that the suffix names."""
    suffix = path.suffix.lower()
    table = [list(_COLUMNS.values()), *(_cells(question) for question in questions)]
    if suffix == ".xlsx":
        write_sheet(path, "问题", table, _WIDTHS)
    elif suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(table)
    else:
        lines = (
            json.dumps(
                {k: v for k, v in asdict(q).items() if v not in ("", ())}, ensure_ascii=False
            )
            for q in questions
        )
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _rows(path: Path, suffix: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that aren't empty with their numbers in the file."""
    try:
        data = path.read_bytes()
        table = _csv(data) if suffix == ".csv" else _xlsx(data)
        for number, cells in enumerate(table, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except QuestionsError:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise QuestionsError(
            f"读不了问题文件 {path}：{error}。请另存为 XLSX 或 UTF-8 的 CSV。",
            f"can't read the question file {path}: {error}. Save it as XLSX or CSV in UTF-8.",
        ) from error


def _csv(data: bytes) -> list[list[str]]:
    from ingest.decode import decode

    return list(csv.reader(io.StringIO(decode(data))))


def _xlsx(data: bytes) -> list[list[str]]:
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    return [
        ["" if value is None else str(value) for value in row]
        for row in sheet.iter_rows(values_only=True)
    ]


def _field(name: str) -> str:
    wanted = name.strip().lower()
    return next((k for k, chinese in _COLUMNS.items() if wanted in (k, chinese)), "")


def _typed(values: dict[str, str]) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, text in values.items():
        if name in _LISTS:
            row[name] = [
                part.strip() for part in text.replace("|", "\n").split("\n") if part.strip()
            ]
        elif name == "answerable":
            row[name] = _truth(text)
        else:
            row[name] = text
    return row


def _truth(text: str) -> bool | None:
    said = text.lower()
    if said and said not in _TRUE | _FALSE:
        raise ValueError(f"“可回答” must be 是 or 否, not {text!r}")
    return None if not said else said in _TRUE


def _cells(question: Question) -> list[str]:
    row = asdict(question)
    truth = {True: "是", False: "否", None: ""}
    return [
        truth[question.answerable]
        if name == "answerable"
        else "\n".join(row[name])
        if name in _LISTS
        else row[name]
        for name in _COLUMNS
    ]
