"""Everything that Youju raises on purpose.

::

    YoujuError
    ├── SettingsError          a setting is unknown or out of range
    ├── FileRefused            a file can't become a document; the rest goes on
    │   ├── UnknownFormat
    │   ├── EmptyFile
    │   ├── EncryptedFile
    │   ├── CorruptFile
    │   └── OversizedFile
    ├── LibraryError           the library can't do what was asked
    │   ├── LibraryBusy        another process is writing
    │   ├── LibraryMismatch    built with other settings than those in force
    │   ├── LibraryDamaged     its file is damaged, or gone
    │   ├── LibraryUnwritable  the disk is full, or the folder may not be written to
    │   ├── DocumentNotFound
    │   ├── ConversationNotFound
    │   ├── SourceUnavailable  a document's file is gone, has changed or has no pages
    │   └── BackupError        a backup can't be made there, is damaged or doesn't fit
    ├── QueueFull              too many questions are waiting already
    ├── ModelError             an encoder can't be set up or loaded
    ├── QuestionsError         a question or answer file is malformed
    └── RunError               a folder is no evaluation run, or another one than wanted

Each message says what happened, with the value, and what to do. A message is in Chinese
first, because it is shown to users; ``english`` holds the same in English.
"""

from __future__ import annotations


class YoujuError(Exception):
    """Root of the tree. ``str()`` gives the Chinese message, ``english`` the English one."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(chinese)
        self.english = english

    def __reduce__(self) -> tuple[type[YoujuError], tuple[str, ...]]:
        return type(self), (str(self), self.english)


class SettingsError(YoujuError):
    """A setting is unknown or out of range."""


class FileRefused(YoujuError):
    """A file can't become a document; ``fault`` is the kind of error behind it, for the log."""

    def __init__(self, chinese: str, english: str, fault: str = "") -> None:
        super().__init__(chinese, english)
        self.fault = fault

    def __reduce__(self) -> tuple[type[FileRefused], tuple[str, ...]]:
        return type(self), (str(self), self.english, self.fault)


class UnknownFormat(FileRefused):
    """No reader knows this kind of file."""


class EmptyFile(FileRefused):
    """The file holds no text."""


class EncryptedFile(FileRefused):
    """The file needs a password."""


class CorruptFile(FileRefused):
    """The file is not what its name says, or is damaged."""


class OversizedFile(FileRefused):
    """The file is larger than the settings allow."""


class LibraryError(YoujuError):
    """The library can't do what was asked."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryMismatch(LibraryError):
    """The library was built with other settings than those in force."""


class LibraryDamaged(LibraryError):
    """The file that holds the documents is damaged, or gone."""


class LibraryUnwritable(LibraryError):
    """The disk is full, or the library's folder may not be written to."""


class DocumentNotFound(LibraryError):
    """No document has this id."""


class ConversationNotFound(LibraryError):
    """No conversation of this owner has this id, or it has no such turn."""


class SourceUnavailable(LibraryError):
    """The file that a document came from is gone, has changed, or has no such page."""


class BackupError(LibraryError):
    """A backup can't be written there, or a file is no whole backup that fits this program."""


class ModelError(YoujuError):
    """An encoder can't be set up or loaded."""


class QueueFull(YoujuError):
    """Too many questions are waiting already."""


class QuestionsError(YoujuError):
    """A question or answer file is malformed."""


class RunError(YoujuError):
    """A folder holds no evaluation run, an unfinished one, or another one than wanted."""
