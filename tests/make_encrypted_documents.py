"""Rebuild the files of tests/documents that need a password: ``geheim``.

``python tests/make_encrypted_documents.py``, with msoffcrypto-tool, encrypts park.docx,
port.pptx and energy.xlsx as Office does ([MS-OFFCRYPTO], agile). The results are kept in the
repository, so that the tests don't need it. encrypted.pdf comes from make_documents.py.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "documents"
PASSWORD = "geheim"
OPEN = ("park.docx", "port.pptx", "energy.xlsx")


def main() -> None:
    """Write every document."""
    from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-not-found]

    for name in OPEN:
        path = FOLDER / name
        with path.open("rb") as plain, path.with_stem("encrypted").open("wb") as locked:
            OOXMLFile(plain).encrypt(PASSWORD, locked)


if __name__ == "__main__":
    main()
