"""Settings: the only reader of youju.toml and of the environment.

Order of precedence, highest first: explicit arguments, environment variables
(``YOUJU_HOME``, ``YOUJU_SPLIT__MAXIMUM=300``: two underscores go one level down),
``youju.toml`` in the checkout, defaults. Unknown keys are refused.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from errors import SettingsError

# ONNX Runtime reports to Microsoft unless this stands when it is loaded, which several
# modules and libraries do; all of them come after this one.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

CHECKOUT = Path(__file__).resolve().parent
PREFIX = "YOUJU_"
SECRETS = (("api", "tokens"), ("llm", "api_key"))
"""Settings that are taken from the environment only: a file is too easily passed on."""


def _absolute(path: Any) -> Any:
    """The path from the root; ``~`` is the user's home. An empty one would mean any folder."""
    if not isinstance(path, str | Path):
        return path
    if not str(path).strip():
        raise ValueError("the path is empty")
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise ValueError(f"{path}: {error}") from error


def own_folder(code: Path) -> Path:
    """Where library and youju.toml lie by default: with the code, if that is a checkout.

    Code that was installed without one may lie where nothing is kept: then in the user's folder.
    """
    checkout = (code / "pyproject.toml").exists()
    return code if checkout else Path(platformdirs.user_data_dir("youju"))


AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]


class _Section(BaseModel):
    # An error tells what is wrong with a value without the value: it may be a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class IngestSettings(_Section):
    """What is accepted as a document."""

    max_file_megabytes: float = Field(200, gt=0, description="a larger file is refused")
    max_pages: int = Field(2000, gt=0, description="a PDF with more pages is refused")
    ocr: bool = Field(True, description="read scanned pages where the extra ocr is installed")
    max_seconds: float = Field(600, gt=0, description="a file that takes longer to read is refused")
    max_memory_megabytes: int = Field(4000, ge=500, description="memory for reading one file")
    max_processes: int = Field(
        4, ge=1, description="that read a long PDF at once, at most one a core"
    )


class SplitSettings(_Section):
    """How a document is cut into passages; lengths in characters."""

    minimum: int = Field(150, ge=1, description="a shorter passage is joined to its neighbour")
    maximum: int = Field(350, ge=20, description="no passage is longer; a longer sentence is cut")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class EncoderSettings(_Section):
    """Which model turns text into vectors."""

    model: str = Field("bundled", description="'bundled', or any sentence-transformers model")
    question_prefix: str = Field("query: ", description="put before a question")
    passage_prefix: str = Field("passage: ", description="put before a passage")
    number_type: Literal["measured", "float32", "bfloat16"] = Field(
        "measured", description="'measured' takes the faster one on this processor"
    )
    batch_size: int = Field(32, ge=1, description="passages in one forward pass")
    cache: AbsolutePath = Field(
        Path(platformdirs.user_cache_dir("youju")),
        description="where models are unpacked, and jieba's dictionary kept",
    )


class RetrievalSettings(_Section):
    """How candidates are found and fused."""

    candidates: int = Field(50, ge=1, description="passages taken from each list")
    top_k: int = Field(5, ge=1, description="passages shown, and handed to the answer")
    dense_weight: float = Field(0.625, ge=0, description="weight of vector similarity")
    words_weight: float = Field(0.125, ge=0, description="weight of BM25 over words")
    bigrams_weight: float = Field(0.25, ge=0, description="weight of BM25 over character pairs")
    floor: float = Field(
        0.3, ge=0, le=1, description="share of the question's words that a hit must hold, or else"
    )
    similarity_floor: float = Field(
        0.86, ge=-1, le=1, description="the cosine to the question that it must have; for e5-small"
    )


class AnswerSettings(_Section):
    """When and how an answer is given."""

    passages_read: int = Field(10, ge=1, description="passages that the reader reads")
    threshold: float = Field(0.25, ge=0, le=1, description="below this confidence: refusal")
    max_citations: int = Field(6, ge=1, description="citations in one answer")


class LlmSettings(_Section):
    """A language model behind an OpenAI-compatible endpoint; none without ``base_url``.

    The key comes from the environment alone and is never printed.
    """

    base_url: str = Field("", description="the endpoint, such as http://127.0.0.1:11434/v1")
    model: str = Field("", description="the name that the endpoint knows the model by")
    api_key: SecretStr = Field(SecretStr(""), description="from YOUJU_LLM__API_KEY only")
    temperature: float = Field(0.0, ge=0, le=2, description="0 takes the likeliest words")
    timeout: float = Field(60, gt=0, description="seconds for all that one question needs")
    max_tokens: int = Field(800, ge=16, description="tokens of one answer")
    context_tokens: int = Field(4096, ge=1024, description="tokens of prompt and answer together")
    attempts: int = Field(2, ge=1, le=5, description="tries where the endpoint asks to come back")
    floor: float = Field(
        0.02, ge=0, le=1, description="below this confidence of the reader the model isn't asked"
    )

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("an address begins with http:// or https:// and names a host")
        if url and parts.port == 0:
            raise ValueError("port 0 is no address")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("no user name, password or question mark may stand in the address")
        return url.rstrip("/")

    @field_validator("api_key")
    @classmethod
    def _sendable(cls, key: SecretStr) -> SecretStr:
        plain = key.get_secret_value().strip()
        if not all("!" <= character <= "~" for character in plain):
            raise ValueError("the key holds white space or characters that are not ASCII")
        return SecretStr(plain)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.base_url and not self.model:
            raise ValueError("base_url needs a model beside it")
        if self.context_tokens < self.max_tokens + 512:
            raise ValueError("context_tokens must exceed max_tokens by 512 for the passages")
        return self


