"""A service that answers as Belvedere's does, from a thread and without looking at a pixel."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.cli.files import REPAIRED

REPORT = {
    "width": 640,
    "height": 480,
    "format": "jpeg",
    "angle_deg": 2.5,
    "findings": [
        {"defect": "low_light", "severity": 0.8, "threshold": 0.3, "found": True},
        {"defect": "noisy", "severity": 0.1, "threshold": 0.3, "found": False},
    ],
    "plan": [{"defect": "low_light", "strength": 1.0}],
}


@dataclass(frozen=True)
class Request:
    route: str
    query: dict[str, list[str]]
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def photo(body: bytes = REPAIRED, media_type: str = "image/jpeg", fixed: str = "low_light") -> Reply:
    headers = {"Content-Type": media_type, "X-Defects-Found": "low_light, noisy", "X-Defects-Fixed": fixed}
    return Reply(200, body, headers)


def good(found: str = "") -> Reply:
    return Reply(204, headers={"X-Defects-Found": found})


def problem(status: int, detail: str, **headers: str) -> Reply:
    document = {"type": "about:blank", "title": "Problem", "status": status, "detail": detail}
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/problem+json", **headers})


def full(retry_after: str = "0") -> Reply:
    return problem(503, "the queue is full", **{"Retry-After": retry_after})


def by_content(request: Request) -> Reply:
    """Answer by what a photo's bytes end in: "good", "broken", or anything else for one that is repaired."""
    if request.route == "/inspect_image":
        return Reply(200, json.dumps(REPORT).encode(), {"Content-Type": "application/json"})
    if request.body.endswith(b"good"):
        return good()
    if request.body.endswith(b"broken"):
        return problem(400, "the photo breaks off")
    return photo()


@dataclass
class FakeService:
    url: str
    requests: list[Request]

    @property
    def bodies(self) -> Counter[bytes]:
        return Counter(request.body for request in self.requests)


@contextmanager
def fake_service(answer: Callable[[Request], Reply | None] = by_content) -> Iterator[FakeService]:
    """Serve on a free port; an answer of None breaks the connection off."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(parts.path, parse_qs(parts.query), self.headers["Content-Type"], body)
            requests.append(request)
            reply = answer(request)
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield FakeService(f"http://127.0.0.1:{server.server_address[1]}", requests)
        finally:
            server.shutdown()
            thread.join()
