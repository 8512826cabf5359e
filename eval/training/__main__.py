"""Trains the reader from the data that it names: ``make reader``, or python -m eval.training.

Stages: data, negatives, train, export, calibrate, card. The negatives and each round are kept
in the working folder and not made again, so an interrupted run goes on with the round in which
it stopped. The weights are put in place at the end, all together.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import copy
from typing import Any

from app.reader.network import WEIGHTS
from eval.question_files import QUESTIONS
from eval.training.negatives import retrieved
from eval.training.sources import CMRC, DRCD, SQUAD2, Question, identified, read
from eval.training.written import SOURCE as WRITTEN
from eval.training.written import Claim, claims, written
from records import Passage
from settings import CHECKOUT

_DEPTH = 8
_MOST_SEARCHED = 5000


def main() -> None:
    """Run the stages that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--report", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--work", type=Path, default=Path("build/reader"))
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where they are put")
    parser.add_argument("--tokens", type=int, default=3200, help="in one batch, with padding")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    questions = [q for name in (*DRCD, CMRC, SQUAD2) for q in read(arguments.data, name)]
    questions += written(arguments.data)
    found = _negatives(questions, arguments.work)
    said = list(claims(arguments.data))
    _train(questions, said, found, arguments)
    weights = arguments.work / "weights"
    _export(arguments.work / "network.pt", weights)
    own = [(QUESTIONS / "corpus.jsonl", CHECKOUT / "corpus")]
    if arguments.report.exists():
        own.append((QUESTIONS / "report.jsonl", arguments.report))
    else:
        _say(f"{arguments.report} isn't there: calibrated without the questions on the report")
    _calibrate(questions, said, own, arguments.work, weights)
    _card(arguments.work, weights)
    for made in weights.iterdir():
        copy(made, arguments.weights)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _negatives(questions: Sequence[Question], work: Path) -> dict[str, list[Passage]]:
    """What the retriever finds for questions that have an answer.

    For all that were written and all that are for tuning, and for a sample of the others. Kept
    under a name that stands for what was searched.
    """
    answered = [q for q in questions if q.answers and q.paragraph.part != "test"]
    always = [q for q in answered if q.paragraph.source == WRITTEN or q.paragraph.part == "tune"]
    others = [q for q in answered if q.paragraph.source != WRITTEN and q.paragraph.part == "train"]
    random.Random(5).shuffle(others)
    paragraphs = {q.paragraph.id: q.paragraph for q in questions}.values()

    def progress(done: int) -> None:
        if done % 500 == 0:
            _say(f"searched {done}")

    asked = others[:_MOST_SEARCHED] + always
    texts = "\n".join([*(q.id + q.text for q in asked), *(p.id + p.title for p in paragraphs)])
    kept = work / f"found-{identified(texts)}.pickle"
    if kept.exists():
        found: dict[str, list[Passage]] = pickle.loads(kept.read_bytes())
        return found
    found = retrieved(asked, paragraphs, work / "library", _DEPTH, progress)
    partial = kept.with_suffix(".partial")
    partial.write_bytes(pickle.dumps(found))
    partial.replace(kept)
    return found


