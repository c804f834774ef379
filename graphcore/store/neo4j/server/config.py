"""One server's home folder: its settings, its password, and the file that tells what runs there.

The server listens on the loopback address alone, asks nothing of the outside, and reads no file but those
in its own import folder. The password is random, made once a home, and kept in a file only its owner reads.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

HOST: Final = "localhost"
USER: Final = "neo4j"
FOLDERS: Final = ("conf", "data", "logs", "run", "import", "plugins")

# Neo4j Browser asks for scripts of other sites once connected; this keeps every request on this machine.
# localhost ports stay open to it because guides and style files are served from one.
BROWSER_POLICY: Final = (
    "default-src 'self'; script-src 'self'; img-src 'self' data: http://localhost:*; "
    "style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; connect-src 'self' ws://127.0.0.1:* ws://localhost:* "
    "http://127.0.0.1:* http://localhost:*"
)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What one server is started with. Ports listen on the loopback address.

    ``guide_url``: where a guide server answers (``http://localhost:7480``); Browser then opens the guide when somebody
    connects. "" leaves that to them.
    """

    home: Path
    bolt_port: int = 7687
    http_port: int = 7474
    heap: str = "1g"
    page_cache: str = "512m"
    guide_url: str = ""
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class RunningServer:
    """What ``run/server.json`` of a home says of the server that was started there last."""

    pid: int
    version: str
    bolt_port: int
    http_port: int


def prepare_home(settings: ServerSettings, lib: Path) -> Path:
    """Make the folders of a home and write its configuration anew; returns the configuration file."""
    for name in FOLDERS:
        (settings.home / name).mkdir(parents=True, exist_ok=True)
    settings.home.chmod(0o700)
    path = settings.home / "conf/neo4j.conf"
    lines = (f"{key}={value}\n" for key, value in configuration(settings, lib).items())
    path.write_text("# written at every start by ocb neo4j start\n" + "".join(lines), encoding="utf-8")
    return path


def configuration(settings: ServerSettings, lib: Path) -> dict[str, object]:
    """Every setting that differs from Neo4j's own default."""
    bolt, http = f"{HOST}:{settings.bolt_port}", f"{HOST}:{settings.http_port}"
    greeting = f"style {settings.guide_url}/style.grass; play {settings.guide_url}/guide.html"
    return {
        "server.directories.lib": lib,
        # unset, LOAD CSV 'file:///...' would read any file of this machine
        "server.directories.import": settings.home / "import",
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.listen_address": bolt,
        "server.bolt.advertised_address": bolt,
        "server.http.listen_address": http,
        "server.http.advertised_address": http,
        "server.https.enabled": "false",
        "server.memory.heap.initial_size": settings.heap,
        "server.memory.heap.max_size": settings.heap,
        "server.memory.pagecache.size": settings.page_cache,
        "db.tx_log.rotation.retention_policy": "100M size",
        "dbms.security.auth_enabled": "true",
        "dbms.security.http_static_content_security_policy_header": BROWSER_POLICY,
        "browser.remote_content_hostname_whitelist": "localhost",
        "browser.post_connect_cmd": greeting if settings.guide_url else "",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "server.bolt.telemetry.enabled": "false",
        # a stop takes 1 s with these two and 5 to 15 s without
        "internal.server.bolt.thread_pool_shutdown_wait_time": "100ms",
        "internal.server.bolt.connection_shutdown_wait_time": "100ms",
    }


def password_file(home: Path) -> Path:
    """Where the password of a home is kept."""
    return home / "password"


def ensure_password(home: Path) -> tuple[str, bool]:
    """The password of a home, made and written (mode 0600) where there is none; True if made now."""
    path = password_file(home)
    if path.is_file():
        return path.read_text(encoding="utf-8").strip(), False
    secret = secrets.token_hex(
        24
    )  # of letters and digits: neo4j-admin takes what begins with "-" for an option
    write_private(path, secret + "\n")
    return secret, True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)


def read_running(home: Path) -> RunningServer | None:
    """What was started in a home last; None where nothing was, or the file is damaged."""
    try:
        found: dict[str, Any] = json.loads((home / "run/server.json").read_text(encoding="utf-8"))
        return RunningServer(**found)
    except (OSError, ValueError, TypeError):
        return None


def write_running(home: Path, running: RunningServer) -> None:
    """Note what runs in a home."""
    (home / "run/server.json").write_text(json.dumps(asdict(running)) + "\n", encoding="utf-8")


def forget_running(home: Path) -> None:
    """Note that nothing runs in a home."""
    (home / "run/server.json").unlink(missing_ok=True)
