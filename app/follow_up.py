"""A follow-up becomes a question that stands alone, by rule: 那 2021 年呢.

Only what points back inherits anything: 那…, …呢, a pronoun, or a question without words of
its own (为什么？). Everything else is a question in its own right, so that a change of
subject is never mixed with what was asked before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.sections.asked import continued
from index.words import Segmenter
from ingest.dictionary import places

LONGEST_HISTORY = 10

_LEAD = re.compile(r"(?:那么?|然后|还有|换成|换作|要是|如果是|至于)(?![些个项家种里])[，,\s]*")
_TRAIL = re.compile(r"(?:的话)?[，,\s]*(?:又)?呢?[\s。.？?]*$")
_BACK = re.compile(r"呢[\s？?]*$")
_ASKING = re.compile(
    r"(?:一共|总共|分别|大约|具体|主要|各)*(?:是|有|为|占|达到?|包括|处于|属于|位于)?"
    r"(?:多少[个家种类项人名位]?|哪(?:些|几?[个家种类项年里儿])?|为?什么|怎么?样?|如何|谁|几[个家种类项年]"
    r"|何时|是否|为何)"
)
_POLITE = re.compile(r"^(?:请问|请|麻烦|帮我|介绍一下|告诉我|说说|什么是)+[，,\s]*")
_PRONOUN = re.compile(
    r"(?P<named>(?<!应)该|这[些个项家种类]|那[些个项家种类](?!年)|上述|前述|这几[个项家种类])"
    r"(?P<noun>[\u4e00-\u9fff]{2,6}?)(?=[的是有在由为包采提又还主具分各都，,？?]|$)"
    r"|(?P<bare>它们?|他们|(?<![尤与极])其(?![中他它实余次一二])|这些?(?![个项家种类份里样年])|前者|后者)"
)
_DOCUMENT = re.compile("报告|文档|文件|文章|资料|材料|表|图")
_PERIOD = re.compile(
    r"(?:(?:19|20)[0-9]{2}\s?年?\s?(?:至|到|—+|-+|~|～)\s?)?(?:19|20)[0-9]{2}\s?年(?:底|末|初|[上下]半年)?"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_RELATIVE = {
    "上一年": -1, "前一年": -1, "上年": -1, "去年": -1,
    "下一年": 1, "后一年": 1, "次年": 1, "第二年": 1,
}  # fmt: skip
_LATIN = re.compile(r"[0-9]*[A-Za-z][A-Za-z0-9]*(?:[.\-+&/][A-Za-z0-9]+)*")
_COUNTED = re.compile(
    r"(?:占比|比例|数量|规模|增速|增幅|[率额量值]|产值|面积|人口|人数|投资|收入)$"
)
_ATTRIBUTE = re.compile(
    r"(?:原因|时间|地点|特点|优势|优点|缺点|问题|作用|目标|定义|含义|案例|内容|第.[种个类])$"
)
_PARTICLES = re.compile(r"[的和与及、，,在对从由\s]+|[0-9]+\s?年?")
# What says nothing of the subject of a question; of single characters, 家 as in 多少家.
_EMPTY = re.compile(
    "同比增长|环比增长|提出|发布|成立|建立|开始|负责|牵头|包括|组成|建成|公布|实施|完成|使用|用于|需要"
    "|达到|增长|下降|上升|减少|变化|同比|环比|上年|相比|相较|比较|原因|目的|结果|时间|期间|详细|展开|例如"
)
_LONGER = 2


def stand_alone(question: str, history: Sequence[str], segmenter: Segmenter) -> str:
    """The question with what it leaves out put back from the earlier ones, oldest first.

    A question that needs nothing comes back as it is. Each question of the history is
    understood by those before it; only the last ``LONGEST_HISTORY`` count.
    """
    understood = ""
    for asked in (*history[-LONGEST_HISTORY:], question):
        understood = _understood(asked.strip(), understood, segmenter)
    return understood


def _understood(question: str, before: str, segmenter: Segmenter) -> str:
    if not before:
        return question
    lead = _LEAD.match(question)
    if lead or _BACK.search(question):
        core = _TRAIL.sub("", question[lead.end() :] if lead else question)
        return _continued(core, before, segmenter) or question
    pronoun = _PRONOUN.search(question)
    if pronoun:
        return _named(question, pronoun, before)
    if not _about(question, segmenter):
        return _topic(before) + question
    return question


def _continued(core: str, before: str, segmenter: Segmenter) -> str:
    """``before`` asked of what ``core`` names instead, or of its topic what ``core`` asks."""
    core = _with_year(core, before)
    asking = _ASKING.search(core)
    named = (core[: asking.start()] if asking else core).strip().removesuffix("的")
    if asking and not named:
        return f"{_topic(before)}{core}？"
    own = set(_about(named, segmenter))
    if asking and len(own) > 1 and own - set(_about(before, segmenter)):
        return f"{core}？"
    for put in _SUBSTITUTIONS:
        changed = put(named, before, segmenter)
        if changed:
            return changed
    return ""


def _with_year(core: str, before: str) -> str:
    """上一年 is the year before the one that was asked about."""
    years = _YEAR.findall(before)
    for word, difference in _RELATIVE.items():
        if word in core and years:
            core = core.replace(word, f"{int(years[-1]) + difference} 年")
            break
    return core


def _other_section(core: str, before: str, segmenter: Segmenter) -> str:
    return continued(core, before)


def _other_period(core: str, before: str, segmenter: Segmenter) -> str:
    named = _PERIOD.search(core) or re.search(r"^(?:19|20)[0-9]{2}$", core)
    if named is None:
        return ""
    rest = (core[: named.start()] + core[named.end() :]).strip(" 的，,")
    period = named.group() if "年" in named.group() else f"{named.group()} 年"
    found = list(_PERIOD.finditer(before))
    if rest:
        before = _other(rest, before, segmenter)
        found = list(_PERIOD.finditer(before))
    if not found:
        return f"{period}{before}"
    return before[: found[-1].start()] + period + before[found[-1].end() :]


def _other(core: str, before: str, segmenter: Segmenter) -> str:
    for put in _SUBSTITUTIONS[2:]:
        changed = put(core, before, segmenter)
        if changed:
            return changed
    return before


def _other_place(core: str, before: str, segmenter: Segmenter) -> str:
    if not _places(core, segmenter):
        return ""
    found = _places(before, segmenter)
    return before.replace(found[-1], core) if found else f"{core}的{before}"


def _other_latin(core: str, before: str, segmenter: Segmenter) -> str:
    found = _LATIN.findall(before)
    return before.replace(found[-1], core) if _LATIN.fullmatch(core) and found else ""


def _other_attribute(core: str, before: str, segmenter: Segmenter) -> str:
    """Something else of the same subject: its 占比, its 原因."""
    if _COUNTED.search(core):
        return f"{_topic(before)}的{core}是多少？"
    return f"{_topic(before)}的{core}是什么？" if _ATTRIBUTE.search(core) else ""


def _other_subject(core: str, before: str, segmenter: Segmenter) -> str:
    """In place of what shares most words with it, else of the first thing that was named."""
    wanted = _words(core, segmenter)
    phrases = [part for part in _PARTICLES.split(_topic(before)) if part]

    def likeness(phrase: str) -> int:
        return sum(map(len, wanted & _words(phrase, segmenter)))

    best = max(phrases, key=likeness, default="")
    return before.replace(best, core, 1)


_Put = Callable[[str, str, Segmenter], str]
_SUBSTITUTIONS: tuple[_Put, ...] = (
    _other_section,
    _other_period,
    _other_place,
    _other_latin,
    _other_attribute,
    _other_subject,
)


def _words(text: str, segmenter: Segmenter) -> set[str]:
    return {word for word, _ in segmenter.tokens(text)}


def _places(text: str, segmenter: Segmenter) -> list[str]:
    """The places that a text names; neighbours are one."""
    found: list[str] = []
    follows = False
    for word, _ in segmenter.tokens(text):
        is_place = word in places() and len(word) > 1
        if is_place and follows:
            found[-1] += word
        elif is_place:
            found.append(word)
        follows = is_place
    return found


def _named(question: str, pronoun: re.Match[str], before: str) -> str:
    """The question with a pronoun replaced by what it stands for."""
    noun = pronoun["noun"] or ""
    if _DOCUMENT.search(noun):
        return question
    topic = _topic(before)
    if noun:
        ending = re.search(rf"[^\s，。的是有在]*{re.escape(noun)}", topic)
        topic = ending.group() if ending else topic + noun
    possessive = "的" if pronoun["bare"] == "其" else ""
    return question[: pronoun.start()] + topic + possessive + question[pronoun.end() :]


def _about(question: str, segmenter: Segmenter) -> list[str]:
    """The words that say what a question is about."""
    words = segmenter.content_words(_EMPTY.sub(" ", _ASKING.sub(" ", question)))
    return [word for word in words if len(word) >= _LONGER]


def _topic(question: str) -> str:
    """What a question asks about, without its asking: 数字城市产业 of 数字城市产业有多大规模.

    What 什么 asks for isn't part of it, what is counted is.
    """
    plain = _POLITE.sub("", question).rstrip(" 。.？?吗呢")
    asking = _ASKING.search(plain)
    if asking is None:
        return plain
    counted = "" if "什么" in asking.group() else plain[asking.end() :].lstrip()
    return plain[: asking.start()].rstrip(" ，,的在共约") + counted