class PageSettings(_Section):
    """The chat page."""

    host: str = Field("127.0.0.1", description="the address it listens on")
    port: int = Field(7860, ge=0, le=65535, description="0 takes any free one")
    max_queue: int = Field(32, ge=1, description="questions waiting; more are turned away")
    max_question: int = Field(500, ge=1, description="characters of one question")
    users: dict[str, str] = Field(
        {}, description="names and hashed passwords, from youju password; none: no sign-in"
    )
    max_upload_megabytes: float = Field(200, gt=0, description="a larger file is not taken")
    max_uploads: int = Field(20, ge=1, description="files that may be uploaded at a time")
    max_upload_memory_megabytes: int = Field(
        1000, ge=500, description="memory for reading an uploaded file; at most ingest's own limit"
    )


def _listed(tokens: Any) -> Any:
    """Tokens as one writes them into a variable: a JSON list, or separated by commas."""
    if not isinstance(tokens, str):
        return tokens
    if tokens.lstrip().startswith("["):
        return json.loads(tokens)
    return [token.strip() for token in tokens.split(",") if token.strip()]


Token = Annotated[SecretStr, Field(min_length=16)]


class ApiSettings(_Section):
    """The interfaces for programs, on the page's server."""

    enabled: bool = Field(True, description="serve the interfaces beside the page")
    tokens: Annotated[list[Token], BeforeValidator(_listed)] = Field(
        [], description="who may use them, from the environment only"
    )
    requests_per_minute: int = Field(120, ge=1, description="of one token, or of this machine")
    max_body_kilobytes: int = Field(256, ge=1, description="a larger request is refused")


class LogSettings(_Section):
    """What is written to standard error about the work; never a text, a password or a key."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="info: a line for each question, file, upload and refusal"
    )
    form: Literal["text", "json"] = Field("text", description="json: an object a line")


class Settings(_Section):
    """All settings, validated and immutable."""

    home: AbsolutePath = Field(
        own_folder(CHECKOUT) / ".youju", description="where the library is kept"
    )
    language: Literal["zh", "en"] = Field("zh", description="of messages and of the page")
    dictionary: AbsolutePath = Field(
        CHECKOUT / "index" / "dictionary.txt", description="domain terms for jieba"
    )
    ingest: IngestSettings = IngestSettings()
    split: SplitSettings = SplitSettings()
    encoder: EncoderSettings = EncoderSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    llm: LlmSettings = LlmSettings()
    page: PageSettings = PageSettings()
    api: ApiSettings = ApiSettings()
    log: LogSettings = LogSettings()


def load_settings(
    path: Path | None = None,
    environment: Mapping[str, str] | None = None,
    **overrides: Any,
) -> Settings:
    """Settings from a TOML file, the environment and explicit values, the last winning.

    ``path`` defaults to youju.toml in the checkout, if there is one; a file that was named
    must exist. Overrides that are None are left out. Raises SettingsError.
    """
    file = path or own_folder(CHECKOUT) / "youju.toml"
    values: dict[str, Any] = {}
    if path or file.exists():
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(
                f"读不了设置文件 {file}：{error}。请改正它或去掉 --settings。",
                f"can't read the settings file {file}: {error}. Mend it, or drop --settings.",
            ) from error
    _refuse_secrets(values, file)
    variables = os.environ if environment is None else environment
    for name, value in variables.items():
        if name.startswith(PREFIX):
            _set(values, name.removeprefix(PREFIX).lower().split("__"), value)
    values |= {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise SettingsError(
            f"设置有误：{faults}。请对照 README 的设置一节改正。",
            f"bad settings: {faults}. See the README's section on settings.",
        ) from error


def _refuse_secrets(values: dict[str, Any], file: Path) -> None:
    """Raises SettingsError for a secret in the settings file."""
    for section, key in SECRETS:
        found = values.get(section)
        if isinstance(found, dict) and key in found:
            name = f"{PREFIX}{section}__{key}".upper()
            raise SettingsError(
                f"{file} 里写着机密 {section}.{key}。请从文件里删去它，改用环境变量 {name}。",
                f"{file} holds the secret {section}.{key}: take it out of the file and set the "
                f"environment variable {name}.",
            )


def _set(values: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        if not isinstance(values.setdefault(key, {}), dict):
            values[key] = {}  # not a section: validation names what was wrong with it
        values = values[key]
    values[keys[-1]] = value
