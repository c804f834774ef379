"""What a session tells about itself."""

from api.auth.model import Principal
from api.errors import ProblemError
from api.session.schemas import PurposeIn
from graphcore.access import Purpose, PurposeCode


def purpose_in(body: PurposeIn) -> Purpose:
    """The purpose of a sign-in.

    Raises:
        ProblemError: the platform's own purpose was given, which is not for people.
    """
    if body.purpose is PurposeCode.SYSTEM:
        raise ProblemError(
            403, "purpose", "That purpose is the platform's own: give a law-enforcement purpose."
        )
    return Purpose(body.purpose, body.reason.strip(), body.operation.strip())


def shape(principal: Principal) -> dict[str, object]:
    """Who is signed in, for the page and for scripts."""
    profile, purpose = principal.account.profile, principal.purpose
    return {
        "name": profile.name,
        "organisation": profile.organisation,
        "clearance": profile.clearance,
        "compartments": sorted(profile.compartments),
        "roles": sorted(profile.roles),
        "purpose": purpose.code if purpose else None,
        "reason": purpose.reason if purpose else "",
        "operation": purpose.operation if purpose else "",
        "csrf": principal.csrf,
    }
