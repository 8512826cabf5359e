"""Who may use the interfaces: a caller with a token, or a program on this machine.

Without tokens the interfaces are open on loopback only. There the danger is a page of another
site in the user's own browser: it can send requests to 127.0.0.1, and by rebinding its name
to that address (DNS rebinding) even read what comes back. A browser can't forge the headers
that give it away: Host, Origin and Sec-Fetch-Site (Fetch Metadata, W3C).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.datastructures import Headers

from app.accounts import is_loopback
from app.api.refusals import Refused
from settings import ApiSettings, PageSettings

LOCAL = "local"
"""The name by which callers without a token are counted."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")
_OWN_SITE = (None, "none", "same-origin")


def why_closed(settings: ApiSettings, page: PageSettings) -> tuple[str, str] | None:
    """Why there are no interfaces beside a page, in Chinese and English; None if there are.

    They are off by setting, and without tokens beyond loopback and where people must sign in.
    """
    if not settings.enabled:
        return "按设置 api.enabled 关闭", "api.enabled is false"
    if not settings.tokens and page.users:
        return (
            "网页需要登录，而接口没有设置令牌。请用环境变量 YOUJU_API__TOKENS 设置",
            "people sign in to the page and there are no tokens: set YOUJU_API__TOKENS in the "
            "environment",
        )
    if not settings.tokens and not is_loopback(page.host):
        return (
            f"{page.host} 向网络开放，而没有设置令牌。请用环境变量 YOUJU_API__TOKENS 设置",
            f"{page.host} is open to the network and there are no tokens: set YOUJU_API__TOKENS in "
            "the environment",
        )
    return None


def interfaces_words(settings: ApiSettings, page: PageSettings, address: str) -> tuple[str, str]:
    """What is said at the start, in Chinese and English: where the interfaces are, or why not."""
    closed = why_closed(settings, page)
    if closed:
        return f"接口未开启：{closed[0]}", f"no interfaces: {closed[1]}"
    places = ", ".join(f"{address}{path}" for path in ("v1", "api/docs", "mcp"))
    return f"接口：{places}", f"interfaces: {places}"


def access_of(settings: ApiSettings, page: PageSettings) -> Access:
    """Who may see how a page's server is doing: by token, or where all is local, this machine."""
    return Access(settings.tokens, local=is_loopback(page.host) and not page.users)


class Access:
    """Checks a request's headers against the tokens, or, without tokens, that it is local."""

    def __init__(self, tokens: Iterable[SecretStr], local: bool = True) -> None:
        """Without tokens, and unless ``local``, nobody is let in."""
        self._local = local
        self._digests = [_digest(token.get_secret_value()) for token in tokens]

    def caller(self, headers: Headers) -> str:
        """The name by which the caller is counted; it tells nothing of a token.

        Raises Refused: 401 for a token that is missing or wrong, 403 for another site's page.
        """
        if not self._digests and self._local:
            self.check_local(headers)
            return LOCAL
        given = _digest(_bearer(headers))
        # Each token is compared in full, and all of them, so that the time tells nothing.
        if True not in [hmac.compare_digest(given, digest) for digest in self._digests]:
            raise Refused(
                401,
                "invalid_token",
                "缺少令牌，或令牌不对。请在请求头里写 Authorization: Bearer 令牌。",
                "The token is missing or wrong: send the header Authorization: Bearer TOKEN.",
            )
        return f"token {hashlib.sha256(given).hexdigest()[:16]}"

    @staticmethod
    def check_local(headers: Headers) -> None:
        """Raises Refused, 403, unless a program of this machine or the page itself asks."""
        host = headers.get("host", "")
        origin = headers.get("origin")
        found = _HOST.fullmatch(host)
        if found is None or not is_loopback(found[1]):
            raise _foreign("Host", host)
        if origin is not None and (urlsplit(origin).netloc.lower() != host.lower()):
            raise _foreign("Origin", origin)
        if headers.get("sec-fetch-site") not in _OWN_SITE:
            raise _foreign("Sec-Fetch-Site", headers["sec-fetch-site"])


def _foreign(header: str, value: str) -> Refused:
    shown = value[:100]
    return Refused(
        403,
        "foreign_origin",
        f"没有设置令牌时，只接受本机程序的请求，而这个请求的 {header} 是“{shown}”。"
        "要从别处使用，请用环境变量 YOUJU_API__TOKENS 设置令牌。",
        f"Without tokens only programs on this machine are served, and the request's {header} is "
        f'"{shown}". To use the interfaces from elsewhere, set YOUJU_API__TOKENS.',
    )


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
