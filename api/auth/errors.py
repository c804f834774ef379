"""Errors of signing in. None says whether a name exists.

AuthError
├── SignInError           name or password is wrong, or the provider's answer does not hold
├── ThrottledError        too many wrong passwords; says when to try again
├── AccountError          an account or token cannot be made as asked
├── OidcSettingsError     ``oidc.yaml`` cannot be used: the server does not start
└── ProviderError         the provider does not answer, or answers nonsense: nobody gets in another way
"""

from graphcore.errors import GraphcoreError, Transient


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


class OidcSettingsError(AuthError, GraphcoreError):
    """``oidc.yaml`` cannot be used; the message names every fault."""


class ProviderError(AuthError, GraphcoreError, Transient):
    """The OpenID provider does not answer, or its answer cannot be used."""
