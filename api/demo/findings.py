"""Asks the platform for what was planted, through the same functions that an analyst uses."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from analytics.business import BusinessChain, business_chain
from analytics.measures import rank
from analytics.paths import shortest_paths
from api.demo.truth import Finding, Truth
from graphcore.store.query import ChainQuery, Direction, ExpandQuery, PathQuery

IDENTITY_F1 = 0.85


def findings(
    truth: Truth, refused: int, waiting: int, identity: Mapping[str, Mapping[str, object]]
) -> tuple[Finding, ...]:
    """Everything planted, with the platform's answer.

    Args:
        truth: What was planted.
        refused: Rows that the load put into quarantine.
        waiting: Links in the ledger whose end was never loaded.
        identity: Figures of ``evaluate`` by entity type.
    """
    asked: Sequence[Callable[[Truth], Finding]] = (
        nominees,
        formation_agent,
        franchise,
        beneficial_controller,
        phoenix,
        ownership_cycle,
        unknown_owner,
        layering,
        shared_vehicles,
        bridges,
        *(_members(group["id"]) for group in truth.content["groups"]),
    )
    return (
        *_loading(truth, refused, waiting),
        *_identity(identity),
        *(question(truth) for question in asked),
    )


def _loading(truth: Truth, refused: int, waiting: int) -> list[Finding]:
    damaged = sum(truth.content["damaged"].values())
    loose = sum(len(references) for references in truth.content["dangling"].values())
    return [
        Finding("damaged rows", f"{damaged} rows", f"{refused} in quarantine", refused == damaged),
        Finding("links to nothing", f"{loose} links", f"{waiting} waiting", waiting == loose),
    ]


def _identity(figures: Mapping[str, Mapping[str, object]]) -> list[Finding]:
    made: list[Finding] = []
    for name, values in figures.items():
        f1 = cast("dict[str, float]", values["pairs"])["f1"]
        text = f"{values['entities']:,} entities"
        made.append(Finding(f"who is who: {name}", text, f"pairwise F1 {f1:.3f}", f1 >= IDENTITY_F1))
    return made


def nominees(truth: Truth) -> Finding:
    """The people with most appointments."""
    planted = truth.planted["nominees"]
    top = {row.uid for row in rank(truth.view, "degree", None, ["OFFICER_OF"], top=len(planted)).rows}
    hit = sum(bool(truth.person(nominee["person"]) & top) for nominee in planted)
    sizes = " and ".join(str(len(nominee["companies"])) for nominee in planted)
    return Finding(
        "nominee directors",
        f"{len(planted)} with {sizes} companies",
        f"{hit} head the ranking",
        hit == len(planted),
    )


def formation_agent(truth: Truth) -> Finding:
    """The address with most registered businesses."""
    planted = truth.planted["formation_agent"]
    row = rank(truth.view, "degree", None, ["REGISTERED_AT"], top=1).rows[0]
    entity = truth.view.entity(row.uid)
    ok = entity is not None and entity.first("postcode") == planted["postcode"]
    return Finding(
        "formation-agent address",
        f"{len(planted['companies'])} companies",
        f"{row.caption}: {row.value:.0f}",
        ok,
    )


def _chain(truth: Truth, number: str) -> BusinessChain:
    return business_chain(truth.view, truth.business(number))


def franchise(truth: Truth) -> Finding:
    """The franchisees in the franchisor's chain."""
    planted = truth.planted["franchise"]
    chain = _chain(truth, planted["franchisor"])
    wanted = {truth.business(number) for number in planted["franchisees"]}
    hit = len(wanted & {chain.link(lid).source for lid in chain.franchise})
    return Finding(
        "car-wash franchise", f"{len(wanted)} franchisees", f"{hit} in the business chain", hit == len(wanted)
    )


def beneficial_controller(truth: Truth) -> Finding:
    """The person behind the layers above the franchisor."""
    planted = truth.planted["franchise"]
    chain = _chain(truth, planted["franchisor"])
    person = truth.person(planted["beneficial_controller"])
    found = next((interest for interest in chain.owners if interest.owner in person), None)
    answer = f"found, {found.attributed.text()}" if found else "not among the owners"
    return Finding(
        "owner behind the layers", f"{len(planted['owners_up'])} layers", answer, found is not None
    )


