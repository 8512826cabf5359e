"""A model's text as it arrives: what of it is text, what is finished, what says nothing."""

from __future__ import annotations

import re
import unicodedata

from app.generation.prompts import DECLINE, DECLINE_ENGLISH, in_chinese
from ingest.sentences import sentences

_THOUGHT = re.compile(r"\s*<think(?:ing)?>(.*?)(?:</think(?:ing)?>|\Z)", re.DOTALL)
_MARK = r"[\[［【][^\]］】\n]{0,40}[\]］】]"
# The end of a statement with its marks, once something else has begun after it.
_SETTLED = re.compile(
    rf"(?:[。！？!?\n]|(?<=[A-Za-z\]])\.(?=\s))[”’」』）)]*(?:\s*{_MARK})*(?=\s*[^\s\[［【”’」』）)])"
)
_ABOUT = r"报告|段落|资料|材料|文中|原文|上文|文档"
_LACKS = (
    r"(?:没有|未能?|并未|无法|不能)[^。！？\n]{0,8}(?:回答|提到|提及|提供|给出|说明|涉及|找到|得知)"
)
_SAYS_NOTHING = re.compile(
    rf"(?:{_ABOUT})[^。！？\n]{{0,16}}{_LACKS}|{_LACKS}[^。！？\n]{{0,16}}(?:{_ABOUT})|{DECLINE}"
    rf"|{DECLINE_ENGLISH}"
    r"|(?:reports?|passages?)[^.\n]{0,20}(?:do|does) not (?:answer|say|mention)",
    re.IGNORECASE,
)
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_FOREIGN_WORDS = 4


def readable(raw: str) -> str:
    """``raw`` without what a reasoning model thinks aloud and without control characters."""
    text = _THOUGHT.sub("", raw, count=1) if _THOUGHT.match(raw) else raw
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _UNWANTED)


def settled(text: str) -> str:
    """The part that more text won't change: whole statements with all of their marks."""
    end = 0
    for match in _SETTLED.finditer(text):
        end = match.end()
    return text[:end]


def statements(text: str) -> str:
    """``text`` without sentences that say that the reports say nothing; empty if no other."""
    kept = text
    for span in reversed(sentences(text)):
        sentence = span.of(text)
        if _SAYS_NOTHING.search(sentence) and not re.search(_MARK, sentence):
            kept = kept[: span.start] + kept[span.end :]
    return kept if any(character.isalnum() for character in re.sub(_MARK, "", kept)) else ""


def in_language_of(question: str, text: str) -> bool:
    """Whether ``text`` is in the question's language; a few Latin names are in any."""
    if in_chinese(question):
        return in_chinese(text) or len(_LATIN_WORD.findall(text)) < _FOREIGN_WORDS
    return not in_chinese(text) or len(_LATIN_WORD.findall(text)) >= _FOREIGN_WORDS
