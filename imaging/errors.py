"""Every error a client can be told of, and the one that only an operator sees.

The HTTP status stands on the class; messages never carry paths.
"""

from __future__ import annotations

from typing import ClassVar


class BelvedereError(Exception):
    """Base of all errors that are answered rather than raised to the operator.

    Takes one message (errors cross process borders pickled, which keyword-only arguments would break).
    The message says what is wrong and what would be right.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"


class NotAPhotoError(BelvedereError):
    """The bytes are no photo, or a broken one."""

    status = 400
    title = "Not a photo"


class BadUploadError(BelvedereError):
    """The request carries no photo, or more than one."""

    status = 400
    title = "Bad upload"


class UnknownDefectError(BelvedereError):
    """A defect name that is none of the nine."""

    status = 400
    title = "Unknown defect"


class NotFoundError(BelvedereError):
    """Something is asked for by a name that nothing has."""

    status = 404
    title = "Not found"


class TooManyBytesError(BelvedereError):
    """The upload is larger than the service accepts."""

    status = 413
    title = "Too many bytes"


class TooManyPixelsError(BelvedereError):
    """The header announces more pixels than the service accepts."""

    status = 413
    title = "Too many pixels"


class UnsupportedFormatError(BelvedereError):
    """A picture, but in a format that is not read or written."""

    status = 415
    title = "Unsupported format"


class InvalidParameterError(BelvedereError):
    """An option out of its range."""

    status = 422
    title = "Invalid parameter"


class PoisonedPhotoError(BelvedereError):
    """Two replicas died on this photo; it is refused for a while."""

    status = 422
    title = "Photo refused"


class OverloadedError(BelvedereError):
    """The queue is full; the client should come back later."""

    status = 503
    title = "Overloaded"


class UnavailableError(BelvedereError):
    """A part of the service does not answer in time."""

    status = 503
    title = "Unavailable"


class WeightsError(Exception):
    """A checkpoint that cannot be used. It stops a replica at its start; no client ever sees it."""
