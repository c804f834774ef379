"""Layers around every request, outermost first: requests under way, headers, address, limits, time limit, sign-in, strict JSON, audit outcome."""

from api.middleware.address import Address
from api.middleware.audit import AuditOutcome
from api.middleware.flight import Flight, InFlight
from api.middleware.headers import Headers
from api.middleware.limits import Limits
from api.middleware.sign_in import SignIn
from api.middleware.strict_json import StrictJson
from api.middleware.timeout import TimeLimit

__all__ = [
    "Address",
    "AuditOutcome",
    "Flight",
    "Headers",
    "InFlight",
    "Limits",
    "SignIn",
    "StrictJson",
    "TimeLimit",
]
