"""``ocb serve`` that is told to stop while it works, or that has no file descriptors left."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.jobs.queue import JobQueue
from api.serve import only_server
from graphcore.audit.log import utc_now
from graphcore.errors import LedgerError
from tests.api import world
from tests.api.client import PURPOSE, start
from tests.api.test_serve_raw import HOST, PROGRAM, ROOT, _free_port, _wait, ask
from tests.contract.world import CLEARED

HEALTH = b"GET /v1/health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
FILES = 64
ASKED = {
    "organisation": "Northshire", "purpose": "investigation", "reason": "a test", "operation": "", "source": "", "file": "",
}  # fmt: skip


@pytest.fixture
def held(tmp_path: Path) -> tuple[Path, bytes]:
    """A workspace, and the head of a request to it."""
    world.build(tmp_path)
    made = start(tmp_path)
    token = made.tokens["reader"]
    made.close()
    headers = {**PURPOSE, "Authorization": f"Bearer {token}", "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return tmp_path, b"GET /v1/communities HTTP/1.1\r\n" + HOST + lines.encode() + b"\r\n"


@contextmanager
def serving(folder: Path, *, files: int | None = None) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = _free_port()
    command = [sys.executable, "-c", PROGRAM, str(folder), str(port)]
    limited = None if files is None else lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    environment = {**os.environ, "OCB_RATE": "100000"}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=limited,  # noqa: PLW1509 -- no thread of this test has begun
    ) as server:
        try:
            _wait(server, port)
            yield server, port
        finally:
            server.kill()


@pytest.mark.catalogue("C05")
def test_a_server_told_to_stop_under_load_answers_what_it_took_and_keeps_its_jobs(
    held: tuple[Path, bytes],
) -> None:
    folder, request = held
    answers: list[bytes] = []
    stopping = threading.Event()

    def client(port: int) -> None:
        while not stopping.is_set():
            try:
                answers.append(ask(port, request))
            except OSError:
                return  # it takes no more

    with serving(folder) as (server, port):
        asking = [threading.Thread(target=client, args=(port,)) for _ in range(4)]
        for thread in asking:
            thread.start()
        while len(answers) < 8:
            time.sleep(0.05)
        queue = JobQueue(folder, utc_now)
        job = queue.add("identity", CLEARED, {**ASKED, "types": None})
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        server.wait(15)
        assert time.monotonic() - began < 10
        stopping.set()
        for thread in asking:
            thread.join(20)
    whole = [one for one in answers if one]
    assert len(whole) >= 8
    for one in whole:
        head, _, body = one.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert body.endswith(b"}"), "an answer was cut"
    found = queue.find(job.id, CLEARED.subject)
    queue.close()
    assert found is not None
    assert found.state in {"queued", "done"}


def test_a_killed_server_takes_its_worker_with_it(held: tuple[Path, bytes]) -> None:
    folder, request = held
    with serving(folder) as (server, port):
        assert ask(port, request).startswith(b"HTTP/1.1 200 ")
        server.kill()
        server.wait(10)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                ask(port, HEALTH)
            except ConnectionRefusedError:
                break
            except OSError:
                pass
            time.sleep(0.2)
        else:
            pytest.fail("the worker goes on answering")
    while True:  # and the next server may begin: the worker hangs up before it has put everything down
        try:
            only_server(folder).close()
            break
        except LedgerError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.mark.catalogue("C13")
def test_a_server_without_descriptors_refuses_and_recovers(held: tuple[Path, bytes]) -> None:
    folder, request = held
    with serving(folder, files=FILES) as (server, port):
        assert b" 200 " in ask(port, request)[:20]
        many: list[socket.socket] = []
        for _ in range(2 * FILES):
            one = socket.socket()
            one.settimeout(1)
            many.append(one)
            try:
                one.connect(("127.0.0.1", port))
            except OSError:
                break
        time.sleep(0.5)
        assert server.poll() is None
        for one in many:
            one.close()
        deadline = time.monotonic() + 20
        answer = b""
        while not answer.startswith(b"HTTP/1.1 200 ") and time.monotonic() < deadline:
            try:
                answer = ask(port, request)
            except OSError:
                time.sleep(0.2)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert ask(port, HEALTH).startswith(b"HTTP/1.1 200 ")
