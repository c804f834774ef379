"""Short ways to say records, and a reader over a list of them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from graphcore.evidence.ledger.values import OriginPlace, OriginRecords
from graphcore.evidence.ledger.view_links import LinkPage
from graphcore.identity.judgement import Decision, Judgement, Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def person(key: str, name: str = "", uid: str = "", **said: str | Sequence[str]) -> OriginRecords:
    """A person record; values may be one text or several."""
    return record(key, uid, name=name, **said)


def record(key: str, uid: str = "", **said: str | Sequence[str]) -> OriginRecords:
    properties = {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in said.items() if value
    }
    return OriginRecords(key, uid or key, "alpha", key, 0, properties)


class ListReader:
    """Reads origins of given types from lists, and links where :attr:`links` (type, source, target) has some."""

    def __init__(self, **by_type: Sequence[OriginRecords]) -> None:
        self.by_type = by_type
        self.links: list[tuple[str, str, str]] = []

    def iter_links(self, link_types: Collection[str]) -> Iterator[LinkPage]:
        found = [link for link in self.links if link[0] in link_types]
        if found:
            nothing = (None,) * len(found)
            yield LinkPage(*zip(*found, strict=True), nothing, nothing)

    def iter_origins(self, entity_type: str) -> Iterator[OriginRecords]:
        yield from sorted(self.by_type.get(entity_type, ()), key=lambda one: one.origin_id)

    def iter_places(self, entity_type: str) -> Iterator[OriginPlace]:
        return (OriginPlace(one.origin_id, one.uid, one.first_seq) for one in self.iter_origins(entity_type))


def decision(name: str = "d1", by: str = "analyst", at: datetime = NOON) -> Decision:
    return Decision(name, by, "because", at)


def judged(
    one: str,
    other: str,
    verdict: Verdict = Verdict.SAME,
    by: Decision | None = None,
    score: float | None = None,
) -> Judgement:
    left, right = sorted((one, other))
    return Judgement(left, right, verdict, by or decision(), score)
