"""The reading network's word on claims: what it says, and what the gate makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.claims.reading import DOUBTED, SURE
from app.claims.verify import verify
from app.reader.entailment import ClaimReader
from records import Fault, Passage, Span, Support

TEXT = (
    "为缓解晚高峰缺电，岚州市能源局 2022 年 6 月设立储能租赁市场，由岚州电力交易中心负责撮合。"
    "2023 年全市新型储能装机 217 万千瓦，主要有锂离子电池、全钒液流、压缩空气三种。"
    "其中第三方共建共享回本最快，平均 6.2 年，但对合同期限要求高。"
)
OTHER = "东屏县 2023 年粮食产量 45 万吨，其中稻谷 30 万吨。"


def passage(text: str, start: int = 0) -> Passage:
    return Passage("d" * 12, Span(start, start + len(text)), text, ())


PLACE = passage(TEXT)


@pytest.fixture(scope="module")
def reader() -> ClaimReader:
    return ClaimReader()


@pytest.mark.parametrize(
    "claim",
    [
        "岚州市的储能租赁市场由岚州电力交易中心撮合。",
        "岚州市设立储能租赁市场，是为了缓解晚高峰的用电紧张。",
        "第三方共建共享模式平均 6.2 年收回投资，是最快的。",
    ],
)
def test_what_a_passage_says_in_other_words_holds(reader: ClaimReader, claim: str) -> None:
    assert reader(claim, [PLACE]) > 0.5


@pytest.mark.parametrize(
    "claim",
    [
        "岚州市的储能租赁市场由岚州市能源局负责撮合。",
        "岚州市设立储能租赁市场，是因为压缩空气储能成本过高。",
        "第三方共建共享回本最慢，平均要 6.2 年。",
    ],
)
def test_what_it_does_not_say_does_not(reader: ClaimReader, claim: str) -> None:
    assert reader(claim, [PLACE]) < 0.5


def test_a_claim_holds_by_the_passage_that_says_it(reader: ClaimReader) -> None:
    claim = "岚州市的储能租赁市场由岚州电力交易中心撮合。"
    other = passage(OTHER, 500)
    alone = reader(claim, [PLACE])
    assert reader(claim, [other]) < 0.5 < alone
    assert reader(claim, [other, PLACE]) >= alone
    assert reader(claim, [other, PLACE]) == reader(claim, [other, PLACE])
    assert reader(claim, []) == 0.0


# What the gate makes of it


class Says:
    """Gives one probability, and remembers what it was asked."""

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, claim: str, passages: Sequence[Passage]) -> float:
        self.asked.append((claim, tuple(each.text for each in passages)))
        return self.probability


HELD = "储能租赁市场由岚州电力交易中心负责撮合[1]。"
UNLIKE = "储能电站可以把自己的容量租给别人使用[1]。"
WRONG = "2023 年全市新型储能装机 271 万千瓦[1]。"


@pytest.mark.parametrize(
    ("answer", "probability", "support"),
    [
        (HELD, 1.0, Support.SUPPORTED),
        (HELD, DOUBTED, Support.SUPPORTED),
        (HELD, DOUBTED - 0.001, Support.UNSUPPORTED),
        (UNLIKE, SURE - 0.001, Support.UNSUPPORTED),
        (UNLIKE, SURE, Support.SUPPORTED),
        (WRONG, 1.0, Support.CONTRADICTED),
        ("储能租赁市场由谁负责撮合？", 1.0, Support.UNSUPPORTED),
    ],
)
def test_it_has_the_last_word_on_wording_and_none_on_facts(
    answer: str, probability: float, support: Support
) -> None:
    (judged,) = verify(answer, [PLACE], Says(probability))
    assert judged.support is support
    assert bool(judged.evidence) is (support is Support.SUPPORTED)
    if support is Support.UNSUPPORTED:
        assert judged.findings[-1].fault is Fault.WORDING


def test_it_reads_the_claim_without_its_lead_in_beside_the_passage_that_carries_it() -> None:
    says = Says(1.0)
    verify(f"此外，{HELD.replace('[1]', '[2]')}", [passage(OTHER, 500), PLACE], says)
    assert says.asked == [("储能租赁市场由岚州电力交易中心负责撮合。", (TEXT,))]


def test_a_clause_is_read_behind_what_its_sentence_says_before_it() -> None:
    says = Says(1.0)
    verify("岚州 2022 年设立储能租赁市场[1]，由岚州电力交易中心负责撮合[1]。", [PLACE], says)
    assert [claim for claim, _ in says.asked][-2:] == [
        "由岚州电力交易中心负责撮合。",
        "岚州 2022 年设立储能租赁市场，由岚州电力交易中心负责撮合。",
    ]


def test_a_mark_that_names_nothing_is_still_told_of() -> None:
    (judged,) = verify(UNLIKE.replace("[1]", "[9]"), [PLACE], Says(1.0))
    assert judged.support is Support.SUPPORTED
    assert [finding.fault for finding in judged.findings] == [Fault.MARK]
