"""What the XML formats of office programs have in common: an archive, a property for the title."""

from __future__ import annotations

import io
import re
import zipfile

from errors import OversizedFile
from ingest.zero_width import without_zero_width

MEGABYTE = 1_000_000
# Office's XML shrinks to a tenth or a twentieth; a hundredth is no report.
MAX_RATIO = 100
RATIO_MATTERS_FROM = 10 * MEGABYTE

# What Word, WPS, LibreOffice and python-docx call a document that nobody named.
PLACEHOLDER = re.compile(
    r"(?:新建 ?)?microsoft .*|(?:word ?)?(?:document|文档|文字文稿) ?\d*|幻灯片.*|powerpoint .*"
    r"|(?:untitled|无标题|未命名).*|python-docx|title|标题|文档标题",
    re.IGNORECASE,
)


def check_archive(data: bytes, max_megabytes: float) -> None:
    """Refuse an archive that would unpack to more than ``max_megabytes``, or suspiciously well.

    Raises OversizedFile; zipfile.BadZipFile when it is no archive.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    ratio = unpacked / len(data)
    bomb = ratio > MAX_RATIO and unpacked > RATIO_MATTERS_FROM
    if unpacked > max_megabytes * MEGABYTE or bomb:
        size = f"{unpacked / MEGABYTE:.1f} MB"
        raise OversizedFile(
            f"文件解压后有 {size}（压缩比 {ratio:.0f}），超过上限 {max_megabytes:g} MB 或压缩比 "
            f"{MAX_RATIO}。请在 Office 里另存一份，或拆成几个文件。",
            f"the file unpacks to {size} (ratio {ratio:.0f}); the limits are {max_megabytes:g} MB "
            f"and ratio {MAX_RATIO}. Save it anew in Office, or split it.",
        )


def sensible(value: str | None) -> str:
    """A title property, unless it is what a program put there by itself."""
    title = " ".join(without_zero_width(value or "").split())
    return "" if PLACEHOLDER.fullmatch(title) else title
