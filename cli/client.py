"""Talks to a running service."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from cli.engine import Answer, EngineDownError, EngineError, Options
from imaging.formats import ImageFormat

CONNECT_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 120.0
"""A photo takes a second; the rest is room for a queue and a machine that swaps."""

MAX_TRIES = 6
"""Tries of one photo that a full service turns away."""

MAX_WAIT_S = 30.0
"""The longest pause before the next try, whatever `Retry-After` asks for."""

SERVICE_JOBS = 4
"""Photos on their way at once: keeps two cores busy while others travel, and leaves a shared service room."""

Params = list[tuple[str, str]]


class _BrokenOffError(Exception):
    """The connection broke off before the whole answer was there."""


class ServiceClient:
    """An engine that sends each photo to a service."""

    default_jobs = SERVICE_JOBS

    def __init__(self, url: str, options: Options | None = None, stop: threading.Event | None = None) -> None:
        """Make a client.

        Args:
            url: Of the service, e.g. "http://127.0.0.1:8000".
            options: Sent along with each photo.
            stop: When set, nothing is waited for or tried again.

        Raises:
            ValueError: The URL is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no URL of a service; one looks like http://127.0.0.1:8000")
        self.url = url.rstrip("/")
        self._through_proxy = not _is_loopback(parts.hostname)
        self._params = _params(options or Options())
        self._stop = stop or threading.Event()
        self._local = threading.local()

    def enhance(self, data: bytes, format_: ImageFormat) -> Answer:
        response = self._post("/enhance_image", data, format_, self._params)
        found, fixed = _names(response.headers, "X-Defects-Found"), _names(response.headers, "X-Defects-Fixed")
        if response.status_code == 204:
            return Answer(found)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        answered = next((known for known in ImageFormat if known.media_type == media_type), None)
        if answered is None or not response.content:
            raise EngineError(f"{self.url} answered with {media_type or 'nothing'} instead of a photo")
        return Answer(found, fixed, response.content, answered)

    def inspect(self, data: bytes, format_: ImageFormat) -> dict[str, Any]:
        """Return the report of a photo, as the service gives it.

        Raises:
            EngineError: The photo failed.
            EngineDownError: Every photo would fail.
        """
        sensitivity = [(name, value) for name, value in self._params if name == "sensitivity"]
        response = self._post("/inspect_image", data, format_, sensitivity)
        try:
            report = response.json()
        except ValueError:
            report = None
        if not isinstance(report, dict):
            raise EngineError(f"{self.url} answered with something else than a report")
        return report

    def _post(self, route: str, data: bytes, format_: ImageFormat, params: Params) -> requests.Response:
        """Send a photo, again if the service is full or the connection breaks, and return an answer of the 200s."""
        broken = False
        for tries in range(1, MAX_TRIES + 1):
            try:
                response = self._send(route, data, format_, params)
            except _BrokenOffError as error:  # kept open too long, or its replica died: a repair can be repeated, once
                if broken or self._stop.is_set():
                    raise EngineError("the service broke the connection off, twice") from error
                broken = True
                continue
            if response.ok:
                return response
            if response.status_code != 503 or tries == MAX_TRIES:
                break
            pause_s = min(_retry_after_s(response.headers) or 2.0 ** (tries - 1), MAX_WAIT_S)
            if self._stop.wait(pause_s * random.uniform(1, 1.25)):  # spread out, so that not all come back at once
                break
        raise EngineError(_complaint(response))

    def _send(self, route: str, data: bytes, format_: ImageFormat, params: Params) -> requests.Response:
        try:
            return self._session().post(
                self.url + route,
                params=params,
                data=data,
                headers={"Content-Type": format_.media_type},
                timeout=(CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S),
            )
        except requests.ConnectTimeout as error:
            raise EngineDownError(self._nobody()) from error
        except requests.ReadTimeout as error:
            raise EngineError(f"no answer within {ANSWER_TIMEOUT_S:.0f} s") from error
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            if _never_connected(error):
                raise EngineDownError(self._nobody()) from error
            raise _BrokenOffError from error
        except requests.RequestException as error:
            raise EngineError(f"the request failed: {error}") from error

    def _session(self) -> requests.Session:
        """Return this thread's session, whose connection stays open from photo to photo."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = self._through_proxy
            session.headers["Accept"] = "image/*, application/json, application/problem+json"
            session.headers["Accept-Encoding"] = "identity"  # photos do not get smaller
        return session

    def _nobody(self) -> str:
        return f"no service answers at {self.url}: start one with `belvedere serve`, or name another with --url"


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine, which a proxy of the environment cannot reach."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _params(options: Options) -> Params:
    """Return the query of `/enhance_image`."""
    params: Params = [("defects", defect.value) for defect in options.defects]
    for name in ("strategy", "sensitivity", "strength", "format", "quality", "max_side"):
        value = getattr(options, name)
        if value is not None:
            params.append((name, str(value)))
    if not options.keep_metadata:
        params.append(("keep_metadata", "false"))
    return params


def _names(headers: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in headers.get(name, "").split(",") if part.strip())


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the pause that `Retry-After` asks for in either form of RFC 9110, 10.2.3; None without a valid one."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _complaint(response: requests.Response) -> str:
    """Return what an error answer says: the detail of a problem document (RFC 9457), or else the status."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict):
        words = problem.get("detail") or problem.get("title")
        if isinstance(words, str) and words:
            return f"{words} ({response.status_code})"
    return f"the service answered {response.status_code} {response.reason}".strip()


def _never_connected(error: requests.RequestException) -> bool:
    """Whether a connection error happened before there was a connection."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
