"""How the reader is trained: data, made questions, items, network, export, calibration."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from app.reader.places_named import named_places
from app.reader.spans import HOLDS
from app.reader.tokens import tokenize
from app.reader.windows import windows
from eval.comprehension import exact_match, f1
from eval.training import calibrate, judged, sources
from eval.training.cases import with_another_place, with_another_year
from eval.training.export import Precision, graph, weights_of
from eval.training.made import QuestionMaker
from eval.training.mixture import Item, batches, claim_item, collate, epoch, item, of_claims
from eval.training.monitor import claim_scores
from eval.training.negatives import misses, wrong
from eval.training.network import SpanNetwork, loss, span_scores
from eval.training.plan import counts, planned, trained_on
from eval.training.recipes import Recipe, Round
from eval.training.sources import Paragraph, Question, passages
from eval.training.tables import tables
from eval.training.train import averaged, train
from eval.training.written import Claim, claims, written
from index.encoder import BundledEncoder, Encoder
from records import Span

NEWS = (
    "2023年7月28日，正文：青湾市统计局7月28日发布数据，2022年青湾市数字产业投资规模达到4.5亿元，"
    "同比增长40.6%。由于新建三座数据中心，青湾市用电量明显上升。全市重点产业包括智能制造、"
    "海洋经济、现代物流和港口服务等产业，企业数量超过1200家。为了提高治理水平，"
    "青湾市出台《数字城市行动计划》。" + "各区陆续开展建设，项目进展顺利，群众反映良好。" * 12
)

# --- the metric


@pytest.mark.parametrize(
    ("answer", "references", "em", "overlap"),
    [
        ("《报告》", ["报告"], 1.0, 1.0),
        ("Abc", ["abc"], 1.0, 1.0),
        ("1.8万亿元", ["1.8万亿元"], 1.0, 1.0),
        ("投资达1.8万亿元", ["1.8万亿元"], 0.0, 8 / 11),
        ("甲乙丙", ["丙乙甲"], 0.0, 1 / 3),  # a contiguous run, not a bag
        ("", ["甲"], 0.0, 0.0),
        ("乙", ["甲", "乙"], 1.0, 1.0),
    ],
)
def test_the_metric_of_cmrc(answer: str, references: list[str], em: float, overlap: float) -> None:
    assert exact_match(answer, references) == em
    assert f1(answer, references) == pytest.approx(overlap)


# --- data


def squad(folder: Path, text: str, questions: list[dict[str, object]]) -> None:
    article = {"title": "甲", "paragraphs": [{"context": text, "qas": questions}]}
    (folder / "drcd_dev.json").write_text(json.dumps({"data": [article]}), encoding="utf-8")


def test_a_set_is_read_simplified_and_what_is_misplaced_is_left_out(tmp_path: Path) -> None:
    text = "梵語是印歐語系的一種。"
    right = {"text": "印歐語系", "answer_start": 3}
    squad(
        tmp_path,
        text,
        [
            {"id": "1", "question": "梵語屬於？", "answers": [right]},
            {"id": "2", "question": "錯？", "answers": [right | {"answer_start": 5}]},
            {"id": "3", "question": "無？", "answers": [], "is_impossible": True},
        ],
    )
    one, three = sources.read(tmp_path, "drcd_dev")
    assert one.text == "梵语属于？"
    assert [answer.of(one.paragraph.text) for answer in one.answers] == ["印欧语系"]
    assert one.references == ("印欧语系",)
    assert three.answers == ()


def test_a_title_is_always_in_the_same_part() -> None:
    parts = {title: sources.part_of(title, 0.5) for title in map(str, range(200))}
    assert set(parts.values()) == {"train", "tune", "test"}
    assert parts == {title: sources.part_of(title, 0.5) for title in parts}


def made_questions(tmp_path: Path) -> list[Question]:
    file = tmp_path / "news_part_1.txt"
    file.write_text(NEWS + "\n", encoding="utf-8")
    maker = QuestionMaker(3)
    return [q for p in maker.paragraphs(file, 1) for q in maker.questions(p, 12)]


def test_made_questions_are_answered_where_they_say_and_not_by_themselves(tmp_path: Path) -> None:
    made = made_questions(tmp_path)
    kinds = {question.id.split("-")[-1] for question in made if question.answers}
    assert {"amount", "date", "list", "purpose"} <= kinds
    for question in made:
        for answer in question.answers:
            assert answer.of(question.paragraph.text) in question.references
    assert [q.text for q in made] == [q.text for q in made_questions(tmp_path)]


def test_a_near_miss_asks_for_what_the_paragraph_does_not_hold(tmp_path: Path) -> None:
    by_id = {question.id: question for question in made_questions(tmp_path)}
    misses = [question for question in by_id.values() if not question.answers]
    assert misses
    for miss in misses:
        assert miss.text != by_id[miss.id.removesuffix("-miss")].text


def test_questions_on_tables_are_answered_by_a_whole_cell() -> None:
    made = list(tables(60, random.Random(5)))
    assert made == list(tables(60, random.Random(5)))
    answered = [question for question in made if question.answers]
    assert 60 < len(answered) < 120  # two of each table, one where figures are compared
    for question in answered:
        (answer,) = question.answers
        paragraph = question.paragraph
        assert question.references == (answer.of(paragraph.text),)
        assert answer in [cell.span for cell in paragraph.cells]
        assert question.text not in paragraph.title
    unanswered = [question for question in made if not question.answers]
    assert len(unanswered) > len(answered)
    assert all(question.paragraph.cells for question in unanswered)


def test_written_questions_are_answered_where_they_say_or_not_at_all(tmp_path: Path) -> None:
    questions = list(written(tmp_path))
    assert len({q.id for q in questions}) == len(questions) > 500
    assert 0.1 < sum(not q.answers for q in questions) / len(questions) < 0.5
    for question in questions:
        for answer, said in zip(question.answers, question.references, strict=True):
            assert answer.of(question.paragraph.text) == said == said.strip(" ，。；、")
    assert {q.paragraph.part for q in questions} == {"train", "tune", "test"}


def test_claims_are_written_on_the_same_passages_and_half_of_them_hold(tmp_path: Path) -> None:
    found = list(claims(tmp_path))
    asked = {question.paragraph for question in written(tmp_path)}
    assert len(found) > 500
    assert {claim.paragraph for claim in found} <= asked
    assert 0.4 < sum(claim.holds for claim in found) / len(found) < 0.6
    assert {claim.paragraph.part for claim in found} == {"train", "tune", "test"}


def test_questions_are_written_on_paragraphs_that_are_trained_on_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    monkeypatch.setattr("eval.training.written.FOLDER", folder)
    titles = {sources.part_of(title, 0.25): title for title in map(str, range(40))}
    paragraphs = {part: f"{int(title):03}号桥建于1905年。" for part, title in titles.items()}
    built = {"id": "1", "question": "何时？", "answers": [{"text": "1905", "answer_start": 7}]}
    raw = [
        {"title": titles[part], "paragraphs": [{"context": text, "qas": [built]}]}
        for part, text in paragraphs.items()
    ]
    (tmp_path / "cmrc2018_trial.json").write_text(json.dumps({"data": raw}), encoding="utf-8")
    asked = [{"question": "哪一年建的？", "kind": "date", "answer": [0, 2]}]
    (folder / "encyclopedia.jsonl").write_text(
        "\n".join(
            json.dumps(
                {"article": sources.identified(text), "span": [3, len(text)], "questions": asked}
            )
            for text in paragraphs.values()
        ),
        encoding="utf-8",
    )
    (question,) = written(tmp_path)
    assert question.paragraph.part == "train"
    assert question.paragraph.title == titles["train"]
    assert paragraphs["train"].endswith(question.paragraph.text)


def test_another_year_is_one_that_the_text_does_not_name() -> None:
    text = "2022 年投资 30 亿元，2023 年 40 亿元，2021 年 20 亿元。"
    assert with_another_year("2022 年投资多少？", text) == "2024 年投资多少？"
    assert with_another_year("投资多少？", text) is None


def test_another_place_is_one_that_the_text_does_not_name() -> None:
    places = named_places(["广东省", "产业", "中国"])
    assert places == {"广东"}
    text = "甘肃和广东各有 3 家。"
    assert with_another_place("广东省有几家？", text, places) == "吉林省有几家？"
    assert with_another_place("广东省有几家？", text, places, ["甘肃", "海南"]) == "海南省有几家？"
    assert with_another_place("有几家？", text, []) is None


# --- items


TEXT = "2022 年，甲地投资 30 亿元。乙地投资 50 亿元，增长 8%。" * 9
PARAGRAPH = Paragraph("p", "drcd_dev", "产业", TEXT, "train")
AT = TEXT.index("50 亿元")
QUESTION = Question("q", "乙地投资多少？", PARAGRAPH, (Span(AT, AT + 5),), ("50 亿元",))


def gold_text(made: Item, text: str) -> str:
    assert made.gold is not None
    first, last = (at - made.window.first for at in made.gold)
    return text[made.window.spans[first].start : made.window.spans[last].end]


def test_the_gold_tokens_are_the_answer() -> None:
    made = item(QUESTION.text, "产业", tokenize(TEXT), QUESTION.answers[0])
    assert gold_text(made, TEXT) == "50 亿元"
    assert item(QUESTION.text, "", tokenize(TEXT), None).gold is None


def test_an_epoch_holds_answered_questions_and_wrong_passages() -> None:
    other = replace(PARAGRAPH, text="丙地没有投资。")
    always = Recipe(drcd=1.0, wrong_passage=1.0)
    items = epoch([QUESTION], {"q": [other]}, always, random.Random(1))
    assert sorted(made.gold is None for made in items) == [False, True]


@pytest.mark.parametrize("title", ["产业", ""])
def test_a_wrong_passage_has_a_title_where_the_right_one_has(title: str) -> None:
    asked = replace(QUESTION, paragraph=replace(PARAGRAPH, title=title))
    other = replace(PARAGRAPH, title="丙地", text="丙地没有投资。")
    always = Recipe(drcd=1.0, wrong_passage=1.0, with_title=1.0)
    items = epoch([asked], {"q": [other]}, always, random.Random(1))
    (wrong,) = [made.window for made in items if made.gold is None]
    beside = item(asked.text, other.title if title else "", tokenize(other.text), None)
    assert wrong == beside.window


def test_wrong_passages_have_titles_and_are_of_known_paragraphs() -> None:
    near = replace(PARAGRAPH, id="near", title="丙地", text="丙地没有投资。")
    right = replace(PARAGRAPH, id="right", text="乙地投资 50 亿元。")
    held_out = replace(PARAGRAPH, id="held out", text="丁地没有投资。")
    found = [passage for each in (held_out, right, near) for passage in passages(each)]
    known = {PARAGRAPH, near, right}
    assert misses([QUESTION], {"q": found}, known) == {"q": [near]}
    long = replace(PARAGRAPH, id="long", text=TEXT + "戊地也没有投资。" * 60)
    siblings = misses([replace(QUESTION, paragraph=long)], {}, {long})["q"]
    assert siblings
    for each in siblings:
        assert each.title == long.title
        assert each.text in long.text
        assert "50 亿元" not in each.text


def test_nothing_is_made_of_an_article_that_a_passage_is_held_out_of(tmp_path: Path) -> None:
    (tmp_path / "news_part_1.txt").write_text(NEWS + "\n", encoding="utf-8")
    recipe, text = Recipe(articles=1), "青湾市用电量明显上升。"
    asked = {
        part: replace(QUESTION, paragraph=replace(PARAGRAPH, part=part, text=text))
        for part in ("train", "test")
    }
    alone, *made = trained_on([asked["train"]], [], recipe, tmp_path, 3)
    assert alone == asked["train"]
    assert made
    assert trained_on([asked["test"]], [], recipe, tmp_path, 3) == []
    claim = Claim(text, asked["test"].paragraph, True)
    assert trained_on([asked["train"]], [claim], recipe, tmp_path, 3) == [alone]


def test_a_plan_holds_each_of_its_epochs() -> None:
    always = Round(Recipe(drcd=1.0, wrong_passage=0.0), 3, 1e-4)
    plan = planned([QUESTION], [], {}, always, 3200, 1)
    assert counts(plan)["items"] == counts(plan)["steps"] == 3


CLAIMS = [
    Claim(f"乙地{number}投资 50 亿元。", replace(PARAGRAPH, id=f"p{number}"), number % 2 == 0)
    for number in range(40)
]


def test_a_claim_is_read_beside_its_passage_or_is_false_of_another() -> None:
    texts = {number: f"乙地{number}投资了 50 亿元，丙地没有。" for number in range(40)}
    said = [
        Claim(f"乙地{n}投资 50 亿元。", replace(PARAGRAPH, id=f"p{n}", text=text), True)
        for n, text in texts.items()
    ]
    drawn = Recipe(claims=1.5, beside_another=0, on_another=1, with_title=0)
    items = of_claims(said, drawn, random.Random(4))
    own = {claim_item(c.text, "", c.paragraph.text, True).window.ids for c in said}
    assert 80 <= len(items) <= 160
    for made in items:
        assert made.gold is None
        assert made.holds is (made.window.ids in own)
    assert {made.holds for made in items} == {True, False}
    assert of_claims(said, Recipe(), random.Random(4)) == []


def test_what_is_read_beside_another_passage_is_read_whole() -> None:
    draw = random.Random(4)
    long = [replace(c, paragraph=replace(c.paragraph, text=TEXT[:200] * 9)) for c in CLAIMS]
    made = of_claims([CLAIMS[0], *long], Recipe(claims=1, beside_another=1), draw)[0]
    own, read = ([str(n) for n in ids] for ids in (tokenize(TEXT).ids[1:-1], made.window.ids))
    assert len(read) > 1.2 * len(own)
    assert f" {' '.join(own)} " in f" {' '.join(read)} "


def test_an_altered_question_is_about_what_its_paragraph_does_not_name() -> None:
    text = "2022 年，广东投资 30 亿元。"
    paragraph = Paragraph("p", "drcd_dev", "产业", text, "train")
    at = text.index("30 亿元")
    asked = Question("q", "2022 年广东投资多少？", paragraph, (Span(at, at + 5),), ("30 亿元",))
    elsewhere = Question("r", "海南有多少家？", paragraph, ())
    recipe = Recipe(with_title=0.0, wrong_passage=0.0, drcd=1.0, altered=1.0)
    items = epoch([asked, elsewhere], {}, recipe, random.Random(1))
    found = {tuple(each.window.ids): each.gold is not None for each in items}
    assert found == {
        tuple(item(question, "", tokenize(text), None).window.ids): answered
        for question, answered in (
            ("2022 年广东投资多少？", True),
            ("2023 年广东投资多少？", False),
            ("2022 年海南投资多少？", False),
            ("海南有多少家？", False),
        )
    }


def test_a_passage_with_the_answers_text_is_not_a_wrong_one() -> None:
    assert wrong(QUESTION, passages(PARAGRAPH)) == []
    assert wrong(replace(QUESTION, references=("70 亿元",)), passages(PARAGRAPH))


def test_batches_hold_every_item_once_and_are_never_too_big() -> None:
    items = [item("问" * (n % 7), "", tokenize(TEXT[: 10 + n]), None) for n in range(60)]
    made = batches(items, 600, random.Random(1))
    assert sorted(id(each) for batch in made for each in batch) == sorted(map(id, items))
    assert all(len(b) * max(len(i.window.ids) for i in b) <= 600 for b in made if len(b) > 1)


# --- the network


@pytest.fixture(scope="module")
def network(encoder: Encoder) -> SpanNetwork:
    assert isinstance(encoder, BundledEncoder)
    torch.manual_seed(1)
    return SpanNetwork(encoder.folder())


def test_scores_are_of_spans_within_the_text_only(network: SpanNetwork) -> None:
    ids, mask, inside, *_ = collate(
        [item(QUESTION.text, "产业", tokenize(TEXT), QUESTION.answers[0])]
    )
    with torch.no_grad():
        scores, none = span_scores(network(ids, mask), inside)
    finite = torch.isfinite(scores[0])
    first, last = torch.nonzero(finite, as_tuple=True)
    assert bool(inside[0][first].all()) and bool(inside[0][last].all())
    assert bool((last >= first).all())
    assert none.shape == (1,)


def test_the_exported_network_says_what_the_trained_one_says(network: SpanNetwork) -> None:
    ids, mask, *_ = collate([item(QUESTION.text, "产业", tokenize(TEXT[:90]), None)])
    network.eval()
    words = network.encoder.embeddings
    with torch.no_grad():
        wanted = network(ids, mask).numpy()
        embedded = (
            words.word_embeddings(ids)
            + words.position_embeddings.weight[: ids.shape[1]]
            + words.token_type_embeddings.weight[0]
        ).numpy()
    feed = {"embeddings": embedded}
    expected: dict[Precision, float] = {"float32": 1e-3, "dynamic8": 0.25}
    for precision, tolerance in expected.items():
        made = graph(weights_of(network.state_dict()), precision)
        session = onnxruntime.InferenceSession(made.SerializeToString())
        (found,) = session.run(None, feed)
        error = np.abs(found - wanted).mean() / np.abs(wanted).mean()
        assert error < tolerance


def test_a_few_steps_teach_one_batch(encoder: Encoder) -> None:
    assert isinstance(encoder, BundledEncoder)
    torch.manual_seed(1)
    fresh = SpanNetwork(encoder.folder())
    frozen = fresh.encoder.embeddings.word_embeddings.weight.clone()
    batch = [item(QUESTION.text, "", tokenize(TEXT[:60]), QUESTION.answers[0])]
    batch += [item("丙地投资多少？", "", tokenize(TEXT[:60]), None)]
    ids, mask, inside, gold, holds = collate(batch)
    with torch.no_grad():
        before = float(loss(fresh(ids, mask), inside, gold, holds))
    train(fresh, [batch] * 12, 1e-3, lambda step, mean, seconds: None)
    with torch.no_grad():
        assert float(loss(fresh(ids, mask), inside, gold, holds)) < 0.5 * before
    assert bool((fresh.encoder.embeddings.word_embeddings.weight == frozen).all())


def test_a_few_steps_teach_what_holds(encoder: Encoder) -> None:
    assert isinstance(encoder, BundledEncoder)
    torch.manual_seed(1)
    fresh = SpanNetwork(encoder.folder())
    pair = [CLAIMS[0], replace(CLAIMS[1], text="猫科动物多在夜里捕食。")]
    batch = [claim_item(c.text, "", TEXT[:60], c.holds) for c in pair]
    train(fresh, [batch] * 12, 1e-3, lambda step, mean, seconds: None)
    assert claim_scores(fresh, pair) == {"claims": 2, "holds": 1.0, "right": 1.0}


def test_the_mean_of_rounds_judges_claims_as_the_last_of_them(tmp_path: Path) -> None:
    states = {}
    for value, share in ((1.0, 0.25), (3.0, 0.75)):
        path = tmp_path / f"{value}.pt"
        head = {"head.weight": torch.full((HOLDS + 1, 2), value), "count": torch.tensor(int(value))}
        torch.save(head | {"head.bias": torch.full((HOLDS + 1,), value)}, path)
        states[path] = share
    mean = averaged(states)
    assert mean["head.weight"][:HOLDS].unique().tolist() == [2.5]
    assert mean["head.weight"][HOLDS].tolist() == [3.0, 3.0]
    assert mean["head.bias"].tolist() == [2.5] * HOLDS + [3.0]
    assert int(mean["count"]) == 3


# --- calibration


def test_a_logistic_model_is_fitted_to_features_as_they_are() -> None:
    rows = [{"margin": float(x), "noise": float(x % 3)} for x in range(-20, 20)]
    model = calibrate.fitted(rows, [row["margin"] > 0 for row in rows], np.ones(len(rows)))
    assert model.probability({"margin": 15.0, "noise": 1.0}) > 0.9
    assert model.probability({"margin": -15.0, "noise": 1.0}) < 0.1


def test_calibration_error_and_risk() -> None:
    said, even = np.array([0.05, 0.05, 0.95, 0.95]), np.ones(4)
    assert judged.calibration_error(said, np.array([False, False, True, True]), even) < 0.06
    assert judged.calibration_error(said, np.array([True, True, False, False]), even) > 0.85
    curve = judged.risk_coverage(said, np.array([False, False, True, True]))
    assert curve[0]["risk"] == 0.0
    assert curve[-1]["risk"] == 0.5


def test_windows_of_training_and_reading_are_the_same() -> None:
    made = item(QUESTION.text, "产业", tokenize(TEXT[:60]), None).window
    (window,) = windows(tokenize(QUESTION.text), tokenize("产业"), tokenize(TEXT[:60]))
    assert made == window
