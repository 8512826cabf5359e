"""What turns a statement round: direction, negation, and words of degree and of plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.claims.words import Word, words
from records import Span

_UP = (
    "增长 增加 上升 提高 提升 上涨 扩大 攀升 回升 增至 升至 上调 走高 增多 加快 增强 加强 扩张"
    " 反弹 上行"
    " 上浮 新增 多增 增幅 涨幅 升高 拉升 壮大 增进 高于 多于 激增 猛增 提速 加大 延长 上扬 增大"
    " 冲高 领先"
).split()
_DOWN = (
    "下降 减少 降低 下滑 回落 下跌 缩小 萎缩 降至 减至 跌至 下调 走低 放缓 减缓 减弱 收窄 缩减"
    " 下行 下浮"
    " 负增长 少增 降幅 跌幅 锐减 骤降 衰退 削减 减慢 缩短 低于 少于 落后 缩水 变慢 减小"
).split()
_DIRECTION = re.compile("|".join(sorted((*_UP, *_DOWN), key=len, reverse=True)))
_BARE_DIRECTION = re.compile(
    r"(?<=[同环]比)(?:[增升涨]|[降减跌])(?=[0-9 约近超])"
    r"|(?<=[是为在])(?:[增升涨]|[降减跌])(?=[了的，。；、]|$)|(?<![上回提拉攀下])[升涨降跌]了"
)
_COMPARED = re.compile(
    r"(?<![占同环对类])比(?![重例较率如喻])[^，。；、]{1,16}?"
    r"(?P<word>[多高大快强长]|[少低小慢短弱])(?=$|[，。；、了出得0-9 一几近约])"
)
NEGATOR = re.compile(
    r"并非|并不是|并不|并未|不再|不会|不能|不得|不可|不是|不曾|没有|没能|尚未|未能|未曾|从未"
    r"|从不|无法|无需|毫无|毫不"
    r"|难以|禁止|否认|拒绝|避免|防止"
    r"|不(?!断|仅|但|只|同|少|过|久|论|管|妨|良|动产|足|到 ?[0-9一二三四五六七八九十]|超过|低于"
    r"|高于|少于|多于|大于|小于|完全统计|等|乏|惜|懈|禁|约而同|可或缺|止|落|日|限于)"
    r"|未(?!来|央|必|免|超过|达 ?[0-9])|(?<![虚])没(?!收|落|有)|无(?!人|线|锡|障碍|论|缝|形|偿|限"
    r"|疑|不|纸|界|碳|害|机|锋|穷|比|数|私|关|党|产|烟|菌|源|损|感|接触|条件)|非(?!常|凡|洲|遗"
    r"|公|结构|典|金融|营利|税|银|农|化石|接触|现场|煤|国有|物质)"
)
"""What negates what stands behind it."""
_FUTURE = re.compile(
    r"[仍尚有亟]待|计划|规划到|拟(?!态|合|定|人|物|建立?模)|预计|预期|有望|力争|目标是|目标为|争取"
    r"|将(?=[^领军]{0,6}(?:达|建|成|超|形|实|推|在|会|有|进|继|迎|突|于))|即将|希望|打算|准备"
    r"|征求意见稿|草案|探索(?=[建设组构打推形开制])"
    r"|提出到|到 ?20[0-9]{2} ?年底?(?:初步|基本|全面|力争)|鼓励|要求"
)
_DONE = re.compile(
    r"已经|已(?!经)|建成了|完成了|业已|实现了|达成了|正式(?:印发|发布|施行|实施|生效|启用)"
)
_POSSIBLE = re.compile(r"可能|或许|或将|也许|有望|潜在|疑似|大概率|预计")
_ALL = re.compile(r"全部|所有|全都|悉数|一律|全数|每[个家座名]|各[个家地省市]|均|都")
_ALL_STRONG = re.compile(r"全部|所有(?!制|权|者)|全都|悉数|一律|全数|全面(?=实现|建成|完成|覆盖)")
_HEDGE = re.compile(r"原则上|一般(?=[应须要都])|通常")
_EXCLUDED = re.compile(r"不包括|不包含|不含|未计入|不计入|未纳入|除外|剔除|扣除|未统计|不涉及")
_INCLUDED = re.compile(r"(?:计算|统计|包括|计|列|包含)在内|也?计入|均?纳入|涵盖|包含|包括|覆盖")
_SOME = re.compile(
    r"部分(?!为|是)|多数|大多|有的|一些|少数|若干|个别|较多|绝大多数|大部分|不少|一半"
)
_TOP = re.compile(
    r"首次|首个|首家|首创|首批|第一[批个家次]|率先|最早|最先|唯一|第一(?=[。，；、大位名]|$)|居首|首位"
    r"|最[大高多强低小少快慢好差优新重]|头部|全国首"
    r"|[大高多强低小少快慢]于其[他它余]"
)
_MUCH = re.compile(r"较[大高多强低小少快慢好差重弱轻]")
LEFT_OUT = re.compile(
    r"(?:没有|未|并未)[把将]([^，。；]{1,20}?)(?:统计|计算|包括|计|列|算|纳入)(?:在内|入|其[中内])"
    r"|(?:不包括|不包含|不含|未计入|不计入|未包括|未包含|未含|未纳入)([^，。；]{1,20})"
    r"|([^，。；]{1,20}?)(?:除外|未计入|不计在内|不在其[中内])"
)
"""What isn't counted in, however that is said."""
AVOIDED = re.compile(r"避免|防止|杜绝|免于|免受|消除|化解|克服")
"""What says that something doesn't come about, or no longer."""
AGAINST = re.compile(r"[避防免杜消克缓]|化解|解决|减少|降低|应对|脱离|摆脱|打破")
"""With one of these, whoever speaks of what is avoided may say the same."""
ASKING = re.compile(
    r"哪[一几]?[个件些家座里年种类项]|(?<!没有)什么(?!都|也)|多少|(?<![近前这那好十])几[个家](?!月)|谁|怎[么样]"
)
"""What asks: in a statement, what it should have said."""
CAUSE = re.compile(
    r"由于|因为|得益于|归因于|归功于|受益于|源于|缘于|之所以|受[^，。；]{1,12}影响|导致|致使|造成"
    r"|引起|引发|原因(?:是|在于)"
)
"""What says outright that one thing is the cause of another."""
LINK = re.compile(
    r"因|由于|使|让|令|导致|致使|造成|引[起发]|带动|推动|促|助|从而|所以|源于|缘于|益于|影响|为了"
    r"|以[^，。；]{0,6}(?:解决|满足|应对|实现|打消)|针对|由此|依托|凭借|有利于|制约|带来|归功|驱动|牵引"
)
"""What may be told as a cause: said outright, or that one thing serves or moves another."""
_CONTRARY = dict(zip("大高多强快好重", "小低少弱慢差轻", strict=True))


