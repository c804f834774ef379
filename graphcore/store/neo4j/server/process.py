"""Start, stop and look at the server of one home folder.

Every function can be called again: starting what runs, or stopping what does not, changes nothing.
The password never appears on a command line: Java reads its arguments from a file that is private.
"""

import os
import re
import signal
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graphcore.store.neo4j.server.artifacts import NEO4J_VERSION
from graphcore.store.neo4j.server.config import (
    HOST,
    USER,
    RunningServer,
    ServerSettings,
    ensure_password,
    forget_running,
    password_file,
    prepare_home,
    read_running,
    write_private,
    write_running,
)
from graphcore.store.neo4j.server.errors import ServerFailedError
from graphcore.store.neo4j.server.installation import Progress, installed_lib, locked, quiet
from graphcore.store.neo4j.server.probe import bolt_answers, http_answers, is_process_of, require_free
from graphcore.store.neo4j.server.tools import find_java

JVM_OPTIONS = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)
ADMIN_TOOL = "org.neo4j.cli.AdminTool"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server. ``running``: its process is there; ``ready``: it answers on Bolt and HTTP."""

    running: bool
    ready: bool
    version: str
    home: Path
    pid: int | None
    uri: str | None
    http_url: str | None
    user: str
    password_file: Path

    def password(self) -> str:
        """The password of this home, read from its private file."""
        return self.password_file.read_text(encoding="utf-8").strip()


def status(home: Path) -> ServerStatus:
    """What is known of the server in a home; asks its ports, changes nothing."""
    home = home.absolute()
    running = _running(home)
    if running is None:
        return ServerStatus(False, False, NEO4J_VERSION, home, None, None, None, USER, password_file(home))
    return ServerStatus(
        running=True,
        ready=bolt_answers(running.bolt_port) and http_answers(running.http_port),
        version=running.version,
        home=home,
        pid=running.pid,
        uri=f"bolt://{HOST}:{running.bolt_port}",
        http_url=f"http://{HOST}:{running.http_port}",
        user=USER,
        password_file=password_file(home),
    )


def start(settings: ServerSettings, *, progress: Progress = quiet, timeout_s: float = 120.0) -> ServerStatus:
    """Start the server of a home and wait until it answers on Bolt and HTTP.

    Where one runs there already, its own ports stand and only the waiting is done.

    Raises:
        NotInstalledError: the jars are not in the cache.
        JavaMissingError: no Java 17 or newer.
        PortTakenError: another program listens on one of the two ports.
        ServerFailedError: the server ended, or did not answer in ``timeout_s``; holds the causes it logged.
    """
    home = settings.home.absolute()
    lib, java = installed_lib(settings.cache), find_java()
    with locked(home / "run/start.lock"):
        running = _running(home)
        if running is None:
            require_free(settings.bolt_port, "Bolt")
            require_free(settings.http_port, "HTTP")
            progress(f"starting Neo4j {NEO4J_VERSION} in {home}")
            running = _launch(settings, home, lib, java)
        _wait(home, running, timeout_s)
    progress(
        f"ready: bolt://{HOST}:{running.bolt_port}, Browser at http://{HOST}:{running.http_port}/browser/"
    )
    return status(home)


def stop(home: Path, *, progress: Progress = quiet, timeout_s: float = 60.0) -> ServerStatus:
    """Stop the server of a home; one that does not end in ``timeout_s`` is killed."""
    home = home.absolute()
    running = _running(home)
    if running is not None:
        os.kill(running.pid, signal.SIGTERM)
        ended = _until(lambda: _running(home) is None, timeout_s)
        if not ended:
            progress(f"process {running.pid} did not end in {timeout_s:.0f} s: killed")
            os.kill(running.pid, signal.SIGKILL)
            _until(lambda: _running(home) is None, 10.0)
        progress(f"stopped process {running.pid}")
    forget_running(home)
    return status(home)


def _running(home: Path) -> RunningServer | None:
    noted = read_running(home)
    return noted if noted and is_process_of(noted.pid, _argument_file(home)) else None


def _argument_file(home: Path) -> Path:
    return home / "run/neo4j.args"


def _launch(settings: ServerSettings, home: Path, lib: Path, java: Path) -> RunningServer:
    conf = prepare_home(settings, lib).parent
    secret, made_now = ensure_password(home)
    if made_now or not (home / "data/databases").exists():
        _set_first_password(home, lib, java, secret)
    heap = (f"-Xms{settings.heap}", f"-Xmx{settings.heap}")
    words = (
        *JVM_OPTIONS,
        *heap,
        *_class_path(lib),
        _main_class(lib),
        f"--home-dir={home}",
        f"--config-dir={conf}",
    )
    pid = _spawn(home, java, _argument_file(home), words)
    # for an instant after the spawn its command line reads as empty
    _until(lambda: is_process_of(pid, _argument_file(home)), 5.0)
    running = RunningServer(pid, NEO4J_VERSION, settings.bolt_port, settings.http_port)
    write_running(home, running)
    return running


def run_admin(home: Path, words: tuple[str, ...], *, cache: Path | None = None) -> int:
    """Run Neo4j's admin tool on a home whose server is stopped; gives its exit code, its output is in the console log.

    Raises:
        NotInstalledError: the jars are not in the cache.
        JavaMissingError: no Java 17 or newer.
        ServerFailedError: the server of the home runs.
    """
    home = home.absolute()
    if _running(home) is not None:
        raise ServerFailedError(f"the server in {home} runs: stop it first (ocb neo4j stop)")
    return _admin(home, installed_lib(cache), find_java(), words)


def _admin(home: Path, lib: Path, java: Path, words: tuple[str, ...]) -> int:
    argument_file = home / "run/admin.args"
    try:
        pid = _spawn(home, java, argument_file, (*_class_path(lib), ADMIN_TOOL, *words))
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        argument_file.unlink(missing_ok=True)


def _set_first_password(home: Path, lib: Path, java: Path, secret: str) -> None:
    if _admin(home, lib, java, ("dbms", "set-initial-password", secret)):
        password_file(home).unlink(missing_ok=True)
        raise ServerFailedError(
            f"the first password of {home} could not be set. If a database was made there by other means, "
            f"write its password to {password_file(home)}, or use an empty folder. Log:\n{console_tail(home)}"
        )


def _spawn(home: Path, java: Path, argument_file: Path, words: tuple[str, ...]) -> int:
    """Run Java in a session of its own, so that it outlives the terminal it was started from."""
    quoted = "\n".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    write_private(argument_file, quoted + "\n")
    log = os.open(home / "logs/console.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        return os.posix_spawn(
            java,
            [str(java), f"@{argument_file}"],
            {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, nothing, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(log)
        os.close(nothing)


def _class_path(lib: Path) -> tuple[str, str]:
    return "-cp", os.pathsep.join(str(jar) for jar in sorted(lib.glob("*.jar")))


def _main_class(lib: Path) -> str:
    with zipfile.ZipFile(lib / f"org.neo4j.neo4j-{NEO4J_VERSION}.jar") as jar:
        names = jar.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().split()
    return names[-1]


def _wait(home: Path, running: RunningServer, timeout_s: float) -> None:
    def done() -> bool:
        return _running(home) is None or (bolt_answers(running.bolt_port) and http_answers(running.http_port))

    answered = _until(done, timeout_s)
    if _running(home) is None:
        forget_running(home)
        raise ServerFailedError(f"Neo4j in {home} ended while starting. It logged:\n{_causes(home)}")
    if not answered:
        raise ServerFailedError(
            f"Neo4j in {home} (process {running.pid}) did not answer in {timeout_s:.0f} s. Wait and ask "
            f"'ocb neo4j status', or stop it. It logged:\n{_causes(home)}"
        )


def _until(done: Callable[[], bool], timeout_s: float) -> bool:
    end = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _causes(home: Path) -> str:
    """The errors the server itself logged, else the end of its console output."""
    log = home / "logs/neo4j.log"
    lines = log.read_text(errors="replace").splitlines()[-400:] if log.exists() else []
    found = [line for line in lines if re.search(r" ERROR |^Caused by", line)]
    return "\n".join(found[-8:]) or console_tail(home)


def console_tail(home: Path) -> str:
    """The last lines that a server or the admin tool of this home printed."""
    log = home / "logs/console.log"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([line for line in lines if not line.startswith("\tat ")][-8:]) or "(nothing)"
