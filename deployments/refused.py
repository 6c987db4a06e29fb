"""The photos that replicas died on."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from time import monotonic

from deployments.messages import Upload


class RefusedPhotos:
    """Digests of photos that are refused for a while.

    Hashing a large upload costs milliseconds, so nothing is hashed while no photo is refused: that is, nearly always.
    """

    def __init__(self, refuse_for_s: float, clock: Callable[[], float] = monotonic) -> None:
        self._refuse_for_s = refuse_for_s
        self._clock = clock
        self._until: dict[bytes, float] = {}

    def add(self, upload: Upload) -> None:
        """Refuse a photo from now on."""
        self._until[sha256(upload.data).digest()] = self._clock() + self._refuse_for_s

    def __contains__(self, upload: Upload) -> bool:
        now = self._clock()
        self._until = {digest: until for digest, until in self._until.items() if until > now}
        return bool(self._until) and sha256(upload.data).digest() in self._until
