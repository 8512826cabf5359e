"""The texts of the page and of answers, in Chinese and in English; the example questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.talk_messages import TALK_CHINESE, TALK_ENGLISH, TalkMessages
from records import Address, Notice, Status

Language = Literal["zh", "en"]

# The questions suit the documents of corpus/, which are Chinese in either language.
EXAMPLES = (
    "2022 年我国数字城市产业总投资规模达到多少？",
    "2013 年我国数商企业约有多少家？",
    "F5G-A 让光网有什么变化？",
    "可信数据空间在我国处于什么阶段？",
    "公共数据授权运营有哪几种模式？",
)


@dataclass(frozen=True, slots=True)
class SignInMessages:
    """The texts of the form that asks who one is. ``refused`` doesn't tell which names exist."""

    sign_in: str
    sign_out: str
    user: str
    password: str
    refused: str


@dataclass(frozen=True, slots=True)
class Messages:
    """The texts of the page in one language; ``{…}`` is filled in with ``str.format``."""

    tag: str
    other_language: str
    title: str
    tagline: str
    to_content: str
    to_newest: str
    lost: str
    unsent: str
    sign_in: SignInMessages
    ask_tab: str
    documents_tab: str
    question: str
    placeholder: str
    ask: str
    scope: str
    scope_hint: str
    talk: TalkMessages
    examples: str
    welcome: str
    empty_library: str
    empty_library_hint: str
    ingest_command: str
    empty_question: str
    long_question: str
    nothing_to_search: str
    documents_gone: str
    unexpected: str
    searching: str
    citations: str
    to_citation: str
    back: str
    page: str
    open_source: str
    previous_page: str
    next_page: str
    as_text: str
    as_printed: str
    to_quote: str
    outline: str
    line: str
    row: str
    cells: str
    status: dict[Status, str]
    confident: str
    fairly_confident: str
    unconfident: str
    confidence: str
    refusal: str
    refusal_empty: str
    no_part: str
    nearest: str
    nearest_hint: str
    unverified: str
    passage_missing: str
    modes: dict[str, str]
    notices: dict[Notice, str]
    remarks: str


