"""Whether the quantity of a claim is the one that was found: in value, in unit, in bound."""

from __future__ import annotations

from app.claims.quantities import Bound, Quantity
from app.claims.units import compatible


def same_value(claimed: Quantity, found: Quantity) -> bool:
    """Whether the value that is claimed is the one that was found, in value and unit.

    Said with 约 or 近, a correctly rounded value is the same, within 3%.
    """
    if not compatible(claimed.unit, found.unit) and not (
        claimed.scaled and not claimed.unit and found.scaled
    ):
        return False
    if (claimed.low, claimed.high) == (found.low, found.high):
        return True
    if claimed.bound not in (Bound.ABOUT, Bound.NEAR) or claimed.low != claimed.high:
        return False
    return _rounds(claimed, found)


def _rounds(claimed: Quantity, found: Quantity) -> bool:
    if found.low != found.high or claimed.step <= found.step or found.low <= 0:
        return False
    off = abs(claimed.low - found.low)
    return off * 2 <= claimed.step and off * 100 <= found.low * 3


def same_bound(claimed: Bound, found: Bound) -> bool | None:
    """Whether the bound may be said so: None where it is reversed, not only lost or added.

    约 and 近 may be dropped or added; 超过 and 不足 may not.
    """
    loose = (Bound.NONE, Bound.ABOUT, Bound.NEAR)
    if claimed == found or (claimed in loose and found in loose):
        return True
    if claimed is Bound.ABOUT or {claimed, found} == {Bound.NEAR, Bound.BELOW}:
        return True
    if {claimed, found} in ({Bound.ABOVE, Bound.BELOW}, {Bound.ABOVE, Bound.NEAR}):
        return None
    return False
