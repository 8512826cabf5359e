"""The texts about asking, judging and keeping conversations, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TalkMessages:
    """The texts in one language; ``{…}`` is filled in with ``str.format``.

    ``reasons`` are those of a thumb down, by ``Reason``.
    """

    stop: str
    stopped: str
    waiting: str
    waits: str
    scope_documents: str
    scope_publisher: str
    scope_any: str
    scope_since: str
    scope_until: str
    scope_date: str
    bad_date: str
    no_such_documents: str
    conversations: str
    new_conversation: str
    find_conversation: str
    no_conversations: str
    untitled: str
    turns: str
    rename: str
    delete: str
    delete_really: str
    keep: str
    export_as: str
    judgements: str
    understood: str
    actions: str
    useful: str
    not_useful: str
    reasons: dict[str, str]
    comment: str
    send: str
    again: str
    edit: str
    editing: str
    edit_no_more: str
    copy_citation: str
    copied: str


TALK_CHINESE = TalkMessages(
    stop="停止",
    stopped="已停止，没有回答。",
    waits="上一个问题还在回答，答完后自动发送这个问题；在那之前可以修改。",
    waiting="前面还有别的问题，排在第 {position} 位…",
    scope_documents="{count} 份文档",
    scope_publisher="发布者",
    scope_any="不限",
    scope_since="不早于",
    scope_until="不晚于",
    scope_date="如 2023-06",
    bad_date="{date} 不是日期，请写成 2023、2023-06 或 2023-06-30。",
    no_such_documents="没有文档符合选定的发布者和日期。请在“查找范围”中放宽，或在“文档”页更正文档的信息。",
    conversations="对话",
    new_conversation="新对话",
    find_conversation="在标题和问题中查找",
    no_conversations="还没有保存的对话。",
    untitled="新对话",
    turns="{count} 个问题 · {date}",
    rename="标题（回车改名）",
    delete="删除对话",
    delete_really="确认删除",
    keep="不删",
    export_as="导出",
    judgements="下载我的评价（问题集草稿）",
    understood="理解为：{question}",
    actions="对这个回答",
    useful="有用",
    not_useful="没用",
    reasons={
        "wrong": "答错了",
        "incomplete": "不完整",
        "beside_the_point": "答非所问",
        "bad_citation": "引用不支持",
        "declined": "文档里其实有答案",
        "answered": "文档里其实没有答案",
        "other": "其他",
    },
    comment="补充说明（可不填）",
    send="提交",
    again="重新回答",
    edit="修改问题",
    editing="改好后发送，会替换上一个问题。",
    edit_no_more="取消修改",
    copy_citation="复制引文格式",
    copied="已复制",
)

TALK_ENGLISH = TalkMessages(
    stop="Stop",
    stopped="Stopped, not answered.",
    waits="The question before is being answered; this one is sent after it, and can be changed "
    "until then.",
    waiting="Other questions come first: number {position} in line…",
    scope_documents="{count} document(s)",
    scope_publisher="Publisher",
    scope_any="any",
    scope_since="Not before",
    scope_until="Not after",
    scope_date="as 2023-06",
    bad_date="{date} is no date: write it as 2023, 2023-06 or 2023-06-30.",
    no_such_documents="No document is of this publisher and period: widen them under Search in, "
    "or correct the documents' particulars under Documents.",
    conversations="Conversations",
    new_conversation="New conversation",
    find_conversation="Find in titles and questions",
    no_conversations="None has been kept yet.",
    untitled="New conversation",
    turns="{count} question(s) · {date}",
    rename="Title (Enter renames)",
    delete="Delete",
    delete_really="Really delete",
    keep="Keep",
    export_as="Export",
    judgements="Download my judgements (draft of a question set)",
    understood="Understood as: {question}",
    actions="About this answer",
    useful="Useful",
    not_useful="Not useful",
    reasons={
        "wrong": "wrong",
        "incomplete": "incomplete",
        "beside_the_point": "beside the point",
        "bad_citation": "the citation doesn't carry it",
        "declined": "the documents do answer it",
        "answered": "the documents don't answer it",
        "other": "something else",
    },
    comment="More about it (optional)",
    send="Send",
    again="Answer again",
    edit="Edit the question",
    editing="Change and send it: it replaces the last question.",
    edit_no_more="Cancel the change",
    copy_citation="Copy reference",
    copied="copied",
)