CHINESE = Messages(
    tag="zh-CN",
    other_language="English",
    title="有据",
    tagline="每一句回答，都能逐字核对原文",
    to_content="跳到输入框",
    to_newest="到最新的回答",
    lost="与服务器的连接断了。连上后页面会自动刷新，对话和没有答完的问题都会保留。",
    unsent="这个问题上次没有发出，或没有答完。请再发送一次。",
    sign_in=SignInMessages(
        sign_in="登录",
        sign_out="退出登录",
        user="用户名",
        password="密码",
        refused="用户名或密码不对。同一个用户名连续输错 5 次，要等 1 分钟才能再试，"
        "这期间即使密码正确也不能登录。",
    ),
    ask_tab="问答",
    documents_tab="文档",
    question="问题",
    placeholder="输入问题，按回车发送",
    ask="提问",
    scope="查找范围",
    scope_hint="不选则在全部文档中查找",
    talk=TALK_CHINESE,
    examples="可以这样问",
    welcome="在下方输入问题。回答由原文的句子组成，旁边的引用标出它在文档中的位置。",
    empty_library="资料库还是空的",
    empty_library_hint="请到“文档”页上传文档（PDF、DOCX、PPTX、XLSX、CSV、HTML、Markdown、TXT），或在命令行导入后刷新本页：",
    ingest_command="youju ingest 文件或文件夹",
    empty_question="请先输入问题。",
    long_question="问题有 {length} 字，上限是 {limit} 字，请缩短后再提问。",
    nothing_to_search="资料库还是空的，无从查找。请先到“文档”页上传文档，"
    "或在命令行运行 youju ingest 文件或文件夹。",
    documents_gone="选定的文档有的已不在资料库里。请到“文档”页看看现有的文档，再回来重新选择查找范围。",
    unexpected="出了意料之外的错误，这个问题没能回答。详情见启动有据的终端。",
    searching="正在查找…",
    citations="引用",
    to_citation="查看引用 {number}",
    back="回到答案",
    page="第 {page} 页",
    open_source="打开原文",
    previous_page="上一页",
    next_page="下一页",
    as_text="看文字",
    as_printed="看页面",
    to_quote="回到引文",
    outline="目录",
    line="第 {line} 段",
    row="第 {table} 个表格第 {row} 行",
    cells="单元格 {cells}",
    status={
        Status.VERBATIM: "逐字一致",
        Status.ALTERED: "与原文不同",
        Status.NOT_FOUND: "原文中没有",
    },
    confident="把握较大",
    fairly_confident="把握一般，请对照引用",
    unconfident="把握较小，请细看原文",
    confidence="{words}（{percent}%），用时 {milliseconds} 毫秒",
    refusal="资料库里没有找到这个问题的答案。",
    no_part="没有找到关于{name}的答案。",
    refusal_empty="也没有意思相近的段落。可以换一种说法，或导入相关的文档。",
    nearest="最接近的段落",
    nearest_hint="这些不是引用，未必能回答问题，仅供继续查找。",
    unverified="以下内容没有通过核对，不作为依据：",
    passage_missing="所在段落未显示",
    modes={"extractive": "摘录原文", "generated": "语言模型撰写，逐条核对"},
    notices={
        Notice.UNREACHABLE: "连不上语言模型，改由内置阅读器回答。请检查 llm.base_url。",
        Notice.TIMEOUT: "语言模型没有按时答完，改由内置阅读器回答。可以调大 llm.timeout。",
        Notice.REFUSED_KEY: "语言模型拒绝了密钥，改由内置阅读器回答。请检查环境变量里的密钥。",
        Notice.RATE_LIMITED: "语言模型的请求太频繁，改由内置阅读器回答。请稍后再问。",
        Notice.OUT_OF_QUOTA: "语言模型的额度已用完，改由内置阅读器回答。请充值或更换模型。",
        Notice.REFUSED_REQUEST: "语言模型不接受请求，改由内置阅读器回答。请检查 llm.base_url、"
        "llm.model 和 llm.context_tokens。",
        Notice.FAILED: "语言模型出了错，改由内置阅读器回答。请稍后再问。",
        Notice.CUT_OFF: "语言模型的回答没有写完，改由内置阅读器回答。可以调大 llm.max_tokens。",
        Notice.NONSENSE: "语言模型没有给出可读的回答，改由内置阅读器回答。请检查 llm.base_url 和 "
        "llm.model。",
        Notice.WRONG_LANGUAGE: "语言模型没有用问题的语言回答，改由内置阅读器回答。",
        Notice.OTHER_LANGUAGE: "文档是中文的，英文回答的文字无法与原文核对，以下以原文作答；"
        "语言模型写的内容列在后面，不作为依据。",
        Notice.NO_ROOM: "段落放不进语言模型的上下文，改由内置阅读器回答。"
        "可以调大 llm.context_tokens。",
        Notice.UNSUPPORTED: "语言模型写的内容多半在原文中找不到依据，改由内置阅读器回答。",
        Notice.DECLINED: "语言模型认为报告没有回答，但原文中很可能有答案，改由内置阅读器回答。",
        Notice.STOPPED: "已停止，回答到此为止，可能不完整。",
        Notice.UNTRANSLATED: "问题不是中文的，而文档是：下面是中文原文，未经翻译。"
        "用中文提问，通常找得更准。",
    },
    remarks="核对说明：",
)

