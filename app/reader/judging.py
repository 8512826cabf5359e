"""What tells how sure an answer is: the features that its confidence is learnt from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from app.reader.candidates import Candidate, of_another
from app.reader.constraints import demands
from app.reader.evidence import evidence_of
from app.reader.places_named import named_places
from app.reader.wholes import whole_clause
from index.folding import fold
from index.search import HybridSearch, coverage


def features(
    search: HybridSearch, question: str, candidates: Sequence[Candidate]
) -> dict[str, float]:
    """What the confidence in the best of ``candidates`` is judged by."""
    best = candidates[0]
    passage = best.hit.passage
    text = f"{passage.context}\n{passage.sentence}"
    asked = demands(question)
    years, numbers, names = asked.missing(text, best.dated)
    said = evidence_of(best).quote
    clause = whole_clause(passage.text, best.scored.span).of(passage.text)
    if of_another(asked, passage, best.scored.span, best.dated):
        years = 1.0
    library = search.library
    segmenter = library.segmenter
    weights = search.weights(segmenter.content_words(question))
    held = set(segmenter.words(text))
    places = named_places(segmenter.words(question))
    title = library.store.titles([passage.document_id]).get(passage.document_id, "")
    unnamed = frozenset(place for place in places if place not in f"{title}{passage.context}")
    rarest = max(weights, key=lambda word: weights[word], default="")
    heaviest = {c.hit.passage.id: c.relevance for c in candidates}
    same = sum(c.weight for c in candidates if fold(c.text) == fold(best.text))
    return {
        "relevance": _log_odds(best.relevance),
        "certainty": math.log(max(best.scored.probability, 1e-4)),
        "agreement": same / max(1e-9, sum(c.weight for c in candidates)),
        "first": float(best.hit.dense_rank == 1) + float(best.hit.lexical_rank == 1),
        "rivals": sum(heaviest.values()) - best.relevance,
        "coverage": coverage(weights, held),
        "rarest": float(bool(rarest) and rarest not in held),
        "years": years,
        "numbers": numbers,
        "names": names,
        "places": sum(place not in text for place in unnamed) / max(1, len(places)),
        "elsewhere": float(
            _elsewhere(unnamed, named_places(segmenter.words(said)), said)
            or _elsewhere(unnamed, named_places(segmenter.words(clause)[:2]), clause)
        ),
        "unsuited": float(not best.suits),
    }


def _elsewhere(asked: AbstractSet[str], named: AbstractSet[str], text: str) -> bool:
    """Whether ``text`` names places, and none of those that are asked about."""
    return bool(asked and named) and not any(place in text for place in asked)


def _log_odds(probability: float) -> float:
    kept = min(1 - 1e-6, max(1e-6, probability))
    return math.log(kept / (1 - kept))
