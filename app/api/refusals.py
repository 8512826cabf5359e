"""What a caller is told when a request can't be served: one form of JSON for all interfaces.

The form is OpenAI's error object, with the Chinese and the English sentence beside the
``message`` that joins them.
"""

from __future__ import annotations

import logging

from starlette.responses import JSONResponse

from errors import DocumentNotFound, YoujuError

log = logging.getLogger("youju.api")

_NOTABLE = (401, 403, 429)
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Refused(YoujuError):
    """A request that can't be served. ``status`` is HTTP's, ``code`` a short English name.

    ``param`` names the faulty part of the request; ``retry_after`` is in whole seconds, 0 where
    waiting doesn't help.
    """

    def __init__(
        self,
        status: int,
        code: str,
        chinese: str,
        english: str,
        param: str = "",
        retry_after: int = 0,
    ) -> None:
        super().__init__(chinese, english)
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after


def refused(error: YoujuError) -> Refused:
    """An error of ours as a caller of an interface is told it."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, DocumentNotFound):
        return Refused(404, "document_not_found", str(error), error.english)
    return Refused(503, "library_unavailable", str(error), error.english)


def unexpected() -> Refused:
    """What is told of an error that is not ours: nothing but that there was one."""
    return Refused(
        500,
        "unexpected",
        "出了意料之外的错误。详情见启动有据的终端。",
        "Something unexpected went wrong: the terminal that Youju was started in says more.",
    )


def error_body(error: Refused) -> dict[str, object]:
    """The JSON of a refusal."""
    kind = "server_error" if error.status >= 500 else "invalid_request_error"
    return {
        "error": {
            "message": f"{error} {error.english}",
            "type": _TYPES.get(error.status, kind),
            "param": error.param or None,
            "code": error.code,
            "chinese": str(error),
            "english": error.english,
        }
    }


def error_response(error: Refused) -> JSONResponse:
    """The response of a refusal, with the headers that belong to its status; it is logged."""
    level = logging.WARNING if error.status in _NOTABLE or error.status >= 500 else logging.INFO
    log.log(level, "request refused", extra={"facts": {"status": error.status, "code": error.code}})
    headers = {}
    if error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error_body(error), error.status, headers)