def _train(
    questions: Sequence[Question],
    claimed: Sequence[Claim],
    found: dict[str, list[Passage]],
    arguments: argparse.Namespace,
) -> None:
    """The rounds one after the other; each starts from the weights that the last one left."""
    import torch

    from eval.training.monitor import scorer
    from eval.training.network import SpanNetwork
    from eval.training.plan import counts, planned, trained_on
    from eval.training.recipes import AVERAGED, ROUNDS
    from eval.training.train import averaged, save, train
    from index import bundled
    from settings import load_settings

    torch.manual_seed(arguments.seed)
    encoder = bundled.folder(load_settings().encoder.cache)
    bundled.unpack(encoder)
    network = SpanNetwork(encoder)
    scores = scorer(questions, claimed, found)

    def mean(of: Mapping[int, float]) -> dict[str, Any]:
        return averaged({arguments.work / f"round-{n}.pt": share for n, share in of.items()})

    rounds = []
    for number, each in enumerate(ROUNDS, start=1):
        kept = arguments.work / f"round-{number}"
        if not kept.with_suffix(".json").exists():
            torch.manual_seed(arguments.seed + number)
            if each.start:
                network.load_state_dict(mean(each.start))
            seed = arguments.seed + number
            drawn = trained_on(questions, claimed, each.recipe, arguments.data, seed)
            plan = planned(drawn, claimed, found, each, arguments.tokens, seed)
            facts: dict[str, float] = {"questions": len(drawn), **counts(plan)}
            _say(json.dumps(facts))
            started = time.perf_counter()

            def report(step: int, mean: float, seconds: float, total: int = len(plan)) -> None:
                _say(f"{step}/{total} loss {mean:.3f} {seconds:.0f} s")

            train(network, plan, each.rate, report)
            facts["minutes"] = round((time.perf_counter() - started) / 60)
            save(network, kept.with_suffix(".pt"))
            facts |= scores(network)
            kept.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
            _say(json.dumps(facts))
        network.load_state_dict(torch.load(kept.with_suffix(".pt"), weights_only=True))
        rounds.append(json.loads(kept.with_suffix(".json").read_text(encoding="utf-8")))
    network.load_state_dict(mean(AVERAGED))
    if len(AVERAGED) > 1:
        rounds.append(scores(network))
    (arguments.work / "trained.json").write_text(json.dumps(rounds), encoding="utf-8")
    save(network, arguments.work / "network.pt")


def _export(trained: Path, weights: Path) -> None:
    import torch

    from eval.training.export import export

    state = torch.load(trained, map_location="cpu", weights_only=True)
    export(state, weights / "reader.onnx", "dynamic8")


def _calibrate(
    questions: Sequence[Question],
    claimed: Sequence[Claim],
    own: Sequence[tuple[Path, Path]],
    work: Path,
    weights: Path,
) -> None:
    """Learn from the ``tune`` halves, judge with the ``test`` half of what is held out."""
    from app.reader.calibration import CALIBRATION, Calibration, Logistic
    from app.reader.entailment import ClaimReader
    from app.reader.network import Network
    from eval.training import calibrate, judged
    from eval.training.trials import held_out_trial, own_trial

    even = Calibration(Logistic(0.0, {"margin": 1.0}), Logistic(0.0, {}))
    with ExitStack() as stack:
        held_out = {
            part: held_out_trial(stack, work / "library", questions, part, weights)
            for part in ("tune", "test")
        }
        learnt = [held_out["tune"]]
        for number, (questions_of, documents) in enumerate(own):
            home = work / f"own-{number}"
            learnt.append(own_trial(stack, home, questions_of, documents, weights))
        relevance = calibrate.learn_relevance([trial.calibrated(even) for trial in learnt])
        _say(f"relevance {relevance}")
        half = Calibration(relevance, even.confidence)
        confidence = calibrate.learn_confidence([trial.calibrated(half) for trial in learnt])
        _say(f"confidence {confidence}")
        calibrate.save(weights / CALIBRATION.name, relevance, confidence)
        tune, test = (
            held_out[part].calibrated(Calibration(relevance, confidence))
            for part in ("tune", "test")
        )
        report = {
            "reading": judged.reading(
                [q for q in questions if q.paragraph.part == "test"], test.cases, test.reader
            ),
            "reranking": judged.paired(test.cases, test.reader),
            "claims": judged.claimed(
                [claim for claim in claimed if claim.paragraph.part == "test"],
                ClaimReader(Network(weights / "reader.onnx")),
            ),
            "test": judged.report(test.cases, test.reader),
            "tune": judged.report(tune.cases, tune.reader),
        }
    (work / "judged.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8"
    )


def _card(work: Path, weights: Path) -> None:
    from eval.training.card import card

    trained, judged = (
        json.loads((work / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("trained", "judged")
    )
    text = card(trained, judged, weights / "reader.onnx")
    (weights / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
