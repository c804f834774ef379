"""One measured figure, and the lock that keeps two measurements from running at once."""

import fcntl
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson


@dataclass(frozen=True, slots=True)
class Figure:
    """``ratio`` is peer_value / value for times (above 1: we are faster), value / peer_value for rates."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float | None
    ratio: float | None
    note: str = ""

    def line(self) -> str:
        """The JSON line that is printed."""
        return orjson.dumps(asdict(self)).decode()


def time_figure(name: str, value: float, unit: str, peer: tuple[str, float | None], note: str = "") -> Figure:
    """A duration: smaller is better."""
    peer_name, peer_value = peer
    ratio = None if peer_value is None or not value else round(peer_value / value, 3)
    return Figure(
        name,
        round(value, 4),
        unit,
        peer_name,
        None if peer_value is None else round(peer_value, 4),
        ratio,
        note,
    )


def rate_figure(name: str, value: float, unit: str, peer: tuple[str, float | None], note: str = "") -> Figure:
    """A rate: larger is better."""
    peer_name, peer_value = peer
    ratio = None if not peer_value else round(value / peer_value, 3)
    return Figure(
        name,
        round(value, 1),
        unit,
        peer_name,
        None if peer_value is None else round(peer_value, 1),
        ratio,
        note,
    )


def milliseconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def percentile(values: list[float], q: float) -> float:
    """The ``q``-th percentile (0-100)."""
    return float(np.percentile(np.asarray(values), q))


@contextmanager
def measuring() -> Generator[None]:
    """Wait until no other measurement runs on this machine."""
    path = Path(tempfile.gettempdir()) / "ocb-bench.lock"
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def report(figure: Figure) -> None:
    """Print one line and let it be seen at once."""
    sys.stdout.write(figure.line() + "\n")
    sys.stdout.flush()
