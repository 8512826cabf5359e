"""The words of an export, in Chinese and in English; a reader knows the structure by them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.messages import Language


class Mode(StrEnum):
    """How an answer came about."""

    QUOTED = "quoted"
    GENERATED = "generated"
    DECLINED = "declined"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words in one language; ``{…}`` is filled in with ``str.format``."""

    untitled: str
    about: str
    understood: str
    modes: dict[Mode, str]
    confidence: str
    settings: str
    no_answer: str
    citations: str
    unverified: str
    place: str
    row: str
    reference: str
    note: str


CHINESE = Wording(
    untitled="对话",
    about="有据的对话，{date}，共 {count} 轮。引文可用 youju verify 核对，改动过的会被发现。",
    understood="理解为：",
    modes={
        Mode.QUOTED: "由原文的句子组成",
        Mode.GENERATED: "由语言模型写成",
        Mode.DECLINED: "资料库里没有答案",
        Mode.FAILED: "没有回答",
    },
    confidence="把握 {percent}%",
    settings="设置 {fingerprint}",
    no_answer="这个问题没能回答。",
    citations="引用",
    unverified="没有通过核对，不作为依据",
    place="文档 {document} · 字符 {start}:{end} · {status}",
    row="表格中这一行：",
    reference="GB/T 7714—2015：",
    note="〔有据〕",
)

ENGLISH = Wording(
    untitled="Conversation",
    about="A conversation with Youju, {date}, questions: {count}. youju verify checks the quotes "
    "and finds one that was altered.",
    understood="Understood as: ",
    modes={
        Mode.QUOTED: "made of sentences of the documents",
        Mode.GENERATED: "written by a language model",
        Mode.DECLINED: "the library holds no answer",
        Mode.FAILED: "not answered",
    },
    confidence="confidence {percent}%",
    settings="settings {fingerprint}",
    no_answer="This question was not answered.",
    citations="Citations",
    unverified="Did not pass the check and is no evidence",
    place="Document {document} · characters {start}:{end} · {status}",
    row="This row of the table: ",
    reference="GB/T 7714—2015: ",
    note="[Youju] ",
)

WORDING: dict[Language, Wording] = {"zh": CHINESE, "en": ENGLISH}
