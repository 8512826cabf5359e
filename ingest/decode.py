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
_IDEOGRAPHIC = "\u3000"
_REPLACEMENT = "\ufffd"
# Of the characters beyond ASCII, at most so many are broken where the encoding is the right one.
_DAMAGED_SHARE = 0.2


def decode(data: bytes) -> str:
    """The text that ``data`` encodes, without its byte order mark; line ends stay as they are.

    A byte order mark decides, then valid UTF-8 beyond ASCII; else the best reading of ASCII,
    GB18030 and, when it is clearly better, UTF-16; then charset-normalizer's guess. A few
    control characters are let through. Raises CorruptFile when the bytes aren't text, or
    are UTF-8, UTF-16 or GB18030 but for a few; then it tells where the first of these is.
    """
    mark = _mark(data)
    text = _text(data, mark, _CERTAIN) if mark else _unannounced(data)
    if text is None:
        raise _damaged(data, mark) or _too_many_controls(data) or _unknown(data)
    return text


def reads_as_chinese(text: str) -> bool:
    """Whether more than half of what isn't ASCII is common 汉字 and full-width punctuation."""
    foreign = [character for character in text if not character.isascii()][:_PROBE]
    wide = "".join(character for character in foreign if character >= _IDEOGRAPHIC)
    return 2 * len(wide.encode("gb2312", "ignore").decode("gb2312")) > len(foreign)


def _unknown(data: bytes) -> CorruptFile:
    return CorruptFile(
        f"认不出文字编码（共 {len(data)} 字节）：它不像文本文件。"
        "请在原来的程序里另存为 UTF-8 纯文本后再试。",
        f"no text encoding fits these {len(data)} bytes: this doesn't look like a text file. "
        "Save it as plain UTF-8 text in the program it comes from and try again.",
    )


def _damaged(data: bytes, mark: str | None) -> CorruptFile | None:
    if mark:
        return _damage(data, mark)
    return _damage(data, "utf-8") or _damage(data, "gb18030")


def _damage(data: bytes, encoding: str) -> CorruptFile | None:
    """What to say of text in ``encoding`` with a few bytes that don't belong there."""
    try:
        data.decode(encoding)
        return None
    except UnicodeDecodeError as error:
        start, stop = error.start, error.end
    text = data.decode(encoding, "replace")
    broken = text.count(_REPLACEMENT)
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if broken > _DAMAGED_SHARE * foreign or len(_CONTROLS.findall(text)) > _CERTAIN:
        return None
    if encoding == "gb18030" and not reads_as_chinese(text):
        return None
    line = _line(data[:start].decode(encoding, "replace"))
    name, values = encoding.upper(), data[start : min(stop, start + 4)].hex(" ")
    return CorruptFile(
        f"文字是 {name} 编码，但有 {broken} 处坏字节，第一处在第 {line} 行"
        f"（文件的第 {start + 1} 个字节，{values}）。请用文本编辑器打开，改正或删去坏处，"
        "另存为 UTF-8；若是下载或拷贝时损坏的，请重新取一份。",
        f"the text is {name}, but broken in {broken} place(s), first in line {line} (byte "
        f"{start + 1} of the file, {values}). Open it in a text editor, mend or delete what is "
        "broken there and save it as UTF-8; if a download or copy damaged it, fetch it again.",
    )


def _too_many_controls(data: bytes) -> CorruptFile | None:
    """What to say of valid UTF-8 that is full of control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = [match.start() for match in _CONTROLS.finditer(text)]
    if not found:
        return None
    line, byte = _line(text[: found[0]]), len(text[: found[0]].encode()) + 1
    name = f"U+{ord(text[found[0]]):04X}"
    return CorruptFile(
        f"有 {len(found)} 个控制字符，第一个（{name}）在第 {line} 行（文件的第 {byte} 个字节）："
        "它不像文本文件。若确是文本，请用编辑器删去控制字符，另存为 UTF-8。",
        f"it holds {len(found)} control characters, the first ({name}) in line {line} (byte {byte} "
        "of the file): this doesn't look like a text file. If it is one, delete them in an "
        "editor and save it as UTF-8.",
    )


def _line(before: str) -> int:
    """The number, from 1, of the line that follows or goes on after ``before``."""
    return max(before.count("\n"), before.count("\r")) + 1


def _mark(data: bytes) -> str | None:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _unannounced(data: bytes) -> str | None:
    text = _text(data, "utf-8", _CERTAIN)
    # Valid UTF-8 beyond ASCII is hardly ever anything else, whatever its alphabet.
    if text is not None and not text.isascii():
        return text
    if _damage(data, "utf-8"):
        return None
    likely = _best(data, "gb18030")  # ASCII is part of it
    wide = _best(data, "utf-16-le", "utf-16-be")
    score, text = wide if wide[0] > likely[0] + _CLEARLY else likely
    if score >= _READS_WELL:
        return text
    return None if _damage(data, "gb18030") else _guessed(data)


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
