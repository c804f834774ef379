"""Whether a server is there: its process, its ports, a Bolt handshake, an HTTP answer.

A process counts only if its command line names the home it was started in: a pid file may be stale and
its number given to another program since.
"""

import http.client
import os
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from graphcore.store.neo4j.server.config import HOST
from graphcore.store.neo4j.server.errors import PortTakenError

BOLT_HELLO = b"\x60\x60\xb0\x17" + b"\x00\x08\x08\x05" + b"\x00\x02\x04\x04" + bytes(8)


def is_process_of(pid: int, argument_file: Path) -> bool:
    """True if the process was started with this argument file and still runs (a zombie does not)."""
    with suppress(ChildProcessError):
        os.waitpid(
            pid, os.WNOHANG
        )  # where it is a child of ours, an ended one stays a zombie until asked for
    if Path("/proc/self").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return False
    else:
        command = subprocess.run(  # noqa: S603 -- fixed words and a number, no shell
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    return f"@{argument_file}" in command


def require_free(port: int, purpose: str) -> None:
    """Fail where something listens on a port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTakenError(
                f"port {port}, wanted for {purpose}, is in use by another program ({error.strerror}). Stop that "
                f"program, or start with another --{purpose.lower()}-port."
            ) from error


def free_ports(count: int) -> list[int]:
    """Ports that nothing listened on a moment ago, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def bolt_answers(port: int) -> bool:
    """A real Bolt handshake: the port is open seconds before the server answers on it."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.settimeout(5)
            connection.sendall(BOLT_HELLO)
            return connection.recv(4) not in {b"", bytes(4), b"HTTP"}
    except OSError:
        return False


def http_answers(port: int) -> bool:
    """True once the web part, and with it Neo4j Browser, is up: about a second after Bolt."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
