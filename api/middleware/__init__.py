"""Layers around every request, outermost first: headers, limits, time limit, sign-in, audit outcome."""

from api.middleware.audit import AuditOutcome
from api.middleware.headers import Headers
from api.middleware.limits import Limits
from api.middleware.sign_in import SignIn
from api.middleware.timeout import TimeLimit

__all__ = ["AuditOutcome", "Headers", "Limits", "SignIn", "TimeLimit"]
