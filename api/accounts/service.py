"""Accounts as administrators see them."""

from api.accounts.schemas import ProfileIn
from api.auth.model import Account, NewAccount


def new_account(name: str, body: ProfileIn) -> NewAccount:
    """The account that was asked for."""
    return NewAccount(
        name=name,
        organisation=body.organisation,
        roles=frozenset(body.roles),
        clearance=body.clearance,
        compartments=frozenset(body.compartments),
        may_read_conditional=body.may_read_conditional,
        law_enforcement=body.law_enforcement,
        team=body.team,
        operations=frozenset(body.operations),
    )


def shape(account: Account) -> dict[str, object]:
    """An account; nothing of its password."""
    profile = account.profile
    return {
        "name": profile.name,
        "organisation": profile.organisation,
        "roles": sorted(profile.roles),
        "clearance": profile.clearance,
        "compartments": sorted(profile.compartments),
        "may_read_conditional": profile.may_read_conditional,
        "law_enforcement": profile.law_enforcement,
        "team": profile.team,
        "operations": sorted(profile.operations),
        "federated": account.federated,
        "created_at": account.created_at,
    }
