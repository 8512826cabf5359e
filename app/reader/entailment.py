"""Whether passages bear out a claim, as the reading network judges it (textual entailment)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from app.reader.network import Network, shared_network
from app.reader.spans import HOLDS
from app.reader.tokens import tokenize, tokenize_row
from app.reader.windows import LONGEST, LONGEST_CLAIM, windows
from records import Passage

_REMEMBERED = 4096


class ClaimReader:
    """Reads claims beside passages. Thread-safe; loads its weights when first used.

    What was judged is remembered: of an answer that is still being written, the same claims
    come again and again.
    """

    def __init__(self, network: Network | None = None) -> None:
        self._network = network or shared_network()
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._read)

    def __call__(self, claim: str, passages: Sequence[Passage]) -> float:
        """How probably ``passages``, taken together, bear out the whole of ``claim``: 0..1.

        The highest of what each of them gives, and all of them read as one text. 0 for none.
        """
        return self._remembered(claim, tuple(dict.fromkeys(passages)))

    def _read(self, claim: str, passages: tuple[Passage, ...]) -> float:
        said = tokenize(claim)
        texts = [(p.context, tokenize_row(p.text, p.cells, p.span.start)) for p in passages]
        if len(passages) > 1:
            together = "\n".join(passage.text for passage in passages)
            texts.append((passages[0].context, tokenize(together)))
        inputs = [
            window
            for context, text in texts
            for window in windows(
                said, tokenize(context.replace("\n", " ")), text, LONGEST, LONGEST_CLAIM
            )
        ]
        odds = (float(each[0, HOLDS]) for each in self._network.outputs(inputs))
        return max((1 / (1 + math.exp(-each)) for each in odds), default=0.0)
