from __future__ import annotations

import asyncio
import socketserver
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from benchmarks.wire import Address, Answer, Connection, WireError

OK = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 5\r\n\r\nhello"
LONG_BYTES = 3_000_000
LONG = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % LONG_BYTES + bytes(LONG_BYTES)


def talk(pieces: list[bytes], client: Callable[[Connection, bytes], Awaitable[list[Answer]]]) -> list[Answer]:
    """Run a client against a server that answers each request with the same pieces, a moment apart."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):
                while pieces and self.rfile.readline():
                    assert b"Content-Length: 3\r\n" in list(iter(self.rfile.readline, b"\r\n"))
                    assert self.rfile.read(3) == b"abc"
                    for piece in pieces:
                        self.wfile.write(piece)
                        time.sleep(0.002)

    async def run(address: Address) -> list[Answer]:
        connection = await Connection.open(address)
        try:
            return await client(connection, address.post("/route", "image/jpeg", b"abc"))
        finally:
            connection.close()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            return asyncio.run(run(Address.of(f"http://127.0.0.1:{server.server_address[1]}/prefix/")))
        finally:
            server.shutdown()
            thread.join()


async def twice(connection: Connection, request: bytes) -> list[Answer]:
    return [await connection.request(request), await connection.request(request)]


@pytest.mark.parametrize(
    "pieces",
    [[OK], [OK[:20], OK[20:]], [OK[:-5], OK[-5:-2], OK[-2:]], [OK[:-7], OK[-7:]], [bytes([byte]) for byte in OK]],
)
def test_an_answer_in_pieces(pieces: list[bytes]) -> None:
    for answer in talk(pieces, twice):
        assert (answer.status, answer.body, answer.body_bytes) == (200, b"hello", 5)
        assert answer.headers["content-type"] == "image/jpeg"


def test_a_body_is_there_for_error_texts() -> None:
    assert talk([OK], twice)[0].body == b"hello"


def test_a_long_answer_is_counted() -> None:
    assert [answer.body_bytes for answer in talk([LONG], twice)] == [LONG_BYTES, LONG_BYTES]


def test_an_answer_without_a_body() -> None:
    answers = talk([b"HTTP/1.1 204 No Content\r\nX-Defects-Found: blur\r\n\r\n"], twice)
    assert [(answer.status, answer.headers["x-defects-found"]) for answer in answers] == [(204, "blur")] * 2


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([], "broke off"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"], "no Content-Length"),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], "not understood"),
        ([b"HTTP/1.1 204 No Content\r\n\r\nmore"], "longer than it says"),
    ],
)
def test_what_is_not_understood(pieces: list[bytes], words: str) -> None:
    with pytest.raises(WireError, match=words):
        talk(pieces, twice)


def test_a_connection_that_the_server_closes_is_not_used_again() -> None:
    async def client(connection: Connection, request: bytes) -> list[Answer]:
        answer = await connection.request(request)
        assert not connection.is_open
        return [answer]

    assert talk([OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")], client)[0].status == 200


def test_nobody_answers() -> None:
    with pytest.raises(WireError, match="no connection"):
        asyncio.run(Connection.open(Address("127.0.0.1", 9, "")))


@pytest.mark.parametrize("url", ["localhost:8000", "https://host", ""])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="no URL"):
        Address.of(url)
