"""Bytes of a text file -> its characters."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from errors import CorruptFile

# Text has none of these; UTF-16 read as UTF-8, pictures and archives have many.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What a Chinese or English text is made of. Bytes read in a wrong encoding give mostly others.
_FAMILIAR = re.compile(
    r"[\t\n\f\r -~\u00a0-\u00ff\u2000-\u22ff\u2460-\u24ff\u2500-\u26ff"
    r"\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]"
)
_PROBE = 20_000


def decode(data: bytes) -> str:
    """The text that ``data`` encodes, without its byte order mark; line ends stay as they are.

    Tried in this order: what a byte order mark says, UTF-16 without one, UTF-8, GB18030,
    then charset-normalizer's guess. Raises CorruptFile when the bytes aren't text.
    """
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
        # Valid UTF-8 beyond ASCII is hardly ever anything else, whatever its alphabet.
        if not _CONTROLS.search(text) and (encoding.startswith("utf-8") or _reads_well(text)):
            return text
    guess = charset_normalizer.from_bytes(data[:_PROBE]).best()
    if guess is not None and not _CONTROLS.search(str(guess)):
        try:
            return data.decode(guess.encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            pass
    raise CorruptFile(
        f"认不出文字编码（共 {len(data)} 字节）：它不像文本文件。请另存为 UTF-8 后再试。",
        f"no text encoding fits these {len(data)} bytes: this doesn't look like a text file. "
        "Save it as UTF-8 and try again.",
    )


def _candidates(data: bytes) -> list[str]:
    if data.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    wide = [f"utf-16-{order}" for order in ("le", "be")]
    if b"\x00" in data[:_PROBE]:
        return sorted(wide, key=lambda encoding: -_familiarity(data, encoding))
    # Chinese UTF-16 may hold no zero byte at all, so it comes last and must read well.
    return ["utf-8", "gb18030", *sorted(wide, key=lambda e: -_familiarity(data, e))]


def _familiarity(data: bytes, encoding: str) -> float:
    text = data[: _PROBE // 2 * 2].decode(encoding, errors="replace")
    return len(_FAMILIAR.findall(text)) / max(1, len(text))


def _reads_well(text: str) -> bool:
    probe = text[:_PROBE]
    return len(_FAMILIAR.findall(probe)) >= 0.7 * len(probe)
