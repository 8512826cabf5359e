"""Chinese text becomes words: jieba in search mode, numbers kept with their units."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.folding import fold
from ingest.dictionary import tokenizer

_NUMBER = re.compile(
    r"(?<![a-z0-9.\-])[0-9]+(?:[.,][0-9]+)*"
    r"(?:[a-z]+(?:/[a-z]+)?(?![a-z0-9\-])|\s?(?:%|‰|万亿元|亿元|万元|万亿|个百分点|年|月|日|元|亿|万"
    r"|个|家|项|户|倍|省|类|种))?(?![a-z0-9]|-[0-9])"
)
_HAN_OR_LATIN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+(?:[.\-+&/][a-z0-9]+)*")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_SPACE = re.compile(r"\s+")
_LINE_BREAK_IN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

STOP_WORDS = frozenset(
    """
    的 了 和 与 及 或 在 是 有 为 对 等 被 把 将 从 到 于 以 由 向 就 都 而 并 也 还 又 其 之 所 这
    那
    此 该 个 吗 呢 吧 啊 呀 么 什么 哪 哪些 哪个 哪里 哪儿 多少 几 几个 怎么 怎样 怎么样 如何 为什么
    为何 何时 何 谁 是否 请问 请 告诉 一下 我 你 您 他 她 它 我们 你们 他们 它们 可以 能 会 要 想
    知道
    介绍 说明 具体 分别 主要 关于 其中 以及 来 去 上 中 下 里 时 时候 报告 根据
    """.split()
)


@cache
def _tokenizer(dictionary: Path) -> Any:
    """A jieba that knows the terms of ``dictionary``, one a process."""
    own = tokenizer()
    own.load_userdict(str(dictionary))
    return own


class Segmenter:
    """jieba with our dictionary of domain terms. The dictionary loads when first needed."""

    def __init__(self, dictionary: Path) -> None:
        self._dictionary = dictionary

    @property
    def name(self) -> str:
        """What the library's manifest records: jieba's version and the dictionary's checksum."""
        digest = hashlib.sha256(self._dictionary.read_bytes()).hexdigest()[:8]
        return f"jieba-{version('jieba')}+{digest}"

    def words(self, text: str) -> list[str]:
        """The words of ``text`` as they are indexed, in order, with repetitions.

        Long words come with the shorter words inside them (search mode). A number with a
        unit gives both the number and the two together: ``1.8 万亿元`` gives ``1.8`` and
        ``1.8万亿元``.
        """
        folded = _LINE_BREAK_IN_HAN.sub("", fold(text).lower())
        found: list[str] = []
        at = 0
        for match in _NUMBER.finditer(folded):
            found += self._plain(folded[at : match.start()])
            found += _number_words(match.group())
            at = match.end()
        return found + self._plain(folded[at:])

    def _plain(self, text: str) -> list[str]:
        cut = _tokenizer(self._dictionary).cut_for_search
        runs = _HAN_OR_LATIN.findall(text)
        return [
            word for run in runs for word in (cut(run) if _HAN.match(run) else _latin_words(run))
        ]

    def tokens(self, text: str) -> list[tuple[str, int]]:
        """The words that ``text`` is made of, each with its place, every character in one."""
        cut = _tokenizer(self._dictionary).tokenize(text)
        return [(word, start) for word, start, _ in cut]

    def content_words(self, text: str) -> list[str]:
        """The distinct words of ``text`` that carry meaning, in order: no function words."""
        return [word for word in dict.fromkeys(self.words(text)) if word not in STOP_WORDS]


def _latin_words(run: str) -> list[str]:
    """``f5g-a`` gives itself and its parts; what has no parts gives itself."""
    parts = re.split(r"[.\-+&/]", run)
    return [run, *parts] if len(parts) > 1 else parts


def _number_words(text: str) -> list[str]:
    compact = _SPACE.sub("", text)
    digits = re.match(r"[0-9.,]+", compact)
    number = digits.group().rstrip(".,") if digits else compact
    unit = compact[len(number) :]
    return [number, compact, unit] if len(unit) > 1 else [number, compact] if unit else [number]


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of 汉字, run by run, in order: what a dictionary doesn't know."""
    folded = _LINE_BREAK_IN_HAN.sub("", fold(text).lower())
    return [run[i : i + 2] for run in _HAN.findall(folded) for i in range(max(1, len(run) - 1))]
