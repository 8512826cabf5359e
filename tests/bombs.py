"""Small files that unpack to very much: made here, since no repository should hold them."""

from __future__ import annotations

import io
import random
import zipfile
import zlib

import docx

_CATALOG = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    b"/Resources<</Font<</F 5 0 R>>>>>>",
)
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def packed(chunk: bytes, times: int) -> bytes:
    """``chunk`` many times, deflated."""
    deflate = zlib.compressobj(9)
    return b"".join(deflate.compress(chunk) for _ in range(times)) + deflate.flush()


def pdf(stream: bytes, filters: bytes) -> bytes:
    """One page whose content is ``stream``."""
    content = b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(stream), filters, stream)
    data, places = b"%PDF-1.7\n", []
    for number, part in enumerate((*_CATALOG, content, _FONT), start=1):
        places.append(len(data))
        data += b"%d 0 obj%sendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(data)
    return data + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def twice_deflated() -> bytes:
    """4 kB that unpack to 2 GB of spaces."""
    return pdf(zlib.compress(packed(b" " * 10**6, 2000), 9), b"/FlateDecode/FlateDecode")


def word_file(body: bytes, doctype: bytes = b"") -> bytes:
    """A DOCX whose body begins with ``body``."""
    document = docx.Document()
    document.add_paragraph("青湾港")
    plain, changed = io.BytesIO(), io.BytesIO()
    document.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(b"<w:body>", b"<w:body>" + body)
                data = data.replace(b"?>", b"?>" + doctype, 1)
            new.writestr(name, data)
    return changed.getvalue()


def zeros() -> bytes:
    """A DOCX with 300 MB of zeros in it."""
    stream = io.BytesIO(word_file(b""))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/zeros.xml", bytes(300_000_000))
    return stream.getvalue()


def million_paragraphs() -> bytes:
    """A DOCX whose 180 MB of small elements pass for ordinary: each needs ten times its size."""
    numbers = random.Random(1)
    rows = (
        f"<w:p><w:r><w:t>{numbers.randrange(10**6)}</w:t></w:r></w:p>" for _ in range(4_200_000)
    )
    return word_file("".join(rows).encode())


def laughs() -> bytes:
    """A DOCX with ten billion characters in entities of entities."""
    entities = [b'<!ENTITY a "aaaaaaaaaa">']
    for number in range(98, 107):
        entities.append(b'<!ENTITY %c "%s">' % (number, b"&%c;" % (number - 1) * 10))
    body = b"<w:p><w:r><w:t>&j;</w:t></w:r></w:p>"
    return word_file(body, b"<!DOCTYPE x [" + b"".join(entities) + b"]>")


def nested() -> bytes:
    """A DOCX of 200,000 elements, each inside the other."""
    start, end = b"<w:sdt><w:sdtContent>", b"</w:sdtContent></w:sdt>"
    return word_file(start * 200_000 + end * 200_000)
