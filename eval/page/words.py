"""The texts of the evaluation tab, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.messages import Messages
from eval.background import State
from eval.causes import Cause
from eval.review import Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """The texts in one language; ``{…}`` is filled in with ``str.format``."""

    tag: str
    tab: str
    runs_tab: str
    compare_tab: str
    draft_tab: str
    start_title: str
    start_hint: str
    set: str
    choose_set: str
    upload: str
    kept: str
    template: str
    run_name: str
    run_name_hint: str
    start: str
    stop: str
    resume: str
    refresh: str
    no_set: str
    states: dict[State, str]
    progress: str
    left: str
    runs: str
    no_runs: str
    unfinished: str
    interrupted: str
    columns: tuple[str, str, str, str]
    interval: str
    chosen_run: str
    files: str
    open_report: str
    measure: str
    mean: str
    count: str
    kinds: str
    splits: str
    none: str
    refusals: str
    failures: str
    no_failures: str
    right: str
    choose_question: str
    gold: str
    unanswerable: str
    unjudged: str
    evidence: str
    alternatives: str
    document: str
    answer: str
    refused: str
    failed: str
    confidence: str
    citations: str
    no_citations: str
    passages: str
    no_passages: str
    rank: str
    open_source: str
    page: str
    causes: dict[Cause, tuple[str, str]]
    first: str
    second: str
    compare: str
    compare_hint: str
    choose_two: str
    difference: str
    adjusted: str
    worse: str
    better: str
    flipped: str
    none_flipped: str
    turned_right: str
    turned_wrong: str
    draft_hint: str
    documents: str
    all_documents: str
    most: str
    draft: str
    nothing_drafted: str
    drafted: str
    verdicts: dict[Verdict, str]
    question: str
    answers: str
    accept: str
    reject: str
    previous: str
    next: str
    quote: str
    quote_missing: str
    draft_unanswerable: str
    set_name: str
    save: str
    saved: str
    measures: Mapping[str, str] = field(default_factory=dict)


CHINESE = Words(
    tag="zh-CN",
    tab="评测",
    runs_tab="运行",
    compare_tab="比较",
    draft_tab="出题",
    start_title="开始一次评测",
    start_hint="逐题提问，按标准答案和依据打分。可以离开本页，评测会继续；停止后可以接着做。",
    set="问题集",
    choose_set="选择问题集",
    upload="上传问题集",
    kept="“{name}”已存下，共 {count} 题。",
    template="样表下载：",
    run_name="名称",
    run_name_hint="不填则用问题集的名字",
    start="开始评测",
    stop="停止",
    resume="接着做",
    refresh="刷新",
    no_set="请先选择或上传一个问题集。",
    states={
        State.RUNNING: "正在评测",
        State.STOPPING: "正在停止",
        State.STOPPED: "已停止",
        State.FINISHED: "已完成",
        State.FAILED: "没有做完",
    },
    progress="{done} / {total} 题",
    left="约剩 {time}",
    runs="评测记录",
    no_runs="还没有评测。",
    unfinished="未完成，已答 {done} 题",
    interrupted="在命令行再运行一次可接着做",
    columns=("名称", "问题集", "时间", "题数"),
    interval="95% 区间",
    chosen_run="评测“{name}”",
    files="下载",
    open_report="打开报告",
    measure="指标",
    mean="均值 %",
    count="题数",
    kinds="按类型",
    splits="按分组",
    none="未注明",
    refusals="拒答：准确率 {precision}%，召回率 {recall}%，误拒 {wrongly}%",
    failures="答错的问题",
    no_failures="没有答错的问题。",
    right="答对或未判的问题",
    choose_question="点一个问题，看回答、依据和出错的环节。",
    gold="标准答案",
    unanswerable="资料库不能回答，应当拒答",
    unjudged="没有给出标准答案",
    evidence="依据原文",
    alternatives="其他依据",
    document="文件",
    answer="有据的回答",
    refused="拒答",
    failed="提问出错",
    confidence="把握 {percent}%，用时 {milliseconds} 毫秒",
    citations="引用",
    no_citations="没有引用",
    passages="找到的段落（依据已标出）",
    no_passages="没有找到段落",
    rank="第 {rank} 名",
    open_source="打开原文",
    page="第 {page} 页",
    causes={
        Cause.NONE: ("答对", "回答正确，或没有标准答案可以对照。"),
        Cause.FAILED: ("出错", "提问时出了错，没有回答。"),
        Cause.PARSING: ("解析", "依据的原文没有出现在解析出的文字里。"),
        Cause.SPLITTING: ("切分", "依据被切到了几个段落里，没有一个段落完整包含它。"),
        Cause.RETRIEVAL: ("检索", "含有依据的段落没有进入候选。"),
        Cause.RANKING: ("排序", "含有依据的段落在候选里，但排在后面，没有交给阅读。"),
        Cause.GATE: ("核对", "引文没有通过逐字核对，因此没有回答。"),
        Cause.REFUSED: ("误拒", "依据已经找到，却因把握不足而拒答。"),
        Cause.READING: ("阅读", "依据已经找到，但读出的答案不对。"),
        Cause.ANSWERED: ("误答", "资料库不能回答的问题，却给出了回答。"),
    },
    first="第一次（基准）",
    second="第二次",
    compare="比较",
    compare_hint="选同一套问题的两次评测，逐题比较：差多少、是不是偶然、哪些题变了。",
    choose_two="请选择两次评测。",
    difference="差（百分点）",
    adjusted="p（Holm）",
    worse="变差，不像偶然",
    better="变好，不像偶然",
    flipped="结果变了的问题：{count} 题",
    none_flipped="没有一题由对变错或由错变对。",
    turned_right="错 → 对",
    turned_wrong="对 → 错",
    draft_hint="从文档里自动起草一套问题，四分之一是不能回答的。请逐题审阅，接受的才会存下。",
    documents="文档",
    all_documents="不选则用全部文档",
    most="最多几题",
    draft="起草",
    nothing_drafted="从这些文档里没能起草出问题。请选别的文档。",
    drafted="第 {at} 题，共 {count} 题 · 接受 {accepted} · 不要 {rejected} · 未审 {open}",
    verdicts={Verdict.OPEN: "未审", Verdict.ACCEPTED: "已接受", Verdict.REJECTED: "不要"},
    question="问题",
    answers="答案（每行一个，最短的写法在前）",
    accept="接受",
    reject="不要",
    previous="上一题",
    next="下一题",
    quote="依据在原文中的位置",
    quote_missing="原文已不在资料库里。",
    draft_unanswerable="这一题应当不能回答：请确认文档里确实没有答案。",
    set_name="问题集名称",
    save="保存接受的问题",
    saved="已存为“{name}”，共 {count} 题，可在“运行”里选用。下载：",
    measures={
        "correct": "答对",
        "evidence@1": "依据在前 1 段",
        "evidence@3": "依据在前 3 段",
        "evidence@10": "依据在前 10 段",
        "rr@10": "依据的倒数排名",
        "ndcg@10": "排序质量 nDCG",
        "citation recall": "依据被引用",
        "citation precision": "引用是依据",
        "exact": "完全一致",
        "f1": "字面重合 F1",
        "holds": "包含标准答案",
        "amount": "数值与单位一致",
        "list precision": "列举准确率",
        "list recall": "列举召回率",
        "verbatim": "引文逐字一致",
    },
)

ENGLISH = Words(
    tag="en",
    tab="Evaluation",
    runs_tab="Runs",
    compare_tab="Compare",
    draft_tab="Draft",
    start_title="Start a run",
    start_hint="Asks every question and scores it against gold answers and evidence. You may "
    "leave this page, the run goes on; a stopped run can be continued.",
    set="Question set",
    choose_set="choose a set",
    upload="Upload a set",
    kept="{name} is kept, with {count} questions.",
    template="Template:",
    run_name="Name",
    run_name_hint="the set's name, unless given",
    start="Start",
    stop="Stop",
    resume="Continue",
    refresh="Refresh",
    no_set="Choose or upload a question set first.",
    states={
        State.RUNNING: "Running",
        State.STOPPING: "Stopping",
        State.STOPPED: "Stopped",
        State.FINISHED: "Finished",
        State.FAILED: "Failed",
    },
    progress="{done} of {total} questions",
    left="about {time} left",
    runs="Runs",
    no_runs="No runs yet.",
    unfinished="unfinished, {done} answered",
    interrupted="start it again on the command line to continue",
    columns=("Name", "Set", "When", "Questions"),
    interval="95% interval",
    chosen_run="Run {name}",
    files="Download",
    open_report="Open the report",
    measure="Measure",
    mean="Mean %",
    count="n",
    kinds="By kind",
    splits="By split",
    none="not given",
    refusals="Refusals: precision {precision}%, recall {recall}%, wrongly refused {wrongly}%",
    failures="Wrong answers",
    no_failures="No answer is wrong.",
    right="Right, or not judged",
    choose_question="Choose a question to see answer, evidence, and where it went wrong.",
    gold="Gold",
    unanswerable="Can't be answered from the library: to be refused",
    unjudged="No gold was given",
    evidence="Evidence",
    alternatives="Other evidence",
    document="File",
    answer="Youju's answer",
    refused="Refused",
    failed="The question failed",
    confidence="confidence {percent}%, {milliseconds} ms",
    citations="Citations",
    no_citations="No citations",
    passages="Passages found (evidence marked)",
    no_passages="No passages were found",
    rank="rank {rank}",
    open_source="Open the source",
    page="p. {page}",
    causes={
        Cause.NONE: ("right", "The answer is right, or there is no gold to judge it by."),
        Cause.FAILED: ("failed", "Asking raised an error; there is no answer."),
        Cause.PARSING: ("parsing", "The evidence isn't in the text that was read from the file."),
        Cause.SPLITTING: ("splitting", "The evidence was cut apart: no passage holds all of it."),
        Cause.RETRIEVAL: ("retrieval", "No passage with the evidence came among the candidates."),
        Cause.RANKING: ("ranking", "The evidence was a candidate, but too low to be read."),
        Cause.GATE: ("gate", "The quotes weren't verbatim, so nothing was answered."),
        Cause.REFUSED: ("wrongly refused", "The evidence was found, yet confidence was too low."),
        Cause.READING: ("reading", "The evidence was found, but the answer read from it is wrong."),
        Cause.ANSWERED: ("wrongly answered", "Can't be answered from the library, yet was."),
    },
    first="First (baseline)",
    second="Second",
    compare="Compare",
    compare_hint="Choose two runs of the same questions: how much they differ, whether by "
    "chance, and which questions flipped.",
    choose_two="Choose two runs.",
    difference="Difference (points)",
    adjusted="p (Holm)",
    worse="worse, hardly by chance",
    better="better, hardly by chance",
    flipped="Questions that flipped: {count}",
    none_flipped="No question turned from right to wrong or from wrong to right.",
    turned_right="wrong → right",
    turned_wrong="right → wrong",
    draft_hint="Drafts a question set from documents, a quarter of it unanswerable. Review each "
    "question: only accepted ones are saved.",
    documents="Documents",
    all_documents="all, unless some are chosen",
    most="Questions at most",
    draft="Draft",
    nothing_drafted="No question could be drafted from these documents: choose others.",
    drafted="Question {at} of {count} · {accepted} accepted · {rejected} rejected · {open} open",
    verdicts={
        Verdict.OPEN: "open",
        Verdict.ACCEPTED: "accepted",
        Verdict.REJECTED: "rejected",
    },
    question="Question",
    answers="Answers (one a line, the shortest form first)",
    accept="Accept",
    reject="Reject",
    previous="Previous",
    next="Next",
    quote="The evidence in its document",
    quote_missing="The library no longer holds the document.",
    draft_unanswerable="To be unanswerable: make sure that the documents don't hold an answer.",
    set_name="Name of the set",
    save="Save the accepted ones",
    saved="Saved as {name} with {count} questions; it can be chosen under Runs. Download:",
)

_WORDS = {"zh": CHINESE, "en": ENGLISH}


def words_of(language: str) -> Words:
    """The texts in zh or en."""
    return _WORDS[language]


def said(messages: Messages) -> Words:
    """The texts in the language of the page's own."""
    return _WORDS[messages.tag[:2]]
