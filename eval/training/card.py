"""The model card: what the reader is, what it was trained with, how good it is, its limits.

Its headings follow Mitchell et al. 2019 (arXiv 1810.03993).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.reader.network import NETWORK

_CARD = """# The reader

A network of twelve layers that finds the answer to a Chinese question in a passage and says \
whether passages bear out a claim, and two logistic models that say how far to trust its answers. \
This page is written by `make reader`.

| File | What it is |
| --- | --- |
| `reader.onnx` | the network, weights in 8 bits, {megabytes:.1f} MB |
| `reader.sha256` | its SHA-256, verified before it is used |
| `calibration.json` | weights of the two logistic models |

The weights are under Apache-2.0, like the code. They hold no text of the sets below, whose \
licences are named there.

## How it works

Input is `<s> question </s> </s> titles </s> passage </s>` in the pieces of XLM-RoBERTa, sought \
inside jieba's words. The embeddings are the bundled encoder's own and are not in this folder. \
Every span of at most 64 pieces has a score (start + end + an inner product of both ends), and \
so has "no answer"; probabilities are normalised over all of them. A claim is put in the \
question's place; the last output of the first piece is then the log odds that it holds.

## Intended use

Short answers from passages of Chinese reports, quoted word for word, and a second opinion on \
claims that a language model made of such passages. It writes nothing of its \
own. It was not made for other languages, for questions that need several passages put \
together, or for arithmetic.

## Training

Start: intfloat/multilingual-e5-small (MIT; Wang et al. 2024, arXiv 2402.05672). The token \
embeddings and the three lowest layers stay as they are.

| Data | Licence | Used for |
| --- | --- | --- |
| DRCD dev and test, Delta Research Center (Shao et al. 2018, arXiv 1806.00920), turned into \
simplified characters | CC BY-SA 3.0 | questions with answers |
| CMRC 2018 trial, HFL (Cui et al. 2019, arXiv 1810.07366) | CC BY-SA 4.0 | questions with \
answers |
| SQuAD 2.0 dev in Chinese, translated by ChineseSquad (Rajpurkar et al. 2018, arXiv 1806.03822) \
| CC BY-SA 4.0 | questions with answers, and near misses without |
| News articles of CRUD-RAG (Lyu et al. 2024, arXiv 2401.17043) | Apache-2.0 | questions made by \
code (`eval/training/made.py`), and near misses of them |
| Tables made up by code (`eval/training/tables.py`) | this project's | questions on cells, and \
near misses of them |
| Questions written for training (`eval/training/written`): on passages in the manner of reports, \
made up for this, and on the news and paragraphs above | this project's | questions with answers, \
and near misses |
| Claims written for training on some of those passages | this project's | true ones, and false \
ones that are mostly one thing apart |

Trained in rounds, each with a recipe (`eval/training/recipes.py`) and a rate of learning that \
rises and falls once, on 2 cores; EM, F1 and AUROC are those of {tuned} held-out questions for \
tuning, read with their own paragraph before export, the last column the AUROC of claims:

{rounds}

The last six rounds learnt what was written for training, the last two of them claims too; some \
start from a mean of those before. The network is a mean of what several left, by the weights \
that `eval/training/recipes.py` names (Wortsman et al. 2022, arXiv 2203.05482): the last line.

Most passages are split as the library splits them, the rest are whole paragraphs. \
Items without an answer are near misses, passages that the real retriever found wrongly, and \
other passages of the same paragraph. Whole titles are held out: half of those (`tune`) for \
choosing and, with the tuning halves of our own two question sets, for calibration, the other \
half (`test`) for the figures below. The development \
sets of CMRC 2018 and DRCD's training set were not used.

## How good it is

On held-out titles (`test`), through the same code that answers questions; exact match and F1 \
are CMRC 2018's.

{scores}

### Claims

Beside their own passages, by the probability that they hold.

{claims}

### Refusal

The confidence is the probability that the library answers the question. Cases: {cases}.

{refusal}

Reliability: of the questions that were given a probability in each tenth, how many the library \
does answer. Expected calibration error {error}.

{reliability}

Risk and coverage: when only the surest share of the questions is answered, how many of those \
answers are wrong (F1 below 0.5, or not answerable at all).

{risk}

## Limits

- Near misses are hard: a passage on the right subject that lacks just the fact asked for is \
still often taken for an answer.
- About half of the near misses that it was calibrated with are translations.
"""


_ROUND = {
    "Questions": "questions",
    "Items": "items",
    "Tokens": "tokens",
    "Steps": "steps",
    "Minutes": "minutes",
    "EM": "em",
    "F1": "f1",
    "AUROC, near miss": "near",
    "AUROC, retrieved": "retrieved",
    "AUROC, claims": "holds",
}


def card(
    trained: Sequence[Mapping[str, Any]], judged: Mapping[str, Any], path: Path = NETWORK
) -> str:
    """The card of the network at ``path``, in Markdown, from what training and judging kept."""
    test = judged["test"]
    return _CARD.format(
        megabytes=path.stat().st_size / 1e6,
        tuned=trained[-1]["tuned"],
        rounds=_table(
            list(_ROUND),
            [
                [f"{each[key]:,}" if key in each else "–" for key in _ROUND.values()]
                for each in trained
            ],
        ),
        scores=f"{_reading(judged['reading'])}\n\n{_reranking(judged['reranking'])}",
        cases=", ".join(f"{count} {kind}" for kind, count in test["cases"].items()),
        claims=_table(
            ["Claims on held-out passages", ""], [list(pair) for pair in judged["claims"].items()]
        ),
        refusal=f"{_auroc(test['auroc'])}\n\n{_refused(test)}",
        error=test["calibration error"],
        reliability=_table(
            ["Probability", "Questions", "Answered by the library"],
            [[row["said"], row["cases"], row["true"]] for row in test["reliability"]],
        ),
        risk=_table(
            ["Coverage", "Risk"],
            [
                [_percent(row["coverage"]), _percent(row["risk"])]
                for row in test["risk and coverage"]
            ],
        ),
    )


def _reading(rows: Sequence[Mapping[str, Any]]) -> str:
    return _table(
        ["What", "Questions", "EM", "F1"],
        [[row["what"], row["questions"], row["em"], row["f1"]] for row in rows],
    )


def _reranking(row: Mapping[str, Any]) -> str:
    return _table(
        ["The passage that answers stands first", "Questions", "%"],
        [
            ["by retrieval", row["questions"], row["retrieval"]],
            ["after reading", row["questions"], row["reranked"]],
        ],
    )


def _auroc(values: Mapping[str, float]) -> str:
    return _table(["AUROC of answerable against", ""], [list(pair) for pair in values.items()])


def _refused(test: Mapping[str, Any]) -> str:
    return _table(
        ["Refused at threshold", *test["cases"]],
        [[at, *map(_percent, row.values())] for at, row in test["refused at"].items()],
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
