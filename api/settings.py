"""Settings of the server. Each has a default that is safe on one machine; OCB_* variables change them.

| variable | setting |
|---|---|
| OCB_HOSTS | names the server answers to, comma-separated (default 127.0.0.1,localhost) |
| OCB_TIMEOUT_S | seconds until the first byte of an answer |
| OCB_BODY_LIMIT, OCB_UPLOAD_LIMIT | bytes of a request, and of one with a file |
| OCB_BODY_TIMEOUT_S | seconds for a request to come in; a large one has longer, by its size |
| OCB_RATE | units a second that one subject may spend: 1 a request, 10 a heavy question; 40 seconds' worth at once |
| OCB_ADDRESS_RATE | the same for sign-ins and refused tokens of one address; 60 seconds' worth at once |
| OCB_PROXIES | addresses of proxies in front of the server: their X-Forwarded-For says where a request comes from |
| OCB_JOB_MEMORY | bytes of address space that the process of a job may take; left out: as many as there are |
| OCB_COOKIE_SECURE | 1 behind TLS: the session cookie then travels over TLS alone |
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

StoreName = Literal["embedded", "neo4j"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What one server needs to know. ``jobs``: whether this process works off the queue of jobs. ``job_memory`` 0: no limit."""

    workspace: Path
    store: StoreName = "embedded"
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    proxies: frozenset[str] = frozenset()
    timeout_s: float = 60.0
    body_timeout_s: float = 30.0
    body_limit: int = 1 << 20
    upload_limit: int = 2 << 30
    query_limit: int = 8 << 10
    cookie_secure: bool = False
    heavy_at_once: int = 4
    heavy_per_subject: int = 1
    rate: float = 30.0
    rate_burst: float = 1200.0
    address_rate: float = 1.0
    address_burst: float = 60.0
    jobs: bool = True
    job_memory: int = 0

    @classmethod
    def from_environment(
        cls, workspace: Path, store: StoreName = "embedded", *, host: str = "127.0.0.1"
    ) -> "Settings":
        """Settings for ``ocb serve``; ``host`` (the address listened on) is answered to as well.

        Raises:
            ValueError: a number is not one; names the variable.
        """
        hosts = _words("OCB_HOSTS", "127.0.0.1,localhost")
        if host not in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
            hosts.append(host)
        return cls(
            workspace,
            store,
            hosts=tuple(dict.fromkeys(hosts)),
            proxies=frozenset(_words("OCB_PROXIES")),
            timeout_s=float(_number("OCB_TIMEOUT_S", 60)),
            body_timeout_s=float(_number("OCB_BODY_TIMEOUT_S", 30)),
            rate=float(_number("OCB_RATE", 30)),
            rate_burst=40.0 * _number("OCB_RATE", 30),
            address_rate=float(_number("OCB_ADDRESS_RATE", 1)),
            address_burst=60.0 * _number("OCB_ADDRESS_RATE", 1),
            body_limit=_number("OCB_BODY_LIMIT", 1 << 20),
            upload_limit=_number("OCB_UPLOAD_LIMIT", 2 << 30),
            job_memory=_number("OCB_JOB_MEMORY", 0),
            cookie_secure=os.environ.get("OCB_COOKIE_SECURE", "") == "1",
        )


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip().lower() for word in os.environ.get(name, default).split(",") if word.strip()]


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError(f"{name} is not a whole number above 0")
    return int(text)
