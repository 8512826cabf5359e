"""In words: what of a claim doesn't hold, how it is carried, and why a model's text is missing."""

from __future__ import annotations

from app.messages import Messages
from records import Answer, Claim, Fault, Finding, Support

_FAULTS = {
    Fault.MARK: ("引用编号", "citation mark"),
    Fault.NUMBER: ("数字", "number"),
    Fault.UNIT: ("单位", "unit"),
    Fault.PERIOD: ("时间", "period"),
    Fault.NAME: ("名称", "name"),
    Fault.DIRECTION: ("增减方向", "direction"),
    Fault.NEGATION: ("肯定与否定", "negation"),
    Fault.BOUND: ("上下限", "bound"),
    Fault.ARITHMETIC: ("计算", "arithmetic"),
    Fault.WORDING: ("说法", "wording"),
    Fault.LANGUAGE: ("语言", "language"),
}
_DIFFERS = ("{fault}：答案说“{said}”，原文是“{found}”", "{fault}: said “{said}”, found “{found}”")
_ABSENT = ("{fault}：原文没有“{said}”", "{fault}: “{said}” is not in the source")
_NOTHING = ("{fault}：原文没有这样说", "{fault}: the source doesn't say so")
_OTHER_LANGUAGE = (
    "与原文语言不同，文字无法核对，只核对了数字",
    "not in the source's language: its words can't be checked, only its figures were",
)
_SUPPORT = {
    Support.SUPPORTED: ("有原文依据", "supported"),
    Support.MOVED: ("引用已改为核对到的出处", "cited where the check found it"),
    Support.COMPUTED: ("由所引的数字算出，原文没有直接写", "worked out from the numbers cited"),
    Support.PARTLY: ("只有一部分有原文依据", "only in part supported"),
    Support.UNSUPPORTED: ("原文中找不到依据", "not supported by the source"),
    Support.CONTRADICTED: ("与原文不符", "contradicted by the source"),
}


def support_words(support: Support, messages: Messages) -> str:
    """How a claim is carried."""
    return _pick(_SUPPORT[support], messages)


def finding_words(finding: Finding, messages: Messages) -> str:
    """What doesn't hold: 数字：答案说“2.4 万亿元”，原文是“1.8 万亿元”."""
    if finding.fault is Fault.LANGUAGE:
        return _pick(_OTHER_LANGUAGE, messages)
    template = _DIFFERS if finding.found else _ABSENT if finding.said else _NOTHING
    fault = _pick(_FAULTS[finding.fault], messages)
    return _pick(template, messages).format(fault=fault, said=finding.said, found=finding.found)


def failure_words(claim: Claim, messages: Messages) -> str:
    """Why a claim is not in the answer: each finding, or else how far it is carried."""
    found = [finding_words(finding, messages) for finding in claim.findings]
    return "；".join(found) if found else support_words(claim.support, messages)


def failures(answer: Answer, messages: Messages) -> list[tuple[str, str]]:
    """What failed the gate, each with the reason; empty for a quote, which has none."""
    reasons = {c.text: failure_words(c, messages) for c in answer.claims if not c.citations}
    return [(text, reasons.get(text, "")) for text in answer.unverified]


def remarks(answer: Answer, messages: Messages) -> list[tuple[str, str]]:
    """Claims that hold in another way than the model said, each with that way in words."""
    return [
        (claim.text, support_words(claim.support, messages))
        for claim in answer.claims
        if claim.support in (Support.MOVED, Support.COMPUTED)
    ]


def _pick(pair: tuple[str, str], messages: Messages) -> str:
    return pair[1] if messages.tag == "en" else pair[0]
