"""Heavy questions in turn: nobody's analyses take the server from the others.

At most ``at_once`` run, and ``per_subject`` of one subject. Some more of each subject may wait; free turns go round by
subject, so that whoever asks one question waits for one of somebody else's at most, however many that one has waiting.
Waiting holds a thread of the server, so it is short and bounded; beyond that the answer is 429 at once.
"""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from api.errors import ProblemError


@dataclass(frozen=True, slots=True)
class Turns:
    """How many heavy questions run and wait, and how long one waits."""

    at_once: int = 4
    per_subject: int = 1
    waiting_per_subject: int = 4
    waiting: int = 16
    wait_s: float = 20.0


class Fairness:
    """Hands out turns."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._running: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[threading.Event]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, subject: str) -> Generator[None]:
        """The time of one heavy question, after waiting for it.

        Raises:
            ProblemError: too many are waiting, or the turn did not come in time.
        """
        ticket = self._enter(subject)
        if not ticket.wait(self._turns.wait_s) and self._gave_up(subject, ticket):
            raise self._busy()
        try:
            yield
        finally:
            with self._lock:
                self._running[subject] -= 1
                self._hand_out()

    def _enter(self, subject: str) -> threading.Event:
        """A ticket: set at once where a turn is free."""
        ticket = threading.Event()
        turns = self._turns
        with self._lock:
            queue = self._queues.setdefault(subject, deque())
            queue.append(ticket)
            self._hand_out()
            if not ticket.is_set() and (
                len(queue) > turns.waiting_per_subject or sum(map(len, self._queues.values())) > turns.waiting
            ):
                self._drop(subject, ticket)
                raise self._busy()
        return ticket

    def _gave_up(self, subject: str, ticket: threading.Event) -> bool:
        """Whether the ticket was still waiting; False where its turn came at the last moment."""
        with self._lock:
            if ticket.is_set():
                return False
            self._drop(subject, ticket)
            return True

    def _drop(self, subject: str, ticket: threading.Event) -> None:
        self._queues[subject].remove(ticket)
        if not self._queues[subject]:
            del self._queues[subject]

    def _hand_out(self) -> None:
        """Free turns to the subjects that wait, each in its turn."""
        while self._running.total() < self._turns.at_once:
            free = (one for one in self._queues if self._running[one] < self._turns.per_subject)
            subject = next(free, None)
            if subject is None:
                return
            self._running[subject] += 1
            self._queues[subject].popleft().set()
            self._queues.move_to_end(subject)
            if not self._queues[subject]:
                del self._queues[subject]

    @staticmethod
    def _busy() -> ProblemError:
        return ProblemError(
            429, "busy", "Too many heavy questions at once: wait.", headers={"Retry-After": "5"}
        )
