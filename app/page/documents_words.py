"""The texts of the page's Documents tab, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from app.catalogue import Standing
from app.messages import Messages
from app.uploads import Stage
from index.pipeline import Outcome
from records import Kind


@dataclass(frozen=True, slots=True)
class DocumentsWords:
    """The texts of the tab in one language; ``{…}`` is filled in with ``str.format``."""

    drop: str
    drop_hint: str
    sending: str
    receiving: str
    received: str
    stage: dict[Stage, str]
    outcome: dict[Outcome, str]
    progress: str
    colon: str
    stop: str
    tally: str
    same_name: str
    replace: str
    keep_both: str
    leave_out: str
    retry: str
    clear: str
    search: str
    search_hint: str
    count: str
    found: str
    nothing_found: str
    nothing_yet: str
    column: dict[str, str]
    standing: dict[Standing, str]
    sort_by: str
    manage: str
    manage_this: str
    more: str
    back: str
    facts: str
    pages: str
    details: str
    title: str
    publisher: str
    date: str
    save: str
    saved: str
    remove: str
    confirm: str
    confirm_uploaded: str
    confirmed: str
    cancel: str
    removed: str
    gone: str
    passages: str
    passages_search: str
    passages_hint: str
    passages_count: str
    passages_found: str
    passage: str
    kind: dict[Kind, str]


CHINESE = DocumentsWords(
    drop="把文件拖到这里，或点这里选择",
    drop_hint="{kinds}；每个不超过 {megabytes} MB，一次最多 {most} 个",
    sending="正在传送第 {number} 个，共 {total} 个：{name}",
    receiving="正在导入，请等这一批结束",
    received="上传的文件",
    stage={
        Stage.WAITING: "等待中",
        Stage.READING: "正在读取",
        Stage.ENCODING: "正在编码",
        Stage.SAME_NAME: "有同名文档，等待决定",
        Stage.BLOCKED: "还没有导入",
        Stage.REFUSED: "未导入",
        Stage.LEFT_OUT: "没有导入",
        Stage.DONE: "完成",
    },
    outcome={
        Outcome.ADDED: "已导入《{title}》，{passages} 段",
        Outcome.UPDATED: "已更新《{title}》，{passages} 段",
        Outcome.UNCHANGED: "已在资料库里：《{title}》，没有重复导入",
        Outcome.MOVED: "已在资料库里：《{title}》，原件已补上",
        Outcome.DUPLICATE: "内容与《{title}》（{name}）相同，没有重复导入",
    },
    progress="{stage}，{done}/{total}",
    colon="：",
    stop="。",
    tally="{done} 份完成，{refused} 份未导入，{open} 份未完",
    same_name="资料库里已有同名文档《{title}》（{ingested} 导入），内容不同。",
    replace="用新的替换",
    keep_both="两份都留",
    leave_out="不导入",
    retry="再试一次",
    clear="清除",
    search="查找文档",
    search_hint="标题、发布者或文件名里的词",
    count="共 {documents} 份文档，{passages} 个段落",
    found="{found} 份符合，共 {documents} 份文档",
    nothing_found="没有符合的文档。请换一个词，或清空查找框。",
    nothing_yet="资料库还是空的。把文件拖到上面，就可以提问。",
    column={
        "title": "标题",
        "publisher": "发布者",
        "date": "日期",
        "pages": "页数",
        "passages": "段落",
        "ingested": "导入时间",
        "standing": "状态",
    },
    standing={
        Standing.READY: "可查找",
        Standing.NO_ORIGINAL: "可查找，原件已不在",
        Standing.NO_PASSAGES: "没有可查找的段落",
    },
    sort_by="按{column}排序",
    manage="管理",
    manage_this="管理《{title}》",
    more="再显示 {count} 个",
    back="← 返回文档列表",
    facts="{name} · {passages} 段 · {characters} 字 · {ingested} 导入",
    pages="{pages} 页",
    details="更正标题、发布者和日期",
    title="标题",
    publisher="发布者",
    date="日期",
    save="保存",
    saved="已保存。",
    remove="移除",
    confirm="确定从资料库移除《{title}》吗？它的 {passages} 个段落不再能查到；原文件留在原处。",
    confirm_uploaded="确定从资料库移除《{title}》吗？"
    "它的 {passages} 个段落不再能查到，上传的文件也会删去。",
    confirmed="确定移除",
    cancel="不移除",
    removed="已移除《{title}》。",
    gone="这份文档已不在资料库里。",
    passages="段落",
    passages_search="在段落里查找",
    passages_hint="段落或章节标题里的词",
    passages_count="共 {passages} 个段落，显示前 {shown} 个",
    passages_found="{found} 个段落符合，显示前 {shown} 个",
    passage="第 {number} 个",
    kind={
        Kind.PROSE: "正文",
        Kind.TABLE: "表格",
        Kind.FIGURE: "图",
        Kind.FOOTNOTE: "脚注",
    },
)

ENGLISH = DocumentsWords(
    drop="Drop files here, or click to choose them",
    drop_hint="{kinds}; up to {megabytes} MB each, {most} at a time",
    sending="Sending file {number} of {total}: {name}",
    receiving="Files are being brought in; wait until they are done",
    received="Uploaded files",
    stage={
        Stage.WAITING: "waiting",
        Stage.READING: "being read",
        Stage.ENCODING: "being encoded",
        Stage.SAME_NAME: "a document has this name: waiting for you to decide",
        Stage.BLOCKED: "not in the library yet",
        Stage.REFUSED: "refused",
        Stage.LEFT_OUT: "left out",
        Stage.DONE: "done",
    },
    outcome={
        Outcome.ADDED: "added: {title}, {passages} passages",
        Outcome.UPDATED: "updated: {title}, {passages} passages",
        Outcome.UNCHANGED: "already in the library: {title}",
        Outcome.MOVED: "already in the library: {title}; its original is back",
        Outcome.DUPLICATE: "same content as {title} ({name}), which is in the library",
    },
    progress="{stage}, {done} of {total}",
    colon=": ",
    stop=". ",
    tally="{done} done, {refused} refused, {open} not finished",
    same_name="The library has a document of this name and other content: "
    "{title} (ingested {ingested}).",
    replace="Replace it",
    keep_both="Keep both",
    leave_out="Leave the new one out",
    retry="Try again",
    clear="Clear",
    search="Find documents",
    search_hint="words of title, publisher or file name",
    count="{documents} documents, {passages} passages",
    found="{found} of {documents} documents",
    nothing_found="No document matches. Try another word, or empty the search box.",
    nothing_yet="The library is empty. Drop files above, and you can ask.",
    column={
        "title": "Title",
        "publisher": "Publisher",
        "date": "Date",
        "pages": "Pages",
        "passages": "Passages",
        "ingested": "Ingested",
        "standing": "Status",
    },
    standing={
        Standing.READY: "searchable",
        Standing.NO_ORIGINAL: "searchable, original gone",
        Standing.NO_PASSAGES: "nothing to search",
    },
    sort_by="sort by {column}",
    manage="Manage",
    manage_this="Manage {title}",
    more="Show {count} more",
    back="← All documents",
    facts="{name} · {passages} passages · {characters} characters · ingested {ingested}",
    pages="{pages} pages",
    details="Correct title, publisher and date",
    title="Title",
    publisher="Publisher",
    date="Date",
    save="Save",
    saved="Saved.",
    remove="Remove",
    confirm="Remove {title} from the library? Its {passages} passages will no longer be found; "
    "the file stays where it is.",
    confirm_uploaded="Remove {title} from the library? Its {passages} passages will no longer be "
    "found, and the uploaded file is deleted.",
    confirmed="Remove it",
    cancel="Keep it",
    removed="Removed: {title}.",
    gone="This document is no longer in the library.",
    passages="Passages",
    passages_search="Find passages",
    passages_hint="words of a passage or of its section titles",
    passages_count="{passages} passages, the first {shown} shown",
    passages_found="{found} passages match, the first {shown} shown",
    passage="No. {number}",
    kind={
        Kind.PROSE: "prose",
        Kind.TABLE: "table",
        Kind.FIGURE: "figure",
        Kind.FOOTNOTE: "footnote",
    },
)


def words_of(messages: Messages) -> DocumentsWords:
    """The tab's texts in the language of ``messages``."""
    return ENGLISH if messages.tag == "en" else CHINESE
