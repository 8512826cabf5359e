"""Radicals and compatibility forms that stand for ordinary 汉字, as some fonts map them."""

from __future__ import annotations

import unicodedata

KANGXI = range(0x2F00, 0x2FD6)
COMPATIBILITY = (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
# Of the supplementary radicals Unicode decomposes two only; these are characters as well.
# ⼾ decomposes to 戶, but fonts for mainland China share its glyph with 户.
OTHERS = dict(
    zip(
        "⺠⺟⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳⼾",
        "民母虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟户",
        strict=True,
    )
)


def _ordinary() -> dict[int, str]:
    decomposed = {
        code: unicodedata.normalize("NFKC", chr(code)) for code in (*KANGXI, *COMPATIBILITY)
    }
    single = {
        code: form for code, form in decomposed.items() if len(form) == 1 and ord(form) != code
    }
    return single | {ord(form): character for form, character in OTHERS.items()}


# For str.translate: one character for each, so that positions stay.
ORDINARY = _ordinary()
