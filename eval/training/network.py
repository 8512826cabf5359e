"""The network that is trained: the bundled encoder's layers and a head that scores spans.

A span's score is start + end + an inner product of projections of its two ends; it is
normalised over all spans of a passage together with "no answer", which the first token
scores (a joint objective: Fajcik et al. 2021, arXiv 2008.12804).
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from app.reader.spans import HOLDS, PROJECTION
from app.reader.windows import WIDEST

_FROZEN = 3  # of the lowest layers, which stay as they are


class SpanNetwork(nn.Module):
    """Inputs of shape (batch, length) become hidden states, and these scores of spans."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(
            folder,
            attn_implementation="eager",
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            dtype=torch.float32,
        )
        self.encoder.embeddings.requires_grad_(False)
        for layer in self.encoder.encoder.layer[:_FROZEN]:
            layer.requires_grad_(False)
        width = self.encoder.config.hidden_size
        self.head = nn.Linear(width, HOLDS + 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Shape (batch, length, HOLDS + 1): start, end, none, projections, holds."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        outputs: Tensor = self.head(states)
        return outputs


def span_scores(outputs: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
    """Scores of spans, shape (batch, length, length), and of no answer, shape (batch,).

    ``inside`` is true at the tokens of the text. A span that starts or ends elsewhere, ends
    before it starts or is wider than WIDEST has the score -inf.
    """
    outputs = outputs.float()
    start, end, none = outputs[..., 0], outputs[..., 1], outputs[:, 0, 2]
    left, right = outputs[..., 3 : 3 + PROJECTION], outputs[..., 3 + PROJECTION : HOLDS]
    scores = start[:, :, None] + end[:, None, :]
    scores = scores + left @ right.transpose(1, 2) / PROJECTION**0.5
    length = outputs.shape[1]
    width = torch.arange(length)[None, :] - torch.arange(length)[:, None]
    allowed = inside[:, :, None] & inside[:, None, :] & ((width >= 0) & (width < WIDEST))
    return scores.masked_fill(~allowed, float("-inf")), none


def loss(outputs: Tensor, inside: Tensor, gold: Tensor, holds: Tensor) -> Tensor:
    """Mean negative log-likelihood of spans, and of claims that hold or don't.

    ``gold`` (batch, 2) holds first and last token, -1: none; ``holds`` (batch,) is 1 for a claim
    that the text bears out, 0 for one that it doesn't, -1 for a question.
    """
    claimed = holds >= 0
    said = outputs[:, 0, HOLDS].float()
    of_claims = functional.binary_cross_entropy_with_logits(
        said, holds.clamp(min=0).float(), reduction="none"
    )
    return torch.where(claimed, of_claims, _of_spans(outputs, inside, gold)).mean()


def _of_spans(outputs: Tensor, inside: Tensor, gold: Tensor) -> Tensor:
    """For each of the batch the negative log-likelihood of its span or of no answer."""
    scores, none = span_scores(outputs, inside)
    total = torch.logsumexp(torch.cat([none[:, None], scores.flatten(1)], dim=1), dim=1)
    rows = torch.arange(len(gold))
    answered = gold[:, 0] >= 0
    at_gold = scores[rows, gold[:, 0].clamp(min=0), gold[:, 1].clamp(min=0)]
    return total - torch.where(answered, at_gold, none)
