"""Files that visitors send become documents, one after the other, each with its progress."""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from threading import Lock, Thread

from app.assistant import Assistant
from app.catalogue import remove
from app.upload_folder import arrived, clean_name, discard, discard_stale, keep, release
from app.watching import watched_files
from errors import FileRefused, LibraryError, OversizedFile, YoujuError
from index.pipeline import Outcome, ingest
from index.store import Entry
from ingest.files import digest_of, unknown_format
from ingest.reading import MEGABYTE
from settings import Settings

log = logging.getLogger("youju.uploads")


class Stage(StrEnum):
    """How far an upload is."""

    WAITING = "waiting"
    READING = "reading"
    ENCODING = "encoding"
    SAME_NAME = "same_name"  # a document has its name: the visitor decides
    BLOCKED = "blocked"  # the library couldn't take it now: it may be tried again
    REFUSED = "refused"
    LEFT_OUT = "left_out"
    DONE = "done"


class SameName(StrEnum):
    """What is to become of a file whose name a document of other content has."""

    ASK = "ask"
    REPLACE = "replace"
    KEEP_BOTH = "keep_both"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a visitor has sent.

    ``copy`` is where it lies until it is done or refused. ``done`` of ``total`` pages are read
    or passages encoded. ``document`` is what it became, or the one of the same name; ``outcome``
    says how. ``error`` is why it was refused or blocked, ``unread`` which pages could not be
    read, in Chinese and English.
    """

    name: str
    stage: Stage = Stage.WAITING
    copy: Path | None = None
    done: int = 0
    total: int = 0
    document: Entry | None = None
    outcome: Outcome | None = None
    error: YoujuError | None = None
    unread: tuple[str, str] = ("", "")


Batch = tuple[Upload, ...]
Tell = Callable[[Upload], None]


class Reception:
    """Takes in what visitors send to an assistant's library: one batch at a time."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._library = assistant.library
        self._limits = assistant.settings.page
        self._settings = _bounded(assistant.settings)
        self._turn = Lock()
        self._taken: dict[Path, str] = {}  # what became of copies: documents' ids
        discard_stale(self._library.home)

    def offered(self, files: object) -> Batch:
        """What a browser says it has sent: a list of name, size in bytes and path of the copy.

        Nothing of it is taken on trust. What can be judged by name, size and number alone is
        refused here.
        """
        said = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
        most = self._limits.max_uploads
        uploads = [self._offered(file) for file in said[:most]]
        if len(said) > most:
            first = clean_name(str(said[most].get("name")))
            uploads.append(_refused(Upload(first), _too_many(len(said) - most, most)))
        for upload in uploads:
            if upload.stage is Stage.REFUSED:
                _note(upload, time.perf_counter())
        return tuple(uploads)

    def _offered(self, file: dict[object, object]) -> Upload:
        copy = arrived(self._library.home, file.get("path"))
        upload = Upload(clean_name(str(file.get("name"))), copy=copy)
        said = file.get("size")
        size = copy.stat().st_size if copy else said if isinstance(said, int) else 0
        refusal = unknown_format(PurePosixPath(upload.name).suffix.lower()) or self._oversized(size)
        if refusal is None and copy is None:
            refusal = FileRefused(
                "文件没有传完。请检查网络，再传一次。",
                "the file did not arrive whole. Check the network, then send it again.",
            )
        return _refused(upload, refusal) if refusal else upload

    def _oversized(self, size: int) -> FileRefused | None:
        limit = self._limits.max_upload_megabytes
        if size <= limit * MEGABYTE:
            return None
        return OversizedFile(
            f"文件有 {size / MEGABYTE:.1f} MB，超过上限 {limit:g} MB。"
            "请拆成几个文件，或调大设置 page.max_upload_megabytes。",
            f"the file has {size / MEGABYTE:.1f} MB, the limit is {limit:g} MB. "
            "Split it, or raise the setting page.max_upload_megabytes.",
        )

    def entered(self, batch: Batch, same_name: SameName = SameName.ASK) -> Iterator[Batch]:
        """Bring the waiting ones into the library; gives the batch as it is, again and again.

        The work goes on to its end, also when nobody listens any more. Batches wait for each
        other.
        """
        told: SimpleQueue[Batch | None] = SimpleQueue()
        Thread(target=self._work, args=(list(batch), same_name, told.put), daemon=True).start()
        yield batch
        yield from _freshest(told)

    def _work(
        self, batch: list[Upload], same_name: SameName, put: Callable[[Batch | None], None]
    ) -> None:
        try:
            with self._turn:
                for number, upload in enumerate(batch):

                    def tell(now: Upload, number: int = number) -> None:
                        batch[number] = now
                        put(tuple(batch))

                    if upload.stage is Stage.WAITING:
                        started = time.perf_counter()
                        tell(self._outcome(upload, same_name, tell))
                        _note(batch[number], started)
                discard_stale(self._library.home)
        finally:
            self._library.store.close()
            put(None)

    def _outcome(self, upload: Upload, same_name: SameName, tell: Tell) -> Upload:
        """What becomes of the file, whatever happens."""
        try:
            with self._library.writing():
                return self._entered(upload, same_name, tell)
        except FileRefused as error:
            return _refused(upload, error)
        except YoujuError as error:
            return replace(upload, stage=Stage.BLOCKED, error=error)
        except Exception:  # shown as a plain sentence; the log has the rest
            log.exception("an upload was not brought in")
            return replace(upload, stage=Stage.BLOCKED, error=_unexpected())

    def _entered(self, upload: Upload, same_name: SameName, tell: Tell) -> Upload:
        if upload.copy is None or not upload.copy.is_file():
            return self._sent_twice(upload)
        tell(replace(upload, stage=Stage.READING))
        sha256 = digest_of(upload.copy)
        namesakes = self._namesakes(upload.name, sha256)
        if namesakes and same_name is SameName.ASK:
            return replace(upload, stage=Stage.SAME_NAME, document=namesakes[0])
        place = keep(self._library.home, upload.copy, sha256, upload.name)
        try:
            results = ingest(
                [place],
                self._library,
                self._assistant.encoder,
                self._settings,
                on_passages=lambda d, t: tell(
                    replace(upload, stage=Stage.ENCODING, done=d, total=t)
                ),
                on_page=lambda d, t: tell(replace(upload, stage=Stage.READING, done=d, total=t)),
            )
            (result,) = watched_files(results)
        finally:
            release(self._library, place)
        if result.outcome is Outcome.REFUSED:
            raise FileRefused(result.reason, result.english)
        for namesake in namesakes if same_name is SameName.REPLACE else ():
            remove(self._library, namesake.id)
        discard(upload.copy)
        self._taken[upload.copy] = result.document_id
        entry = self._library.store.entry(result.document_id)
        unread = (result.reason, result.english) if result.passages else ("", "")
        return Upload(
            upload.name, Stage.DONE, document=entry, outcome=result.outcome, unread=unread
        )

    def _sent_twice(self, upload: Upload) -> Upload:
        """The same file sent by two at once has one copy, which the first one took."""
        taken = self._taken.get(upload.copy) if upload.copy else None
        for entry in self._library.store.entries():
            if entry.id == taken:
                return Upload(upload.name, Stage.DONE, document=entry, outcome=Outcome.UNCHANGED)
        raise FileRefused(
            "传来的文件已经清理掉了。请再传一次。",
            "the file that was sent has been cleared away. Send it again.",
        )

    def _namesakes(self, name: str, sha256: str) -> list[Entry]:
        """The documents of the same file name, unless one has this very content."""
        entries = self._library.store.entries()
        if any(entry.sha256 == sha256 for entry in entries):
            return []
        return [entry for entry in entries if _same(Path(entry.path).name, name)]


