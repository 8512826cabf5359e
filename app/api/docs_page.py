"""The interfaces' description as one page of HTML that loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

_STYLE = (
    "body{font:16px/1.6 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem}:root{color-scheme:light dark}"
    "code,pre{font:.9em ui-monospace,monospace}pre{overflow:auto;padding:.6rem 1rem;"
    "border:1px solid #8886;border-radius:6px}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #8886;padding:.3rem .8rem .3rem 0;text-align:left;"
    "vertical-align:top;overflow-wrap:break-word}h2{margin-top:2.5rem}"
)


def docs_html(openapi: Mapping[str, Any], address: str) -> str:
    """The page; ``address`` is where ``openapi`` itself is served."""
    sections = (
        _section(path, method, operation, openapi)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    return str(
        Markup(
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>{title}</title><style>{style}</style></head><body><h1>{title}</h1>"
            '<p>{description}</p><p><a href="{address}">openapi.json</a></p>{sections}'
            "</body></html>"
        ).format(
            title=openapi["info"]["title"],
            style=Markup(_STYLE),
            description=openapi["info"]["description"],
            address=address,
            sections=_join(sections),
        )
    )


def _section(
    path: str, method: str, operation: Mapping[str, Any], openapi: Mapping[str, Any]
) -> Markup:
    content = operation.get("requestBody", {}).get("content", {})
    schema = _resolved(content.get("application/json", {}).get("schema", {}), openapi)
    answered = operation["responses"]["200"].get("content", {}).get("application/json", {})
    gives = _resolved(answered.get("schema", {}), openapi)
    return Markup("<h2><code>{} {}</code></h2><p><b>{}</b></p><p>{}</p>{}{}{}").format(
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        _fields("请求 Request", schema),
        _fields("响应 Response", gives),
        _statuses(operation["responses"]),
    )


def _fields(title: str, schema: Mapping[str, Any]) -> Markup:
    required = schema.get("required", ())
    rows = [
        Markup("<tr><td><code>{}</code>{}</td><td>{}</td><td>{}</td></tr>").format(
            name, " *" if name in required else "", _type(field), field.get("description", "")
        )
        for name, field in schema.get("properties", {}).items()
    ]
    if not rows:
        return Markup("")
    return Markup("<h3>{}</h3><table>{}</table>").format(title, _join(rows))


def _statuses(responses: Mapping[str, Any]) -> Markup:
    rows = (
        Markup("<tr><td><code>{}</code></td><td>{}</td></tr>").format(code, said["description"])
        for code, said in sorted(responses.items())
        if code != "200"
    )
    return Markup("<details><summary>错误 Errors</summary><table>{}</table></details>").format(
        _join(rows)
    )


def _type(field: Mapping[str, Any]) -> str:
    """A JSON schema's type in a few words."""
    if "anyOf" in field:
        return " | ".join(_type(option) for option in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "const" in field or "enum" in field:
        return " | ".join(map(repr, field.get("enum", [field.get("const")])))
    if field.get("type") == "array":
        return f"[{_type(field['items'])}]"
    return str(field.get("type", "any"))


def _resolved(schema: Mapping[str, Any], openapi: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: Mapping[str, Any] = openapi["components"]["schemas"][name] if name else schema
    return found


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
