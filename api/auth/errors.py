"""Errors of signing in. None says whether a name exists.

AuthError
├── SignInError      name or password is wrong
├── ThrottledError   too many wrong passwords; says when to try again
└── AccountError     an account or token cannot be made as asked
"""


class AuthError(Exception):
    """Base of all errors of this package."""


class SignInError(AuthError):
    """Name or password is wrong, or the account is closed."""


class ThrottledError(AuthError):
    """Too many wrong passwords for this name or from this address."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too many wrong passwords: wait before the next try")
        self.retry_after_s = retry_after_s


class AccountError(AuthError):
    """An account or token cannot be made as asked."""
