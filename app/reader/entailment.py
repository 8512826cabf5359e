"""Whether a text bears out a claim, as the reading network judges it (textual entailment)."""

from __future__ import annotations

import math
from functools import lru_cache

from app.reader.network import Network, shared_network
from app.reader.spans import HOLDS
from app.reader.tokens import tokenize
from app.reader.windows import LONGEST, LONGEST_CLAIM, windows

_REMEMBERED = 256


class ClaimReader:
    """Reads claims beside texts. Thread-safe; loads its weights when first used.

    What was judged last is remembered: of an answer that is still being written, the same
    claims come again and again.
    """

    def __init__(self, network: Network | None = None) -> None:
        self._network = network or shared_network()
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._read)

    def __call__(self, claim: str, context: str, text: str) -> float:
        """How probably ``text``, below the titles of ``context``, bears out ``claim``: 0..1.

        Of a text longer than a window it is the highest of what each window gives, of a claim
        longer than LONGEST_CLAIM tokens the beginning is judged.
        """
        return self._remembered(claim, context, text)

    def _read(self, claim: str, context: str, text: str) -> float:
        titles = tokenize(context.replace("\n", " "))
        inputs = windows(tokenize(claim), titles, tokenize(text), LONGEST, LONGEST_CLAIM)
        odds = max(float(each[0, HOLDS]) for each in self._network.outputs(inputs))
        return 1 / (1 + math.exp(-odds))
