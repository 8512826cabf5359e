"""The language model's endpoint: LlamaIndex's client for OpenAI's protocol, kept in bounds."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.generation.prompts import Prompt
from app.importing import import_llama_index
from records import Notice
from settings import LlmSettings

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike

log = logging.getLogger("youju.generation")

_NO_KEY = "none"  # the client refuses an empty one
_MOST_CHARACTERS = 8  # for one token; more is not what was asked for
_STATUS = {
    401: Notice.REFUSED_KEY,
    402: Notice.OUT_OF_QUOTA,
    403: Notice.REFUSED_KEY,
    408: Notice.TIMEOUT,
    429: Notice.RATE_LIMITED,
    504: Notice.TIMEOUT,
}


class GenerationFailed(Exception):
    """No usable text came. ``retry_after`` is in seconds; None: trying again is no use.

    It holds nothing of what the endpoint said, which may repeat the key.
    """

    def __init__(self, notice: Notice, retry_after: float | None = None) -> None:
        super().__init__(notice.value)
        self.notice = notice
        self.retry_after = retry_after


class Endpoint:
    """Asks the model. Thread-safe; its libraries load when it is first used."""

    def __init__(self, settings: LlmSettings) -> None:
        self.settings = settings

    def stream(self, prompt: Prompt, deadline: float, most: int | None = None) -> Iterator[str]:
        """The model's whole text so far, again and again until it is finished.

        ``most`` tokens are asked for, by default as many as an answer may have. It may begin
        anew: what breaks off is tried again where that makes sense, as long as the deadline, in
        seconds of ``time.monotonic``, allows. Raises GenerationFailed.
        """
        for attempt in range(1, self.settings.attempts + 1):
            try:
                yield from self._text(prompt, deadline, most or self.settings.max_tokens)
                return
            except GenerationFailed as failure:
                pause = failure.retry_after
                if pause is None or attempt == self.settings.attempts:
                    raise
                if time.monotonic() + pause >= deadline:
                    raise
                time.sleep(pause)

    def probe(self) -> None:
        """Ask for one token. Raises GenerationFailed when none can be had."""
        for _ in self._chunks(Prompt("", "你好"), self.settings.timeout, 1):
            pass

    def warm_up(self) -> None:
        """Load what the first question would otherwise wait for; the endpoint isn't asked."""
        _ = self._llm

    def close(self) -> None:
        """Let go of the connections."""
        if "_llm" in vars(self):
            self._llm._get_client().close()

    def _text(self, prompt: Prompt, deadline: float, most: int) -> Iterator[str]:
        text, finished = "", ""
        with closing(self._chunks(prompt, deadline - time.monotonic(), most)) as chunks:
            for delta, reason in chunks:
                text += delta
                finished = reason or finished
                if len(text) > _MOST_CHARACTERS * most:
                    raise GenerationFailed(Notice.CUT_OFF)
                yield text
        if not text.strip():
            raise GenerationFailed(Notice.NONSENSE)
        if finished != "stop":
            raise GenerationFailed(Notice.CUT_OFF)

    def _chunks(
        self, prompt: Prompt, seconds: float, most: int
    ) -> Generator[tuple[str, str], None, None]:
        """Pieces of text as they come, each with the reason for the end where one is given."""
        import_llama_index()
        from llama_index.core.llms import ChatMessage

        from app.generation.transport import timeouts

        if seconds <= 0:
            raise GenerationFailed(Notice.TIMEOUT)
        parts = (("system", prompt.system), ("user", prompt.user))
        messages = [ChatMessage(role=role, content=text) for role, text in parts if text]
        try:
            for chunk in self._llm.stream_chat(
                messages, timeout=timeouts(seconds), max_tokens=most
            ):
                raw: Any = chunk.raw
                reason = raw.choices[0].finish_reason if raw.choices else None
                yield chunk.delta or "", reason or ""
        except Exception as error:  # an endpoint's data can break its client in any way
            failure = _failure(error)
            log.info("the language model: %s after %s", failure, type(error).__name__)
            raise failure from None  # the original may hold the key

    @cached_property
    def _llm(self) -> OpenAILike:
        import_llama_index()
        from llama_index.core.callbacks import CallbackManager
        from llama_index.llms.openai_like import OpenAILike
        from openai import OpenAI

        from app.generation.transport import bounded_client

        settings = self.settings
        return OpenAILike(
            model=settings.model,
            temperature=settings.temperature,
            context_window=settings.context_tokens,
            is_chat_model=True,
            max_retries=0,
            api_base=settings.base_url,
            api_key=_NO_KEY,  # LlamaIndex would show it; only the client holds the real one
            callback_manager=CallbackManager(),
            openai_client=OpenAI(
                api_key=settings.api_key.get_secret_value() or _NO_KEY,
                base_url=settings.base_url,
                max_retries=0,
                http_client=bounded_client(),
            ),
        )


def _failure(error: Exception) -> GenerationFailed:
    """What an exception of the client means."""
    import httpx
    import openai

    from app.generation.transport import Overlong

    if isinstance(error, openai.APIConnectionError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, openai.APIStatusError):
        return _status_failure(error)
    if isinstance(error, openai.APIError):
        return GenerationFailed(Notice.FAILED)
    if isinstance(error, httpx.TimeoutException):
        return GenerationFailed(Notice.TIMEOUT)
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol):
        return GenerationFailed(Notice.UNREACHABLE)
    if isinstance(error, httpx.TransportError):  # reset, or closed in the middle
        return GenerationFailed(Notice.UNREACHABLE, retry_after=0)
    return GenerationFailed(Notice.CUT_OFF if isinstance(error, Overlong) else Notice.NONSENSE)


def _status_failure(error: Any) -> GenerationFailed:
    status: int = error.status_code
    if status == 429 and error.code == "insufficient_quota":
        return GenerationFailed(Notice.OUT_OF_QUOTA)
    usual = Notice.FAILED if status >= 500 else Notice.REFUSED_REQUEST
    wait = error.response.headers.get("retry-after", "")
    pause = float(wait) if status in (429, 503) and wait.isascii() and wait.isdigit() else None
    return GenerationFailed(_STATUS.get(status, usual), pause)
