"""Errors as clients see them: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from imaging.errors import BelvedereError, OverloadedError, UnavailableError

logger = logging.getLogger("ray.serve")


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


def install(api: FastAPI, retry_after_s: int) -> None:
    """Make `api` answer every error as a problem document. A 503 says when to come back."""

    async def on_belvedere_error(request: Request, error: Exception) -> ProblemResponse:
        assert isinstance(error, BelvedereError)
        retry = {"Retry-After": str(retry_after_s)} if isinstance(error, OverloadedError | UnavailableError) else None
        return _problem(error.status, error.title, str(error), retry)

    async def on_http_exception(request: Request, error: Exception) -> ProblemResponse:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        detail = error.detail
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            detail = f"{request.url.path} does not take {request.method}; it takes {(error.headers or {}).get('Allow')}"
        return _problem(error.status_code, status.phrase, detail, error.headers)

    async def on_unexpected(request: Request, error: Exception) -> ProblemResponse:
        logger.error("unexpected error on %s", request.url.path, exc_info=error)
        return _problem(500, "Internal error", "this could not be done; the operator's log says why")

    api.add_exception_handler(BelvedereError, on_belvedere_error)
    api.add_exception_handler(HTTPException, on_http_exception)
    api.add_exception_handler(Exception, on_unexpected)


def _problem(status: int, title: str, detail: str, headers: object = None) -> ProblemResponse:
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return ProblemResponse(content, status_code=status, headers=headers)  # type: ignore[arg-type]
