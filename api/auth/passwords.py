"""Passwords: argon2id, and the same work for a name that does not exist."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from api.auth.errors import AccountError

MIN_LENGTH = 12
MAX_LENGTH = 256
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32, none that looks like another
_AT_ONCE = 2  # each check takes 64 MiB


class Passwords:
    """Hashes and checks passwords; at most two at a time, so that a flood of sign-ins cannot take all memory."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """The text to store.

        Raises:
            AccountError: shorter than 12 or longer than 256 characters.
        """
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise AccountError(f"password: give {MIN_LENGTH} to {MAX_LENGTH} characters")
        with self._slots:
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``stored``; None (no such account) and "" (one without a
        password) take as long and are False.
        """
        with self._slots:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except VerificationError:
                return False
        return bool(stored)


def random_password() -> str:
    """A password of 100 bits for a first account, easy to type: ``abcd-efgh-...``."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))
    return "-".join(groups)
