"""From the provider's claims to an account's profile, as ``oidc.yaml`` maps them. What is missing or unknown denies."""

from typing import cast

from api.auth.errors import SignInError
from api.auth.model import NewAccount, Role
from api.auth.oidc.settings import OidcSettings
from api.auth.oidc.verify import Claims
from graphcore.access import Marking

MAX_LISTED = 500
MAX_TEXT = 200


def profile_of(settings: OidcSettings, claims: Claims) -> NewAccount:
    """The profile that ``claims`` give.

    Raises:
        SignInError: a field that is needed is missing, of another kind, or says what no one knows; names the field,
            never its value.
    """
    words = _Words(settings, claims)
    roles = {role for word in words.many("roles") if (role := _role(word))}
    if not roles or (Role.AUDITOR in roles and len(roles) > 1):
        raise SignInError("roles")
    try:
        clearance = Marking(words.one("clearance"))
    except ValueError as error:
        raise SignInError("clearance") from error
    return NewAccount(
        name=words.one("name"),
        organisation=words.one("organisation"),
        roles=frozenset(roles),
        clearance=clearance,
        compartments=frozenset(words.many("compartments")),
        may_read_conditional=words.yes("may_read_conditional"),
        law_enforcement=words.yes("law_enforcement"),
        team=words.one("team") if "team" in settings.claims else "",
        operations=frozenset(words.many("operations")),
    )


def _inside(found: object, part: str) -> object:
    return cast("dict[str, object]", found).get(part) if isinstance(found, dict) else None


def _role(word: str) -> Role | None:
    return Role(word) if word in set(Role) else None


class _Words:
    """Claims by field, translated."""

    def __init__(self, settings: OidcSettings, claims: Claims) -> None:
        self._settings = settings
        self._claims = claims

    def one(self, field: str) -> str:
        """The one text of a field that must be there."""
        found = self._claim(field)
        if not isinstance(found, str) or not self._fit(found):
            raise SignInError(field)
        return self._translated(field, [found])[0]

    def many(self, field: str) -> list[str]:
        """The texts of a field; none where the claim is not there, and that opens nothing."""
        found = self._claim(field)
        listed = [found] if isinstance(found, str) else found
        if listed is None:
            return []
        if not isinstance(listed, list) or len(cast("list[object]", listed)) > MAX_LISTED:
            raise SignInError(field)
        words = cast("list[object]", listed)
        if not all(isinstance(word, str) and self._fit(word) for word in words):
            raise SignInError(field)
        return self._translated(field, cast("list[str]", words), strict=False)

    def yes(self, field: str) -> bool:
        """Whether the claim is true, or one of the words that ``values`` translates to ``true``."""
        found = self._claim(field)
        if isinstance(found, bool) or found is None:
            return bool(found)
        return "true" in self.many(field)

    def _claim(self, field: str) -> object:
        name = self._settings.claims.get(field)
        if name is None:
            return None
        if name in self._claims:  # a name with dots of its own, such as an address
            return self._claims[name]
        found: object = dict(self._claims)
        for part in name.split("."):
            found = _inside(found, part)
        return found

    def _translated(self, field: str, words: list[str], *, strict: bool = True) -> list[str]:
        """Words in the platform's own terms; one that has no translation is left out, or refused where it is needed."""
        table = self._settings.values.get(field)
        known = words if table is None else [table[word] for word in words if word in table]
        if strict and not known:
            raise SignInError(field)
        return known

    @staticmethod
    def _fit(word: str) -> bool:
        return bool(word.strip()) and len(word) <= MAX_TEXT and word.isprintable()
