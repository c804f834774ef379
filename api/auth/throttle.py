"""Wrong passwords are counted by name and by address, over a window; a name that does not exist counts alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from api.auth.accounts import name_key
from api.auth.errors import ThrottledError
from api.auth.tables import ATTEMPT
from graphcore.model import iso_utc, parse_iso_utc


@dataclass(frozen=True, slots=True)
class ThrottleLimits:
    """Wrong passwords allowed in one window."""

    by_name: int = 10
    by_address: int = 30
    window: timedelta = timedelta(minutes=15)


class Throttle:
    """Counts in the accounts' file, so that a restart or a second process forgets nothing."""

    def __init__(self, engine: Engine, limits: ThrottleLimits) -> None:
        self._engine = engine
        self._limits = limits

    def check(self, name: str, address: str, now: datetime) -> None:
        """Refuse a try beyond the limits, before any password is looked at.

        Raises:
            ThrottledError: says after how many seconds to come again.
        """
        limits = self._limits
        for key, limit in ((_by_name(name), limits.by_name), (_by_address(address), limits.by_address)):
            wanted = select(func.count(), func.min(ATTEMPT.c.at)).where(
                ATTEMPT.c.key == key, ATTEMPT.c.at > iso_utc(now - limits.window)
            )
            with self._engine.connect() as connection:
                count, first = connection.execute(wanted).one()
            if count >= limit:
                wait = parse_iso_utc(first) + limits.window - now
                raise ThrottledError(max(1, int(wait.total_seconds())))

    def failed(self, name: str, address: str, now: datetime) -> None:
        """Count one wrong password; old counts are thrown away."""
        at = iso_utc(now)
        with self._engine.begin() as connection:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.at <= iso_utc(now - self._limits.window)))
            connection.execute(
                insert(ATTEMPT), [{"key": _by_name(name), "at": at}, {"key": _by_address(address), "at": at}]
            )

    def passed(self, name: str) -> None:
        """Forget the wrong passwords of a name; those of its address stay."""
        with self._engine.begin() as connection:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == _by_name(name)))


def _by_name(name: str) -> str:
    return f"name:{name_key(name)[:100]}"


def _by_address(address: str) -> str:
    return f"address:{address}"
