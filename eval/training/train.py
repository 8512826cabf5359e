"""The training itself: batches in, a trained network out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from app.reader.spans import HOLDS
from eval.training.mixture import Item, collate
from eval.training.network import SpanNetwork, loss

_WARM_UP = 0.06
_LOWEST_RATE = 0.02
_HEAD_FASTER = 5
_WEIGHT_DECAY = 0.01
_CLIP = 1.0
_REPORT_EVERY = 20
_TRIES = 4


def train(
    network: SpanNetwork,
    plan: Sequence[Sequence[Item]],
    rate: float,
    report: Callable[[int, float, float], None],
) -> None:
    """Train ``network`` in place on the batches of ``plan``.

    Where bfloat16 is faster on this processor, what may be is computed in it (autocast).
    AdamW; the rate rises over the first 6% of the steps, then falls in a straight line.

    ``report`` hears (step, mean loss since the last report, seconds) now and then.
    """
    head = list(network.head.parameters())
    body = [p for p in network.encoder.parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": body},
        {"params": head, "lr": _HEAD_FASTER * rate},
    ]
    optimiser = torch.optim.AdamW(
        groups,
        lr=rate,
        betas=(0.9, 0.98),
        weight_decay=_WEIGHT_DECAY,
        fused=True,
    )
    warm = max(1, round(_WARM_UP * len(plan)))
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min(1.0, (step + 1) / warm) * max(_LOWEST_RATE, 1 - step / len(plan)),
    )
    network.train()
    half = halved(network, plan[0])
    started, since = time.perf_counter(), 0.0
    for step, batch in enumerate(plan, start=1):
        ids, mask, inside, gold, holds = collate(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            outputs = network(ids, mask)
        value = loss(outputs, inside, gold, holds)
        value.backward()
        torch.nn.utils.clip_grad_norm_(body + head, _CLIP)
        optimiser.step()
        optimiser.zero_grad()
        rates.step()
        since += value.item()
        if step % _REPORT_EVERY == 0:
            report(step, since / _REPORT_EVERY, time.perf_counter() - started)
            since = 0.0


def halved(network: SpanNetwork, batch: Sequence[Item]) -> bool:
    """Whether the network is faster in bfloat16 on this processor, by trying four items.

    The best of several tries counts: something else may be running.
    """
    ids, mask, *_ = collate(batch[:4])
    seconds = {False: math.inf, True: math.inf}
    for half in (False, True) * _TRIES:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            started = time.perf_counter()
            network(ids, mask)
            seconds[half] = min(seconds[half], time.perf_counter() - started)
    return seconds[True] < seconds[False]


def save(network: SpanNetwork, path: Path) -> None:
    """Write the weights, whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(network.state_dict(), partial)
    partial.replace(path)


def averaged(weights: Mapping[Path, float]) -> dict[str, Any]:
    """The mean of what was saved, each with its weight.

    Whole numbers are the last one's, and so is the output for claims, which the others may not
    have learnt.
    """
    states = [torch.load(path, map_location="cpu", weights_only=True) for path in weights]
    mean = {
        name: sum(
            share * state[name].float()
            for share, state in zip(weights.values(), states, strict=True)
        ).to(value.dtype)
        if value.is_floating_point()
        else value
        for name, value in states[-1].items()
    }
    for name in ("head.weight", "head.bias"):
        mean[name][HOLDS] = states[-1][name][HOLDS]
    return mean
