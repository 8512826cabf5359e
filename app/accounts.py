"""Who may use the page: names with hashed passwords, from the settings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping

import anyio

log = logging.getLogger("youju.accounts")

# RFC 7914; 16 MiB and about 50 ms on one core.
_COST, _BLOCK, _PARALLEL = 1 << 14, 8, 1
_MOST_FAILURES, _PAUSE = 5, 60.0  # seconds
_AT_ONCE = 2


def hashed(password: str, salt: bytes | None = None) -> str:
    """``scrypt$SALT$KEY`` in base 64, for the settings; a new salt unless one is given."""
    salt = salt or secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL)
    return "$".join(["scrypt", base64.b64encode(salt).decode(), base64.b64encode(key).decode()])


def matches(password: str, stored: str) -> bool:
    """Whether ``stored`` was hashed from the password; False for anything else."""
    try:
        name, salt, _ = stored.split("$")
        known = name == "scrypt" and hashed(password, base64.b64decode(salt, validate=True))
    except (ValueError, UnicodeEncodeError):
        return False
    return bool(known) and hmac.compare_digest(str(known), stored)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``, a name or an address."""
    name = host.strip("[]").lower()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class SignIn:
    """Checks names and passwords. Five failures for a name close it for a minute."""

    def __init__(
        self, users: Mapping[str, str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._users = users
        self._clock = clock
        self._failures: dict[str, list[float]] = {}
        self._lock = threading.Lock()
        self._places: anyio.CapacityLimiter | None = None

    async def admits(self, name: str, password: str) -> bool:
        """As ``__call__``, in a thread: passwords are slow to check, and few are at once."""
        self._places = self._places or anyio.CapacityLimiter(_AT_ONCE)
        return await anyio.to_thread.run_sync(self, name, password, limiter=self._places)

    def __call__(self, name: str, password: str) -> bool:
        """Whether this is one of the users; an unknown name takes as long as a known one."""
        known = name in self._users
        if known and not self._may_try(name):
            _note(name, known, closed=True)
            return False
        right = matches(password, self._users.get(name, hashed("", b"nobody"))) and known
        if right:
            with self._lock:
                self._failures.pop(name, None)
        else:
            _note(name, known, closed=False)
        return right

    def _may_try(self, name: str) -> bool:
        """Whether the name is open; a try counts as failed until it has succeeded."""
        with self._lock:
            now = self._clock()
            recent = [at for at in self._failures.get(name, ()) if at > now - _PAUSE]
            if len(recent) >= _MOST_FAILURES:
                return False
            self._failures[name] = [*recent, now]
            return True


def _note(name: str, known: bool, closed: bool) -> None:
    """Log a failure. A name that nobody has isn't told: it may be a password, mistyped."""
    facts = {"user": name if known else "", "known": known, "closed": closed}
    log.warning("sign-in failed", extra={"facts": facts})
