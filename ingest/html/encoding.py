"""Bytes of a page -> its characters: what it declares, checked against what it holds."""

from __future__ import annotations

import codecs
import re

from errors import CorruptFile
from ingest.decode import decode, reads_as_chinese

CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
# Pages that declare these are in fact written in their superset.
SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}
# What servers and editors declare by themselves; any bytes are text in the first two.
LATIN = ("iso8859-1", "iso8859-15", "cp1252", "ascii")


def decode_html(data: bytes) -> str:
    """The page in the encoding it declares, unless its bytes plainly are in another.

    Raises CorruptFile when no encoding fits.
    """
    declared = CHARSET.search(data[:4096])
    name = _known(declared[1].decode("ascii").lower()) if declared else ""
    if not name or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return decode(data)
    text = _text(data, name)
    if text is None:
        return decode(data)
    if data.isascii():
        return text
    unicode = _text(data, "utf-8")
    if unicode is not None and (name in LATIN or reads_as_chinese(unicode)):
        return unicode
    return _unless_chinese(data, text) if name in LATIN else text


def _known(name: str) -> str:
    """The encoding that ``name`` stands for; empty when no page with a readable tag is in it."""
    try:
        known = codecs.lookup(SUPERSETS.get(name, name)).name
    except LookupError:
        return ""
    return "" if known.startswith(("utf-16", "utf-32")) else known


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _unless_chinese(data: bytes, latin: str) -> str:
    try:
        found = decode(data)
    except CorruptFile:
        return latin
    return found if reads_as_chinese(found) else latin
