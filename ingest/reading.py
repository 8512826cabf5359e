"""From a file on disk to a Document: checks, the right reader, the manifest's word."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from errors import CorruptFile, EmptyFile, EncryptedFile, FileRefused, OversizedFile
from ingest.cover import Cover, read_cover, read_signature
from ingest.draft import Draft, OnPage, silent
from ingest.files import refusal, resolved
from ingest.manifest import Entry, manifest_entry
from ingest.noise.controls import without_controls
from ingest.refusing import refusing
from records import Document
from settings import IngestSettings

MEGABYTE = 1_000_000
OFFICE = (".docx", ".pptx", ".xlsx")
_NAMED_PAGES = 10
PDF_MAGIC = b"%PDF-"
ZIP_MAGIC = b"PK\x03\x04"
# The container of old Office files, and of new ones that are encrypted.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_document(path: Path, settings: IngestSettings, on_page: OnPage = silent) -> Document:
    """Read one file of any known format.

    The title is the manifest's, else the file's own, else the file name without suffix;
    publisher and date are the manifest's, else the file's own, else those of its cover, else
    those that it is signed with at its end.
    ``on_page`` hears of the pages of a PDF.
    Raises a FileRefused: UnknownFormat, EmptyFile, EncryptedFile, CorruptFile or
    OversizedFile; nothing else leaves, whatever the file holds.
    """
    path = resolved(path)
    reason = refusal(path)
    if reason is not None:
        raise reason
    data = _bytes(path, settings)
    sha256 = hashlib.sha256(data).hexdigest()
    entry = manifest_entry(path, sha256) or Entry(path.name)
    draft = _draft(path.suffix.lower(), data, settings, on_page)
    if not draft.source.text.strip():
        raise _no_text(path.suffix.lower(), settings.ocr)
    cover, signed = _cover(draft), read_signature(draft.source.text)
    return Document(
        id=sha256[:12],
        path=str(path),
        sha256=sha256,
        title=entry.title or draft.title or path.stem,
        raw=draft.source.raw,
        text=draft.source.text,
        origins=draft.source.origins,
        pages=draft.pages,
        outline=draft.outline,
        tables=draft.tables,
        blocks=draft.blocks,
        publisher=entry.publisher or draft.publisher or cover.publisher or signed.publisher,
        date=entry.date or draft.date or cover.date or signed.date,
        unread=draft.unread,
    )


def unread_pages(document: Document, ocr: bool) -> tuple[str, str]:
    """That pages of a document could not be read, and what helps; empty if all could."""
    if not document.unread:
        return "", ""
    numbers = [str(number) for number in document.unread[:_NAMED_PAGES]]
    more = len(document.unread) > _NAMED_PAGES
    chinese, english = _mend(ocr)
    pages = len(document.unread)
    return (
        f"有 {pages} 页只有图像，没有读到文字：第 {'、'.join(numbers)} 页{'等' if more else ''}。"
        f"{chinese}（先从资料库移除这份文档：youju docs remove {document.id}）",
        f"{pages} page(s) are only an image and were not read: {', '.join(numbers)}"
        f"{', …' if more else ''}. {english} (First take it out of the library: "
        f"youju docs remove {document.id})",
    )


def _cover(draft: Draft) -> Cover:
    """What stands before the first section, on the first page; nothing where there is none."""
    text = draft.source.text
    sections = [
        heading.span.start
        for heading in draft.outline
        if heading.span.start and heading.span.of(text).strip() != draft.title
    ]
    if not sections:
        return Cover()
    end = min(sections[0], draft.pages[0].end) if draft.pages else sections[0]
    return read_cover(text[:end])


def _bytes(path: Path, settings: IngestSettings) -> bytes:
    """The file's content, once its size is known to be acceptable."""
    try:
        size = path.stat().st_size
        if size > settings.max_file_megabytes * MEGABYTE:
            limit = f"{settings.max_file_megabytes:g} MB"
            raise OversizedFile(
                f"文件有 {size / MEGABYTE:.1f} MB，超过上限 {limit}。"
                "请拆成几个文件，或调大设置 ingest.max_file_megabytes。",
                f"the file has {size / MEGABYTE:.1f} MB, the limit is {limit}. "
                "Split it, or raise the setting ingest.max_file_megabytes.",
            )
        data = path.read_bytes()
    except OSError as error:
        raise FileRefused(
            f"读不了文件：{error.strerror}。请检查文件权限。",
            f"can't read the file: {error.strerror}. Check its permissions.",
        ) from error
    if not data:
        raise EmptyFile(
            "文件是空的（0 字节）。请检查下载或导出是否完整。",
            "the file is empty (0 bytes). Check whether its download or export was complete.",
        )
    return data


