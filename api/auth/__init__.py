"""Local accounts: who may sign in, what they are cleared for, and the tokens they hold."""

from api.auth.model import Account, NewAccount, Principal, Role
from api.auth.service import AuthService, FirstAccount

__all__ = ["Account", "AuthService", "FirstAccount", "NewAccount", "Principal", "Role"]
