"""Bytes of a text file -> its characters."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from errors import CorruptFile

# Pictures, archives and text in a wrong encoding are full of these; text has a stray one, such
# as the Ctrl-Z that DOS put at the end, which cleaning deletes.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# So many at least are stray, and this share of the text: fewer where the encoding is a guess.
_CERTAIN, _GUESS, _STRAY_SHARE = 4, 1, 0.01
_READS_WELL = 0.7
# How much better UTF-16 must read than what is likelier, when no mark announces it.
_CLEARLY = 0.2
_PROBE = 20_000


def decode(data: bytes) -> str:
    """The text that ``data`` encodes, without its byte order mark; line ends stay as they are.

    A byte order mark decides, then valid UTF-8 beyond ASCII; else the best reading of ASCII,
    GB18030 and, when it is clearly better, UTF-16; then charset-normalizer's guess. A few
    control characters are let through. Raises CorruptFile when the bytes aren't text.
    """
    mark = _mark(data)
    text = _text(data, mark, _CERTAIN) if mark else _unannounced(data)
    if text is None:
        raise CorruptFile(
            f"认不出文字编码（共 {len(data)} 字节）：它不像文本文件。请另存为 UTF-8 后再试。",
            f"no text encoding fits these {len(data)} bytes: this doesn't look like a text file. "
            "Save it as UTF-8 and try again.",
        )
    return text


def _mark(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _unannounced(data: bytes) -> str | None:
    text = _text(data, "utf-8", _CERTAIN)
    # Valid UTF-8 beyond ASCII is hardly ever anything else, whatever its alphabet.
    if text is not None and not text.isascii():
        return text
    likely = _best(data, "gb18030")  # ASCII is part of it
    wide = _best(data, "utf-16-le", "utf-16-be")
    score, text = wide if wide[0] > likely[0] + _CLEARLY else likely
    return text if score >= _READS_WELL else _guessed(data)


def _best(data: bytes, *encodings: str) -> tuple[float, str | None]:
    """The most familiar reading of ``data`` and how familiar it is; below 0 without any."""
    readings = [_text(data, encoding, _GUESS) for encoding in encodings]
    return max(
        ((_familiarity(reading), reading) for reading in readings if reading is not None),
        default=(-1.0, None),
    )


def _text(data: bytes, encoding: str, strays: int) -> str | None:
    """The text without its mark; None when it is invalid or holds more than stray controls."""
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return None
    found = len(_CONTROLS.findall(text))
    return text if found <= strays + _STRAY_SHARE * len(text) else None


def _guessed(data: bytes) -> str | None:
    guess = charset_normalizer.from_bytes(data[:_PROBE]).best()
    return _text(data, guess.encoding, _GUESS) if guess is not None else None


def _familiarity(text: str) -> float:
    """The share of characters that Chinese text in simple or traditional script is made of.

    Read in a wrong encoding, a text is mostly of others, or of control characters.
    """
    probe = text[:_PROBE]
    if not probe:
        return 1.0
    known = max(len(probe.encode(name, "ignore").decode(name)) for name in ("gb2312", "big5"))
    return (known - len(_CONTROLS.findall(probe))) / len(probe)
