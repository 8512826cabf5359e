"""The question sets that are kept under the library's home, in the folder ``questions``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from app.questions import Question
from errors import QuestionsError
from eval.question_files import read_questions, write_questions

SUFFIXES = (".jsonl", ".csv", ".xlsx")
_LONGEST = 200  # bytes; file systems allow 255
_UNFIT = set('\\/:*?"<>|')


def kept_sets(home: Path) -> list[Path]:
    """The sets by name."""
    folder = home / "questions"
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in found if p.suffix in SUFFIXES and not p.name.startswith("."))


def kept_set(home: Path, name: str) -> Path:
    """The set of that name. Raises QuestionsError when none has it."""
    for path in kept_sets(home):
        if path.name == name:
            return path
    raise QuestionsError(
        f"没有叫“{name}”的问题集。请重新选择或上传。",
        f"there is no question set {name!r}: choose again, or upload it.",
    )


def keep(home: Path, name: str, data: bytes) -> Path:
    """Keep an uploaded set as it is, below a cleaned name; the same one twice is kept once.

    Raises QuestionsError for a file of another form and for what ``read_questions`` refuses.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise QuestionsError(
            f"“{name}”不是问题集。请上传 JSONL、CSV 或 XLSX 文件。",
            f"{name!r} is no question set: upload a JSONL, CSV or XLSX file.",
        )
    partial = _partial(home, suffix)
    try:
        partial.write_bytes(data)
        read_questions(partial)
        return _placed(partial, home / "questions" / f"{clean_name(Path(name).stem)}{suffix}")
    except QuestionsError as error:
        shown = (text.replace(str(partial), name) for text in (str(error), error.english))
        raise QuestionsError(*shown) from error
    finally:
        partial.unlink(missing_ok=True)


def save(home: Path, name: str, questions: Iterable[Question]) -> Path:
    """Keep questions as a JSONL set below a cleaned name, numbered where it is taken."""
    partial = _partial(home, ".jsonl")
    write_questions(partial, questions)
    try:
        return _placed(partial, home / "questions" / f"{clean_name(name)}.jsonl")
    finally:
        partial.unlink(missing_ok=True)


def clean_name(text: str) -> str:
    """A name for a file or folder of what somebody typed; ``questions`` where nothing is left."""
    fit = "".join(c if c.isprintable() and c not in _UNFIT else " " for c in text)
    name = unicodedata.normalize("NFC", " ".join(fit.split()).strip(". "))
    return name.encode()[:_LONGEST].decode(errors="ignore").strip(". ") or "questions"


def _partial(home: Path, suffix: str) -> Path:
    folder = home / "questions"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".{uuid4().hex}{suffix}"


def _placed(partial: Path, wanted: Path) -> Path:
    """Give the file its name; numbered from 2 where another set has it."""
    data, path, number = partial.read_bytes(), wanted, 2
    while path.exists() and path.read_bytes() != data:
        path = wanted.with_stem(f"{wanted.stem}-{number}")
        number += 1
    partial.replace(path)
    return path