def _draft(suffix: str, data: bytes, settings: IngestSettings, on_page: OnPage) -> Draft:
    """What the reader for ``suffix`` makes of ``data``; any failure of it is a CorruptFile."""
    with refusing(settings):
        return without_controls(_read(suffix, data, settings, on_page))


def _read(suffix: str, data: bytes, settings: IngestSettings, on_page: OnPage) -> Draft:
    # Each reader is imported where it is used: together they take a second.
    if suffix == ".pdf":
        _check_pdf(data)
        from ingest.pdf import recognition
        from ingest.pdf.helpers import Helpers
        from ingest.pdf.reader import read_pdf

        recognise = settings.ocr and recognition.available()
        helpers = Helpers(min(settings.max_processes, os.cpu_count() or 1), settings)
        return read_pdf(data, settings.max_pages, recognise, on_page, helpers)
    if suffix in OFFICE:
        _check_office(suffix, data)
        from ingest.office import check_archive

        check_archive(data, settings.max_file_megabytes)
        return _read_office(suffix, data)
    _check_text(suffix, data)
    if suffix in (".html", ".htm"):
        from ingest.html.reader import read_html

        return read_html(data)
    if suffix in (".md", ".markdown"):
        from ingest.markdown import read_markdown

        return read_markdown(data)
    if suffix in (".csv", ".tsv"):
        from ingest.sheets import read_csv

        return read_csv(data)
    from ingest.plain_text import read_plain_text

    return read_plain_text(data)


def _read_office(suffix: str, data: bytes) -> Draft:
    if suffix == ".pptx":
        from ingest.pptx import read_pptx

        return read_pptx(data)
    if suffix == ".xlsx":
        from ingest.sheets import read_xlsx

        return read_xlsx(data)
    from ingest.docx import read_docx

    return read_docx(data)


def _check_pdf(data: bytes) -> None:
    # Readers accept some bytes before the header, so some writers put them there.
    if PDF_MAGIC not in data[:1024]:
        raise _impostor(".pdf", data)


def _check_office(suffix: str, data: bytes) -> None:
    if data.startswith(OLE_MAGIC) and OLE_ENCRYPTED in data:
        raise EncryptedFile(
            "文件设了打开密码。请在 Office 里去掉密码后再导入。",
            "the file needs a password. Remove it in Office, then ingest again.",
        )
    if not data.startswith(ZIP_MAGIC):
        raise _impostor(suffix, data)


def _check_text(suffix: str, data: bytes) -> None:
    if data.startswith((PDF_MAGIC, ZIP_MAGIC, OLE_MAGIC)):
        raise _impostor(suffix, data)


def _impostor(suffix: str, data: bytes) -> CorruptFile:
    kinds = {PDF_MAGIC: "PDF", ZIP_MAGIC: "ZIP/Office", OLE_MAGIC: "Office 97-2003"}
    kind = next((name for magic, name in kinds.items() if data.startswith(magic)), "")
    chinese, english = (f"像是 {kind}", f"it looks like {kind}") if kind else ("", "")
    start = data[:8].hex(" ")
    return CorruptFile(
        f"扩展名是 {suffix}，内容却不是（{chinese or f'开头是 {start}'}）。"
        "请改成正确的扩展名，或重新下载。",
        f"it is named {suffix} but is none ({english or f'it starts with {start}'}). "
        "Give it its right suffix, or download it again.",
    )


def _no_text(suffix: str, ocr: bool) -> EmptyFile:
    if suffix == ".pdf":
        chinese, english = _mend(ocr)
        return EmptyFile(
            f"PDF 里没有文字，多半是扫描件。{chinese}",
            f"the PDF holds no text: it is probably a scan. {english}",
        )
    return EmptyFile(
        "文件里没有可读的文字。请确认内容后再导入。",
        "the file holds no readable text. Check what is in it.",
    )


def _mend(ocr: bool) -> tuple[str, str]:
    """What helps with pages that are only an image."""
    from ingest.pdf import recognition

    if not ocr:
        return (
            "请把设置 ingest.ocr 改为 true 再导入。",
            "Set ingest.ocr = true, then ingest it again.",
        )
    if recognition.available():
        return (
            "文字识别也没有认出文字。请换一份更清晰的扫描件。",
            "Text recognition found none either. Scan it anew, more clearly.",
        )
    return (
        "请装上文字识别再导入：pip install -e .[ocr]",
        "Install text recognition, then ingest it again: pip install -e .[ocr]",
    )
