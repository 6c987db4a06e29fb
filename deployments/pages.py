"""The pages a person opens: the static files of `web/`, which lies beside the rooms, with headers that guard them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Response
from starlette.requests import Request
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).resolve().parent.parent / "web"

HEADERS = {
    # Nothing inline and nothing from elsewhere; `blob:` is a photo that the browser itself holds.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # Asked for anew each time and mostly answered 304, so that a new version shows at once and never in part.
    "Cache-Control": "no-cache",
}


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def install(api: FastAPI) -> None:
    """Add the pages and their files to `api`."""
    files = _Files(directory=FOLDER)
    api.mount("/web", files)

    @api.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    @api.get("/study", include_in_schema=False)
    @api.get("/study/{name}", include_in_schema=False)
    async def study(request: Request) -> Response:
        return await files.get_response("study.html", request.scope)