ENGLISH = Messages(
    tag="en",
    other_language="中文",
    title="Youju 有据",
    tagline="Every sentence of an answer can be checked against its source",
    to_content="Skip to the box",
    to_newest="To the newest answer",
    lost="The connection to the server was lost. The page is loaded anew as soon as it is back; "
    "conversation and unanswered question are kept.",
    unsent="This question was not sent, or not answered, the last time: send it again.",
    sign_in=SignInMessages(
        sign_in="Sign in",
        sign_out="Sign out",
        user="User name",
        password="Password",
        refused="User name or password is wrong. After 5 wrong tries a name is closed for "
        "a minute, even to the right password.",
    ),
    ask_tab="Ask",
    documents_tab="Documents",
    question="Question",
    placeholder="Type a question; Enter sends it",
    ask="Ask",
    scope="Search in",
    scope_hint="all documents, unless some are chosen",
    talk=TALK_ENGLISH,
    examples="For example",
    welcome="Type a question below. An answer is made of sentences of the documents; "
    "the citations beside it show where they stand.",
    empty_library="The library is empty",
    empty_library_hint="Upload documents (PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, TXT) under "
    "Documents, or ingest them on the command line and reload this page:",
    ingest_command="youju ingest FILES-OR-FOLDERS",
    empty_question="Type a question first.",
    long_question="The question has {length} characters, the limit is {limit}: shorten it.",
    nothing_to_search="The library is empty, there is nothing to search: "
    "upload files under Documents, or run youju ingest FILES-OR-FOLDERS on the command line.",
    documents_gone="The library no longer holds some of the chosen documents: "
    "see under Documents what there is, then choose again where to search.",
    unexpected="Something unexpected went wrong and the question was not answered. "
    "The terminal that Youju was started in says more.",
    searching="Searching…",
    citations="Citations",
    to_citation="Show citation {number}",
    back="back to the answer",
    page="p. {page}",
    open_source="Open the source",
    previous_page="previous",
    next_page="next",
    as_text="as text",
    as_printed="as printed",
    to_quote="to the quote",
    outline="Outline",
    line="paragraph {line}",
    row="table {table}, row {row}",
    cells="cells {cells}",
    status={
        Status.VERBATIM: "verbatim",
        Status.ALTERED: "differs from the source",
        Status.NOT_FOUND: "not in the source",
    },
    confident="Confident",
    fairly_confident="Fairly confident: compare with the citations",
    unconfident="Not very confident: read the source",
    confidence="{words} ({percent}%), {milliseconds} ms",
    refusal="The library holds no answer to this question.",
    no_part="No answer was found about {name}.",
    refusal_empty="Nothing in it comes near, either: try other words, or ingest more documents.",
    nearest="Nearest passages",
    nearest_hint="These are not citations and may not answer the question.",
    unverified="This did not pass the check and is no evidence:",
    passage_missing="passage not shown",
    modes={
        "extractive": "quoted from the documents",
        "generated": "written by the language model, every claim checked",
    },
    notices={
        Notice.UNREACHABLE: "The language model can't be reached; the built-in reader answers. "
        "Check llm.base_url and the service behind it.",
        Notice.TIMEOUT: "The language model didn't finish in time; the built-in reader answers. "
        "llm.timeout may be raised.",
        Notice.REFUSED_KEY: "The language model refused the key; the built-in reader answers. "
        "Check the key in the environment.",
        Notice.RATE_LIMITED: "The language model is asked too often; the built-in reader answers. "
        "Ask again later.",
        Notice.OUT_OF_QUOTA: "The language model's quota is used up; the built-in reader answers. "
        "Top it up, or choose another.",
        Notice.REFUSED_REQUEST: "The language model refused the request; the built-in reader "
        "answers. Check llm.base_url, llm.model and llm.context_tokens.",
        Notice.FAILED: "The language model failed; the built-in reader answers. Ask again later.",
        Notice.CUT_OFF: "The language model's answer broke off; the built-in reader answers. "
        "llm.max_tokens may be raised.",
        Notice.NONSENSE: "The language model gave nothing readable; the built-in reader answers. "
        "Check llm.base_url and llm.model.",
        Notice.WRONG_LANGUAGE: "The language model answered in another language than the "
        "question's; the built-in reader answers.",
        Notice.OTHER_LANGUAGE: "The documents are in Chinese, so the words of an English answer "
        "can't be checked against them: the quotes are the answer. What the language model wrote "
        "is listed below, without citations.",
        Notice.NO_ROOM: "The passages don't fit into the language model's context; the "
        "built-in reader answers. Raise llm.context_tokens.",
        Notice.UNSUPPORTED: "Most of what the language model wrote is not supported by the "
        "documents; the built-in reader answers.",
        Notice.DECLINED: "The language model found no answer in the documents, but they probably "
        "hold one; the built-in reader answers.",
        Notice.STOPPED: "Stopped here: the answer may be incomplete.",
        Notice.UNTRANSLATED: "The documents are in Chinese and the question is not: what follows "
        "is quoted in Chinese, without translation. Asked in Chinese, more is found.",
    },
    remarks="Notes on the check:",
)

MESSAGES: dict[str, Messages] = {"zh": CHINESE, "en": ENGLISH}


def confidence_words(confidence: float, messages: Messages) -> str:
    """What a confidence in 0..1 means to a reader."""
    if confidence >= 0.8:
        return messages.confident
    return messages.fairly_confident if confidence >= 0.6 else messages.unconfident


def address_words(address: Address, messages: Messages) -> str:
    """Where to look in the file: the page, the row of a table, or else the paragraph."""
    facts = []
    if address.page is not None:
        facts.append(messages.page.format(page=address.page))
    if address.cells:
        facts.append(messages.cells.format(cells=address.cells))
    elif address.table:
        facts.append(messages.row.format(table=address.table, row=address.row))
    elif address.page is None and address.line:
        facts.append(messages.line.format(line=address.line))
    return " · ".join(facts)
