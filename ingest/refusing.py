"""Whatever a reader raises becomes a refusal that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from errors import CorruptFile, FileRefused, OversizedFile
from settings import IngestSettings


@contextmanager
def refusing(settings: IngestSettings) -> Iterator[None]:
    """Raises FileRefused as it is, OversizedFile for want of memory, else CorruptFile."""
    try:
        yield
    except FileRefused:
        raise
    except MemoryError as error:
        raise _short_of_memory(settings) from error
    except Exception as error:
        if "bad_alloc" in str(error):  # what libraries in C++ say of it
            raise _short_of_memory(settings) from error
        raise CorruptFile(
            "文件已损坏，读不下去。请重新下载，或用原来的软件打开，另存一份再导入。",
            "the file is damaged and can't be read. Download it again, or open it in the program "
            "it was made with, save it anew and ingest that.",
            type(error).__name__,  # what it says of itself may quote the file
        ) from error


def _short_of_memory(settings: IngestSettings) -> OversizedFile:
    return OversizedFile(
        f"读它所需的内存超过 {settings.max_memory_megabytes} MB。请拆成几个文件，"
        "或调大设置 ingest.max_memory_megabytes（网页上传是 "
        "page.max_upload_memory_megabytes）。",
        f"reading it takes more memory than {settings.max_memory_megabytes} MB. Split it, or "
        "raise the setting ingest.max_memory_megabytes (of uploads: "
        "page.max_upload_memory_megabytes).",
    )
