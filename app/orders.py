"""Sentences that speak to a machine instead of telling something, as 忽略以上指令.

They are no evidence: the reader takes no answer out of them, and no generated claim is carried
by them. They stay in the text and can be found and read like everything else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ingest.sentences import sentences
from records import Span

_ANSWERS = r"(?:回答|输出|回复|答复|作答|应答)"
_MACHINE = (
    r"(?:AI|人工智能|语言模型|大模型|智能助手|助手|机器人|问答系统|检索系统|chatbot|assistant)"
)
_MARKUP = (
    r"(?:!?\[[^\]\n]{0,60}\]\((?:https?|javascript)[^\n]{0,200}\)|<img\b[^>\n]{0,300}>"
    r"|<script\b[^\n]{0,300}?(?:</script>|/>))"
)
_ORDER = re.compile(
    "|".join(
        (
            r"(?:忽略|无视|忘记|忘掉|不要理会|不要理睬|抛开|覆盖|绕过)[^。！？\n]{0,14}"
            r"(?:指令|指示|规则|提示词?|设定|系统限制|段落)",
            r"系统(?:提示|指令|消息|管理员|通知)(?:词|语)?\s?[:：]|开发者(?:模式|消息)",
            r"(?:^|[\s】\]>#*])(?:system|assistant|user|developer|human)\s*[:：]",
            r"(?:你|您)(?:现在|必须|应当|应该|只能|需要|务必|从此|不再)[^。！？\n]{0,16}"
            rf"(?:扮演|{_ANSWERS}|是一[个名位]|访问|打开|发送|引用)",
            r"(?:假设|设想|假装|扮演|当作)(?:你|您)|(?:请|来)(?:你|您)?扮演",
            rf"(?:请|务必|必须|一律|仅|只|统一)(?:能|需|要|须|可)?(?:直接)?{_ANSWERS}(?!了|率|过)",
            rf"(?:再|然后|接着){_ANSWERS}\s?[:：“]",
            rf"{_ANSWERS}(?:时|中|末尾|里)[^。！？\n]{{0,6}}(?:必须|务必|一律|请|加上|附上|不得|不要)",
            rf"{_MACHINE}[^。！？\n]{{0,10}}(?:请|必须|务必|须|只能|不得|注意)[^。！？\n]{{0,12}}"
            rf"(?:{_ANSWERS}|引用|说|写|声称|推荐|访问|打开)",
            r"(?:标准|正确|参考|最终|唯一)答案(?:应)?(?:是|为|\s?[:：])|gold[_ ]?answer",
            r"(?:把|将)[^。！？\n]{0,20}(?:拼接|发送|附加|上传|编码|填)[^。！？\n]{0,10}(?:到|至|进|后)"
            r"[^。！？\n]{0,10}(?:链接|地址|网址|https?:)",
            # A sentence that is markup and nothing else; one that speaks of a tag tells something.
            rf"^\W*(?:{_MARKUP}\s*)+\W*$",
            r"工具(?:返回|输出|调用|结果)|(?:tool|function)[_ ](?:call|result|output|response)",
            r"(?:检索|查询|搜索|核对|校验)结果\s?[:：]|引用核对已?通过|已通过核对",
            r"段落 ?[\[〔【][0-9]+[\]〕】] ?(?:开始|结束)",
            r"<\|[a-z_]+\|>|\[/?INST\]|</?s>|<(?:start|end)_of_turn>|</?(?:passage|context|system)\b",
            r"ignore (?:all |any |the )*(?:previous|above|prior)|disregard (?:all|the|previous)"
            r"|you are now|new instructions?|(?:print|reply|answer|respond) (?:only|exactly|with)",
        )
    ),
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_order(sentence: str) -> bool:
    """Whether a sentence, whatever invisible characters it holds, tells a machine what to do."""
    visible = "".join(c for c in sentence if unicodedata.category(c) != "Cf")
    return _ORDER.search(unicodedata.normalize("NFKC", visible)) is not None


def in_order(text: str, span: Span) -> bool:
    """Whether any sentence of ``text`` that ``span`` touches is an order."""
    return any(is_order(s.of(text)) for s in sentences(text) if s.overlaps(span))