def opposite(one: str, other: str) -> bool:
    """Whether two words of degree end in contraries: 较快 and 较慢."""
    return bool(one and other) and (
        _CONTRARY.get(one[-1]) == other[-1] or _CONTRARY.get(other[-1]) == one[-1]
    )


OPERATION = re.compile(
    r"合计|共计|总计|总和|之和|加起来|累计|相加|一共|总共|相差|差距|之差|差额|增长|增幅|增速"
    r"|增加|上升|提高"
    r"|回升|上涨|下降|降幅|减少|回落|下滑|降低|下跌|比重|比例|份额|相比|占"
)
"""What names a sum, a difference, growth or a share: where it is reckoned, nobody need say it."""


def direction_of(word: str) -> int:
    """1 for a word of growth, -1 for one of decline."""
    if word in _UP or word[0] in "增升涨多高大快强长":
        return 1
    return -1


@dataclass(frozen=True, slots=True)
class Turn:
    """A word that turns a statement, its place, and its direction where it has one."""

    text: str
    span: Span
    sign: int = 0


@lru_cache(maxsize=4096)
def directions(text: str) -> tuple[Turn, ...]:
    """The words of growth and decline in ``text``, in order."""
    found = [*_DIRECTION.finditer(text), *_BARE_DIRECTION.finditer(text)]
    places = {Span(*m.span()) for m in found} | {Span(*m.span(1)) for m in _COMPARED.finditer(text)}
    return tuple(Turn(p.of(text), p, direction_of(p.of(text))) for p in sorted(places))


@lru_cache(maxsize=4096)
def negations(text: str) -> tuple[Turn, ...]:
    """The negated words of ``text``: each with its negator, as 未公布."""
    return tuple(_negations(text))


def _negations(text: str) -> Iterator[Turn]:
    cut = words(text)
    for match in NEGATOR.finditer(text):
        if match.group() != "未" and any(_inside(match, word) for word in cut):
            continue
        behind = (w for w in cut if w.span.end > match.end())
        head = next((w for w in behind if w.text.strip(" 了过着")), None)
        end = head.span.end if head else match.end()
        yield Turn(text[match.end() : end].strip(" 了过着"), Span(match.start(), end))


def _inside(match: re.Match[str], word: Word) -> bool:
    """Whether a negator is the tail of a longer word that negates nothing."""
    return word.span.start < match.start() < word.span.end and word.text[0] not in "不未没无非并"


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group() if match else ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a clause is meant: planned, done, possible, of all, some, first or most, in principle."""

    planned: str
    done: str
    possible: str
    every: str
    some: str
    top: str
    much: str
    hedged: str


@lru_cache(maxsize=4096)
def manner(text: str) -> Manner:
    """The words of ``text`` that say so, each empty where there is none."""
    patterns = (_FUTURE, _DONE, _POSSIBLE, _ALL_STRONG, _SOME, _TOP, _MUCH, _HEDGE)
    return Manner(*(_first(pattern, text) for pattern in patterns))


def excluded(text: str) -> re.Match[str] | None:
    """What says that something isn't counted."""
    return _EXCLUDED.search(text)


def included(text: str) -> re.Match[str] | None:
    """What says that something is counted, and nothing that it isn't."""
    return None if _EXCLUDED.search(text) else _INCLUDED.search(text)


def speaks_of_all(text: str) -> bool:
    """Whether ``text`` has any word that means all or each."""
    return _ALL.search(text) is not None