def phoenix(truth: Truth) -> Finding:
    """Businesses that rose again under a new number."""
    companies = truth.planted["phoenix"]["companies"]
    wanted = {truth.business(number) for number in companies}
    hints = [hint for number in companies for hint in _chain(truth, number).phoenix]
    hit = {uid for hint in hints for uid in (hint.earlier, hint.later)} & wanted
    return Finding(
        "phoenix chain", f"{len(companies)} companies", f"{len(hit)} tied together", len(hit) == len(wanted)
    )


def ownership_cycle(truth: Truth) -> Finding:
    """A ring of owners."""
    numbers = truth.planted["ownership_cycle"]
    wanted = {truth.business(number) for number in numbers}
    ok = any(set(ring) == wanted for ring in _chain(truth, numbers[0]).cycles)
    return Finding("ownership cycle", f"{len(numbers)} companies", "drawn" if ok else "missed", ok)


def unknown_owner(truth: Truth) -> Finding:
    """An owner that the register knows of and nobody names."""
    chain = _chain(truth, truth.planted["unknown_owner"])
    ok = any(gap.kind == "owner not identified" for gap in chain.gaps)
    return Finding("owner not identified", "1 company", "drawn as a gap" if ok else "missed", ok)


def layering(truth: Truth) -> Finding:
    """Money from cash accounts to the property company, followed in the direction in which it was paid."""
    stages = truth.planted["layering"]
    starts = sorted(truth.uids("Account", stages["placement"]))
    ends = truth.uids("Account", stages["integration"])
    query = ChainQuery(Direction.OUT, frozenset({"PAYS"}), max_depth=len(stages) - 1)
    hit = 0
    for start in starts:
        around = truth.view.chain(start, query)
        hit += bool(ends & {entity.uid for entity in around.entities})
    return Finding(
        "layered payments",
        f"{len(starts)} cash accounts, {len(stages)} stages",
        f"from {hit} to the property company",
        hit == len(starts) > 0,
    )


def shared_vehicles(truth: Truth) -> Finding:
    """Cars kept by one and used by others."""
    planted = truth.planted["shared_vehicles"]
    query = ExpandQuery(link_types=frozenset({"USES_VEHICLE", "KEEPER_OF"}))
    hit = 0
    for car in planted:
        around = truth.view.expand(sorted(truth.uids("Vehicle", [car["vrm"]])), query)
        seen = {entity.uid for entity in around.entities}
        hit += sum(bool(truth.person(user) & seen) for user in car["users"]) >= 2
    return Finding(
        "shared vehicles", f"{len(planted)} cars", f"{hit} with several users", hit == len(planted)
    )


def bridges(truth: Truth) -> Finding:
    """People who stand between two groups, on the shortest ways from one to the other."""
    planted = truth.planted["bridges"]
    hit = 0
    for bridge in planted:
        start, end = (_group(truth, number) for number in bridge["between"])
        walks = shortest_paths(truth.view, start, end, PathQuery(k=10)).paths if start and end else ()
        between = {entity.uid for path in walks for entity in path.entities}
        hit += bool(truth.person(bridge["person"]) & between)
    return Finding(
        "people between groups",
        f"{len(planted)} persons",
        f"{hit} on the shortest paths",
        hit == len(planted),
    )


def _group(truth: Truth, number: str) -> str:
    return min(truth.uids("OrganisedCrimeGroup", [truth.group(number)["reference"]]), default="")


def _members(number: str) -> Callable[[Truth], Finding]:
    def members(truth: Truth) -> Finding:
        group = truth.group(number)
        uids = sorted(truth.uids("OrganisedCrimeGroup", [group["reference"]]))
        around = truth.view.expand(uids, ExpandQuery(hops=2, limit=5_000))
        seen = {entity.uid for entity in around.entities}
        people = [member["person"] for member in group["members"]]
        hit = sum(bool(truth.person(person) & seen) for person in people)
        name = f"members of {group['name']}"
        return Finding(name, f"{len(people)} persons", f"{hit} within two links", hit >= 0.8 * len(people))

    return members
