"""Takes the photo and the fields, or the JSON body, out of a request, within the limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import numpy as np
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from deployments.messages import Upload
from deployments.options import Fields
from imaging.errors import BadUploadError, TooManyBytesError, UnsupportedFormatError

FORM_OVERHEAD_BYTES = 100_000
"""What a form may hold beside its photo."""

DRAIN_BYTES = 200_000_000
"""How much of a refused body is read to its end. A client that is cut off while sending sees a broken connection and
never the answer that says why."""


async def read_upload(request: Request, max_bytes: int) -> tuple[Upload, Fields]:
    """Return the photo of a request and its fields, from the form and the query together.

    Raises:
        BadUploadError: No photo, an empty one, more than one, or a form that does not parse.
        TooManyBytesError: The photo is larger than `max_bytes`.
        UnsupportedFormatError: The body is neither a form nor a picture.
    """
    fields: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        fields.setdefault(name, []).append(value)
    media_type = _media_type(request)
    if media_type == "multipart/form-data":
        body = await _read_form(request, max_bytes, fields)
    elif media_type.startswith("image/") or media_type == "application/octet-stream":
        body = b"".join([chunk async for chunk in _limited(request, max_bytes)])
    else:
        raise UnsupportedFormatError(
            f"send the photo as the form field 'image' (multipart/form-data) or as the body with an image/* content "
            f"type; this request's content type is {media_type[:60] or 'not given'}"
        )
    if not body:
        raise BadUploadError("the photo is empty: 0 bytes were received")
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return np.frombuffer(body, np.uint8), fields


async def read_json(request: Request, max_bytes: int) -> bytes:
    """Return the JSON body of a request, not parsed.

    Raises:
        TooManyBytesError: It is larger than `max_bytes`.
        UnsupportedFormatError: It is not announced as JSON: a page of another site can send a form, but not that.
    """
    if _media_type(request) != "application/json":
        raise UnsupportedFormatError("send a JSON object with the content type application/json")
    return b"".join([chunk async for chunk in _limited(request, max_bytes)])


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _read_form(request: Request, max_bytes: int, fields: dict[str, list[str]]) -> bytes:
    parser = MultiPartParser(
        request.headers, _limited(request, max_bytes, FORM_OVERHEAD_BYTES), max_files=8, max_fields=64
    )
    parser.spool_max_size = max_bytes + FORM_OVERHEAD_BYTES  # a photo is held in memory anyway: spare it the disk
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise BadUploadError(f"the form does not parse: {error.message}") from None
    photos: list[bytes] = []
    try:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(value)
            elif name == "image":
                photos.append(await value.read())
            else:
                raise BadUploadError(f"a file came in the form field {name[:40]!r}; the photo's field is 'image'")
    finally:
        await form.close()
    if len(photos) != 1:
        raise BadUploadError(f"send one photo in the form field 'image'; this form has {len(photos)}")
    return photos[0]


async def _limited(request: Request, max_bytes: int, overhead: int = 0) -> AsyncGenerator[bytes, None]:
    """Yield the body; raise if it is longer than `max_bytes + overhead`, having read the rest without keeping it."""
    received = 0
    longest = max_bytes + overhead
    announced = int(request.headers.get("content-length") or 0)
    async for chunk in request.stream():
        received += len(chunk)
        if announced <= longest and received <= longest:
            yield chunk
        elif received > DRAIN_BYTES:
            break
    if announced > longest or received > longest:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> TooManyBytesError:
    return TooManyBytesError(f"the body is too large: at most {max_bytes / 1e6:g} MB are accepted")
