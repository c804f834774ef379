"""A proxy before a Neo4j server that cuts, slows, resets or swallows what the server answers."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

COMMIT: Final = b"\x00\x02\xb0\x12\x00\x00"  # one chunk of two bytes, a message with no field and tag 0x12
ROLLBACK: Final = b"\x00\x02\xb0\x13\x00\x00"
DEADLOCK: Final = {
    "neo4j_code": "Neo.TransientError.Transaction.DeadlockDetected",
    "message": "two transactions wait for each other",
    "gql_status": "50N05",
    "description": "error: general processing exception - deadlock detected",
}


def _failure() -> bytes:
    """A FAILURE of Bolt 5.7 and later, in one chunk: a message of one field, a map of short texts."""
    said = bytes([0xA0 + len(DEADLOCK)]) + b"".join(_text(part) for pair in DEADLOCK.items() for part in pair)
    message = b"\xb1\x7f" + said
    return struct.pack(">H", len(message)) + message + b"\x00\x00"


def _text(said: str) -> bytes:
    return struct.pack(">BB", 0xD0, len(said)) + said.encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to every connection made from now on.

    Attributes:
        cut_after: bytes of the server's answers that still come through, all connections together; None: all.
        heals: what comes after the cut is well again; else nothing comes through any more.
        reset: the cut is a reset, not an orderly end.
        bytewise: answers come one byte at a time.
        delay_s: every piece of an answer is that late.
        refuse_commits: that many COMMITs become a ROLLBACK, and are answered with a deadlock.
        lose_commits: the answer to a COMMIT never comes: the server has done it, the connection ends.
    """

    cut_after: int | None = None
    heals: bool = False
    reset: bool = False
    bytewise: bool = False
    delay_s: float = 0.0
    refuse_commits: int = 0
    lose_commits: bool = False


NONE: Final = Fault()


class BoltProxy:
    """Listens on a port of its own, and passes on to ``uri`` what is not faulty."""

    def __init__(self, uri: str) -> None:
        to = urlsplit(uri)
        self._target = (to.hostname or "127.0.0.1", to.port or 7687)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._ending = threading.Event()
        self.fault = NONE
        self.answered = 0  # bytes, all connections together, since the fault was set
        self.commits_lost = 0
        self.commits_refused = 0
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"

    def set(self, fault: Fault) -> None:
        """What is wrong from now on."""
        self.fault, self.answered = fault, 0

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        self._listener.settimeout(0.1)
        while not self._ending.is_set():
            with suppress(TimeoutError):
                client, _ = self._listener.accept()
                self._start(self._serve, client, socket.create_connection(self._target))

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        """One connection to its end, with the fault that was set when it was made."""
        line = _Line(self, client, server, self.fault)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with selectors.DefaultSelector() as ready, client, server, suppress(OSError):
            ready.register(client, selectors.EVENT_READ, line.ask)
            ready.register(server, selectors.EVENT_READ, line.answer)
            while not self._ending.is_set():
                for key, _ in ready.select(0.1):
                    if not key.data():
                        return


class _Line:
    """One connection; each step says whether it goes on."""

    def __init__(self, proxy: BoltProxy, client: socket.socket, server: socket.socket, fault: Fault) -> None:
        self._proxy, self._client, self._server, self._fault = proxy, client, server, fault
        self._losing = self._refusing = False

    def ask(self) -> bool:
        data = self._client.recv(65536)
        if data == COMMIT:  # the driver waits for all answers before it commits: it comes alone
            self._losing = self._fault.lose_commits
            self._refusing = self._proxy.commits_refused < self._fault.refuse_commits
        self._server.sendall(ROLLBACK if self._refusing else data)
        return bool(data)

    def answer(self) -> bool:
        data = self._server.recv(65536)
        if self._losing:
            self._proxy.commits_lost += 1
            return False
        if self._refusing:
            self._proxy.commits_refused += 1
            self._refusing = False
            data = _failure()
        time.sleep(self._fault.delay_s)
        passed = data[: self._allowed()]
        for piece in _bytes(passed) if self._fault.bytewise else [passed]:
            self._client.sendall(piece)
        self._proxy.answered += len(passed)
        return self._cut() if len(passed) < len(data) else bool(data)

    def _allowed(self) -> int | None:
        if self._fault.cut_after is None:
            return None
        return max(self._fault.cut_after - self._proxy.answered, 0)

    def _cut(self) -> bool:
        if self._fault.heals:
            self._proxy.fault = NONE
        if self._fault.reset:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


def _bytes(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]
