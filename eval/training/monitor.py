"""How a network in training does on held-out questions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch

from app.reader.spans import HOLDS
from app.reader.tokens import tokenize
from eval.comprehension import exact_match, f1
from eval.training.mixture import Item, claim_item, collate, item
from eval.training.negatives import misses
from eval.training.network import SpanNetwork, span_scores
from eval.training.sources import SQUAD2, Paragraph, Question
from eval.training.written import Claim, of_part
from records import Passage

_BATCH = 16


def _batches(items: Sequence[Item]) -> Iterator[list[int]]:
    """The positions of ``items``, those of like length together."""
    order = sorted(range(len(items)), key=lambda i: len(items[i].window.ids))
    return (order[at : at + _BATCH] for at in range(0, len(order), _BATCH))


def judged_claims(network: SpanNetwork, claims: Sequence[Claim]) -> list[float]:
    """The network's log odds, not calibrated, that each claim holds, in order."""
    items = [claim_item(c.text, c.paragraph.title, c.paragraph.text, c.holds) for c in claims]
    odds = [0.0] * len(items)
    network.eval()
    for chosen in _batches(items):
        ids, mask, *_ = collate([items[i] for i in chosen])
        with torch.no_grad():
            said = network(ids, mask)[:, 0, HOLDS].tolist()
        for i, each in zip(chosen, said, strict=True):
            odds[i] = each
    network.train()
    return odds


def claim_scores(network: SpanNetwork, claims: Sequence[Claim]) -> dict[str, float]:
    """How many claims were judged, the AUROC of what holds, and the share judged right."""
    from sklearn.metrics import roc_auc_score

    odds, holds = judged_claims(network, claims), [claim.holds for claim in claims]
    right = [(each > 0) is held for each, held in zip(odds, holds, strict=True)]
    auroc = float(roc_auc_score(holds, odds))
    return {
        "claims": len(claims),
        "holds": round(auroc, 3),
        "right": round(float(np.mean(right)), 3),
    }


class Monitor:
    """Held-out questions and the scores of a network on them: of each kind at most ``most``."""

    def __init__(
        self, questions: Sequence[Question], wrong: Mapping[str, Sequence[Paragraph]], most: int
    ) -> None:
        shuffled = list(questions)
        random.Random(11).shuffle(shuffled)
        self._reading = [q for q in shuffled if q.answers and q.paragraph.source != SQUAD2][:most]
        missed = {q.paragraph.source for q in shuffled if not q.answers}
        self._near = [q for q in shuffled if q.paragraph.source in missed][:most]
        self._wrong = wrong

    def scores(self, network: SpanNetwork) -> dict[str, float]:
        """EM and F1 with the gold paragraph; AUROC of answered against both kinds of miss."""
        from sklearn.metrics import roc_auc_score

        own = self._read(network, [(q, q.paragraph.text) for q in self._reading])
        near = self._read(network, [(q, q.paragraph.text) for q in self._near])
        missed = [(q, self._wrong[q.id][0].text) for q in self._reading if self._wrong.get(q.id)]
        wrong = self._read(network, missed)
        found = {"em": 0.0, "f1": 0.0}
        pairs = list(zip(self._reading, own, strict=True))
        found["em"] = 100 * float(np.mean([exact_match(a, q.references) for q, (a, _) in pairs]))
        found["f1"] = 100 * float(np.mean([f1(a, q.references) for q, (a, _) in pairs]))
        found["near"] = float(
            roc_auc_score([bool(q.answers) for q in self._near], [margin for _, margin in near])
        )
        margins = [margin for _, margin in own + wrong]
        found["retrieved"] = float(roc_auc_score([1] * len(own) + [0] * len(wrong), margins))
        return {"tuned": len(own)} | {name: round(value, 3) for name, value in found.items()}

    @staticmethod
    def _read(
        network: SpanNetwork, pairs: Sequence[tuple[Question, str]]
    ) -> list[tuple[str, float]]:
        """The best span's text and the margin over no answer, of the first window of each."""
        items = [item(question.text, "", tokenize(text), None) for question, text in pairs]
        results = [("", 0.0)] * len(items)
        network.eval()
        for chosen in _batches(items):
            ids, mask, inside, *_ = collate([items[i] for i in chosen])
            with torch.no_grad():
                scores, none = span_scores(network(ids, mask), inside)
            flat = scores.flatten(1)
            margins = (torch.logsumexp(flat, dim=1) - none).tolist()
            for i, best, margin in zip(chosen, flat.argmax(dim=1).tolist(), margins, strict=True):
                window = items[i].window
                first, last = divmod(best, scores.shape[1])
                start = window.spans[first - window.first].start
                end = window.spans[last - window.first].end
                results[i] = (pairs[i][1][start:end], margin)
        network.train()
        return results


def scorer(
    questions: Sequence[Question], claimed: Sequence[Claim], found: dict[str, list[Passage]]
) -> Callable[[SpanNetwork], dict[str, float]]:
    """What tells how a network does on what is held out for tuning."""
    monitors = {}
    for prefix, as_written in (("", False), ("written ", True)):
        tune = of_part(questions, "tune", as_written)
        searched = [question for question in tune if question.id in found]
        wrong = misses(searched, found, {question.paragraph for question in questions})
        monitors[prefix] = Monitor(tune, wrong, 300)
    judged = [claim for claim in claimed if claim.paragraph.part == "tune"]

    def scores(network: SpanNetwork) -> dict[str, float]:
        told = claim_scores(network, judged)
        for prefix, monitor in monitors.items():
            told |= {prefix + name: value for name, value in monitor.scores(network).items()}
        return told

    return scores
