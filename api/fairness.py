"""Heavy questions one subject at a time: nobody's analyses take the server from the others."""

import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from api.errors import ProblemError


class Fairness:
    """At most ``at_once`` heavy questions in all and ``per_subject`` of one subject; more are answered 429 at once."""

    def __init__(self, at_once: int, per_subject: int) -> None:
        self._at_once = at_once
        self._per_subject = per_subject
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, subject: str) -> Generator[None]:
        """The time of one heavy question.

        Raises:
            ProblemError: too many are under way.
        """
        with self._lock:
            if self._running[subject] >= self._per_subject or self._running.total() >= self._at_once:
                raise ProblemError(
                    429, "busy", "Too many heavy questions at once: wait.", headers={"Retry-After": "2"}
                )
            self._running[subject] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[subject] -= 1
