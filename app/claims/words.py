"""Words of a claim and of its support: which carry meaning, and which name a place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from index.words import STOP_WORDS, Segmenter
from records import Span
from settings import CHECKOUT

_DICTIONARY = CHECKOUT / "index" / "dictionary.txt"
_SEGMENTER = Segmenter(_DICTIONARY)
# What a writer may add without saying anything more about the subject.
_CONNECTING = frozenset(
    """
    如今 现今 现在 现阶段 眼下 随后 之后 此后 后来 进而 继而 惠及
    我国 中国 全国 国内 此外 另外 同时 因此 所以 由此 从而 然而 但是 但 不过
    而且 并且 以及 综上所述 综上 总体 总的来看 总体来看 整体 可见 显示 表明 指出
    提到 认为 数据 据 按照 依据 来看 方面 情况 相关 有关 进行 实现 达到 达 约
    约为 大约 左右 近 为 是 已 已经 分别 依次 均 都 则 即 也 还 并 又 再
    其 该 各 每 共 共有 共计 总计 合计 一共 成为 作为 属于 通过 以 由 使 让 用
    把 被 将 对 向 与 和 及 等 之 于 至 到 自 从 年 月 日 个 家 项 种
    名 位 元 万 亿 包括 包含 拥有 存在 当前 目前 而言 来说 例如 比如 如 首先
    其次 最后 第一 第二 第三 一是 二是 三是 需要 说明 值得 注意 具有 个别 以来
    期间 其中 这 那 这些 那些 一个 一种 文件 文中 报告 原文 资料 内容 问题 答案
    回答 上述 以上 以下 所示 介绍 提及 描述 称 表示 说
    """.split()
)
_NO_PLACES = frozenset({"惠及", "上市"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place."""

    text: str
    span: Span


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The words of ``text`` in order, every character in one of them."""
    return tuple(
        Word(word, Span(start, start + len(word))) for word, start in _SEGMENTER.tokens(text)
    )


@lru_cache(maxsize=4096)
def content(text: str) -> tuple[Word, ...]:
    """The words of ``text`` that carry meaning: no function words, digits or punctuation."""
    return tuple(word for word in words(text) if _meaningful(word.text))


def _meaningful(word: str) -> bool:
    if word in STOP_WORDS or word in _CONNECTING:
        return False
    return any("\u3400" <= character <= "\u9fff" or character.isalpha() for character in word)


@cache
def _tagged() -> dict[str, str]:
    """The words of jieba's own dictionary, each with its part of speech."""
    import jieba

    file: Any = jieba.Tokenizer().get_dict_file()
    with file:
        entries = [line.split(" ") for line in file.read().decode().splitlines()]
    return {word: tag for word, _, tag in entries}


def is_place(word: str) -> bool:
    """Whether jieba's dictionary knows ``word`` as the name of a place."""
    return len(word) > 1 and word not in _NO_PLACES and _tagged().get(word) == "ns"


def is_nominal(word: str) -> bool:
    """Whether ``word`` can be part of a name: jieba's dictionary knows it for nothing else."""
    return _tagged().get(word, "n")[0] not in "vdpcruf"


def is_noun(word: str) -> bool:
    """Whether jieba's dictionary knows ``word`` as a noun, or not at all, as most names."""
    return _tagged().get(word, "n")[0] in "nj"


def may_be_noun(word: str) -> bool:
    """Whether ``word`` can be a noun, as 应用, 高位 and words that no dictionary has can."""
    return _tagged().get(word, "n")[0] in "njvbslti"


def is_proper(word: str) -> bool:
    """Whether jieba's dictionary knows ``word`` as a name, of which there are no synonyms."""
    return _tagged().get(word, "n") in ("ns", "nt")


def is_coined(word: str) -> bool:
    """Whether no dictionary has ``word``, as it has few names of people, places and firms."""
    return len(word) > 1 and word.isalpha() and word not in _tagged()


def is_own_name(word: str) -> bool:
    """Whether jieba's dictionary knows ``word`` as one place's, person's or company's name."""
    return is_place(word) or _tagged().get(word) in ("nz", "nt", "nr", "nrt")
