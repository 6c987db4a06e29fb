"""What `/docs` says of the routes. Their bodies are read by hand, so their documentation is made from the options."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from pydantic import BaseModel

from enhancers.adjust import RANGES

VERSION = version("belvedere")
DESCRIPTION = """Finds what is wrong with a listing photo and repairs only that.

A photo comes as the form field `image` or as a raw `image/*` body; options as form fields or query parameters.
JPEG, PNG, WebP and AVIF in and out, HEIC in. Errors are `application/problem+json` (RFC 9457)."""

_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_STATUSES = {
    400: "Not a photo, none or several of them, or an unknown defect.",
    404: "No such study, participant, pair or image.",
    413: "Too many bytes or pixels.",
    415: "A format that is not supported.",
    422: "A parameter out of range, or a photo that is refused for a while.",
    503: "The queue is full; `Retry-After` says when to come back.",
}
_PHOTO = {"description": "The photo. `X-Defects-Fixed` says what was repaired.", "content": {"image/*": {}}}


def looks(options: type[BaseModel], summary: str) -> dict[str, Any]:
    """Document a route that answers in JSON."""
    return _route(_properties(options), summary, {})


def repairs(options: type[BaseModel], summary: str) -> dict[str, Any]:
    """Document a route that answers with a photo, or with 204 when there was nothing to repair."""
    return _route(_properties(options), summary, {200: _PHOTO, 204: {"description": "Nothing to repair."}})


def adjusts(options: type[BaseModel], summary: str) -> dict[str, Any]:
    """Document the route that takes manual settings."""
    settings = {
        name: {"type": "number", "minimum": low, "maximum": high, "default": 0} for name, (low, high) in RANGES.items()
    }
    return _route(settings | _properties(options), summary, {200: _PHOTO})


def tells(options: type[BaseModel], summary: str, responses: dict[int | str, Any] | None = None) -> dict[str, Any]:
    """Document a route that is asked with query parameters only."""
    return {
        "summary": summary,
        "responses": (responses or {}) | _problems(404, 422, 503),
        "openapi_extra": {"parameters": _parameters(_properties(options))},
    }


def keeps(body: type[BaseModel], summary: str, responses: dict[int | str, Any]) -> dict[str, Any]:
    """Document a route that takes a JSON object."""
    required = [name for name, field in body.model_fields.items() if field.is_required()]
    schema = {"type": "object", "required": required, "properties": _properties(body), "additionalProperties": False}
    return {
        "summary": summary,
        "responses": responses | _problems(400, 404, 413, 415, 422, 503),
        "openapi_extra": {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}},
    }


def _properties(options: type[BaseModel]) -> dict[str, Any]:
    schema = options.model_json_schema(ref_template="{model}")
    definitions = schema.get("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, dict):
            return inline(definitions[node["$ref"]]) if "$ref" in node else {k: inline(v) for k, v in node.items()}
        return [inline(item) for item in node] if isinstance(node, list) else node

    return inline(schema.get("properties", {}))


def _route(properties: dict[str, Any], summary: str, responses: dict[int, Any]) -> dict[str, Any]:
    image = {"image": {"type": "string", "format": "binary"}}
    return {
        "summary": summary,
        "responses": responses | _problems(400, 413, 415, 422, 503),
        "openapi_extra": {
            "parameters": _parameters(properties),
            "requestBody": {
                "required": True,
                "content": {
                    "multipart/form-data": {
                        "schema": {"type": "object", "required": ["image"], "properties": image | properties}
                    },
                    "image/*": {"schema": {"type": "string", "format": "binary"}},
                },
            },
        },
    }


def _parameters(properties: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _problems(*statuses: int) -> dict[int | str, Any]:
    return {
        status: {"description": _STATUSES[status], "content": {"application/problem+json": {"schema": _PROBLEM}}}
        for status in statuses
    }