def _bounded(settings: Settings) -> Settings:
    """The settings that uploads are read with: whoever sent them, they get less memory."""
    own = settings.ingest
    least = min(own.max_memory_megabytes, settings.page.max_upload_memory_megabytes)
    bounded = own.model_copy(update={"max_memory_megabytes": least})
    return settings.model_copy(update={"ingest": bounded})


def _note(upload: Upload, started: float) -> None:
    """Log what became of an upload; its name isn't told."""
    facts = {
        "stage": upload.stage.value,
        "outcome": upload.outcome.value if upload.outcome else "",
        "id": upload.document.id if upload.document else "",
        "error": type(upload.error).__name__ if upload.error else "",
        "elapsed_ms": round((time.perf_counter() - started) * 1000, 1),
    }
    level = logging.WARNING if upload.error else logging.INFO
    log.log(level, "upload", extra={"facts": facts})


def left_out(batch: Sequence[Upload]) -> Batch:
    """The batch without those whose name a document has: their copies are deleted."""
    return tuple(
        _closed(upload, Stage.LEFT_OUT) if upload.stage is Stage.SAME_NAME else upload
        for upload in batch
    )


def again(batch: Sequence[Upload], stage: Stage) -> Batch:
    """The batch with those in ``stage`` waiting once more."""
    return tuple(
        Upload(upload.name, copy=upload.copy) if upload.stage is stage else upload
        for upload in batch
    )


def _freshest(told: SimpleQueue[Batch | None]) -> Iterator[Batch]:
    """The last of what was told meanwhile, until None is."""
    while True:
        heard = [told.get()]
        while not told.empty():
            heard.append(told.get())
        batches = [batch for batch in heard if batch is not None]
        if batches:
            yield batches[-1]
        if heard[-1] is None:
            return


def _same(one: str, other: str) -> bool:
    first, second = (unicodedata.normalize("NFC", name).casefold() for name in (one, other))
    return first == second


def _refused(upload: Upload, error: YoujuError) -> Upload:
    return replace(_closed(upload, Stage.REFUSED), error=error)


def _closed(upload: Upload, stage: Stage) -> Upload:
    if upload.copy is not None:
        discard(upload.copy)
    return Upload(upload.name, stage)


def _too_many(count: int, most: int) -> FileRefused:
    return FileRefused(
        f"一次最多上传 {most} 个文件，从这一个起的 {count} 个没有上传。请分批上传，"
        "或调大设置 page.max_uploads。",
        f"{most} files may be sent at a time; this one and what followed, {count} in all, were "
        "left out. Send them separately, or raise the setting page.max_uploads.",
    )


def _unexpected() -> LibraryError:
    return LibraryError(
        "出了意料之外的错误，这份文件还没有导入。详情见启动有据的终端。",
        "something unexpected went wrong and the file is not in the library yet. The terminal "
        "that Youju was started in says more.",
    )
