"""Small worlds, each of one kind of people or companies that are easily taken for one, through a whole run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from analytics.resolution.blocking import Budget
from analytics.resolution.evaluate import evaluate
from analytics.resolution.run import Proposal, propose, rule_decision
from graphcore.evidence.ledger.values import OriginRecords
from graphcore.identity.judgement import Verdict
from tests.unit.resolution.resolution_kit import NOON, ListReader, person, record
from tests.worlds.people import FAMILIES, City, Home, Someone

DECISION = rule_decision("run 1", NOON)


def told(someone: Someone, rng: Random, key: str) -> list[OriginRecords]:
    """Four records of one person in four systems: all of it, year of birth alone, a telephone, and one without a birth date."""
    home = someone.homes[0]
    place = {"address": _line(home), "postcode": home.postcode}
    name = f"{someone.given} {someone.family}".title()
    year, month, day = someone.born
    other = rng.choice(someone.forms or (someone.given,))
    return [
        person(f"{key}0", name, birth_date=f"{year}-{month:02d}-{day:02d}", **place),
        person(f"{key}1", f"{other} {someone.family}".title(), birth_date=str(year), phone=someone.phones[0], **place),
        person(f"{key}2", name, birth_date=f"{year}-{month:02d}-{day:02d}", phone=someone.phones[0]),
        person(f"{key}3", name, phone=someone.phones[0], **place),
    ]  # fmt: skip


def _line(home: Home) -> str:
    return f"{home.number} {home.street}, {home.town}"


class World:
    """A city of strangers, and pairs of people put into it who are alike in one way."""

    def __init__(self, seed: int, households: int = 60) -> None:
        self.rng = Random(f"hard {seed}")
        city = City(seed, households * 3)
        self.strangers, self._spare = city.people[: households * 2], city.people[households * 2 :]
        self.city, self.pairs = city, list[tuple[Someone, Someone]]()

    def alike(self, count: int) -> Iterable[tuple[Someone, Someone]]:
        """Pairs of people who have nothing in common but sex and family name, to be made alike."""
        for at in range(count):
            one = self._spare[at]
            family = FAMILIES[(at * 7) % len(FAMILIES)]
            one = replace(one, family=family, homes=[self.city.home()], phones=[self.city.phone()])
            other = replace(
                one, entity=f"{one.entity}b", homes=[self.city.home()], phones=[self.city.phone()]
            )
            self.pairs.append((one, other))
            yield one, other

    def run(self) -> tuple[Proposal, dict[str, str], dict[str, int]]:
        """The run, whom each record is about, and the entity that it gives each record."""
        people = [*self.strangers, *(one for pair in self.pairs for one in pair)]
        truth: dict[str, str] = {}
        records: list[OriginRecords] = []
        for at, someone in enumerate(people):
            made = told(someone, self.rng, f"{at:04d}-")
            truth |= {one.origin_id: someone.entity for one in made}
            records += made
        proposal = propose(ListReader(Person=records), DECISION, types=("Person",))
        return proposal, truth, entities(proposal, [one.origin_id for one in records])

    def joined(self, truth: dict[str, str], given: dict[str, int]) -> int:
        """How many of the pairs have records in one entity."""
        of: dict[str, set[int]] = defaultdict(set)
        for origin, entity in truth.items():
            of[entity].add(given[origin])
        return sum(bool(of[one.entity] & of[other.entity]) for one, other in self.pairs)


def entities(proposal: Proposal, origins: Sequence[str]) -> dict[str, int]:
    """The number of the entity that each origin is in after a run."""
    number = {origin: at for at, origin in enumerate(origins)}
    parent = [*range(len(origins))]

    def root(at: int) -> int:
        while parent[at] != at:
            at = parent[at]
        return at

    for judgement in proposal.judgements:
        if judgement.verdict is Verdict.SAME:
            parent[root(number[judgement.right])] = root(number[judgement.left])
    return {origin: root(at) for origin, at in number.items()}


def recall(truth: dict[str, str], given: dict[str, int]) -> float:
    """Share of the records that are in the largest part of their entity."""
    parts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for origin, entity in truth.items():
        parts[entity][given[origin]] += 1
    return sum(max(several.values()) for several in parts.values()) / len(truth)


@pytest.mark.parametrize("seed", [1, 2])
def test_parent_and_child_of_one_name_at_one_address_stay_two(seed: int) -> None:
    world = World(seed)
    for parent, child in world.alike(20):
        child.homes = parent.homes
        child.born = (parent.born[0] + world.rng.randrange(18, 38), *child.born[1:])
    _, truth, given = world.run()
    assert world.joined(truth, given) <= 3
    assert recall(truth, given) >= 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_twins_stay_two(seed: int) -> None:
    world = World(seed)
    for at, (one, twin) in enumerate(world.alike(20)):
        twin.homes, twin.forms = one.homes, ()
        twin.given = ("gareth", "omar", "bronwen", "heather")[at % 4]
    _, truth, given = world.run()
    assert world.joined(truth, given) <= 3
    assert recall(truth, given) >= 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_namesakes_stay_two(seed: int) -> None:
    world = World(seed)
    for at, (_, namesake) in enumerate(world.alike(20)):
        namesake.born = (1951 + at * 2, 1 + at % 12, 1 + at % 27)
    _, truth, given = world.run()
    assert world.joined(truth, given) <= 3
    assert recall(truth, given) >= 0.95


def test_a_number_that_was_given_out_again_joins_nobody() -> None:
    world = World(3)
    for at, (one, other) in enumerate(world.alike(20)):
        other.given, other.forms, other.family = ("Zoe", (), FAMILIES[(at * 7 + 3) % len(FAMILIES)])
        other.born = (one.born[0] + 5, 1 + at % 12, 1 + at % 27)
        other.phones = one.phones
    _, truth, given = world.run()
    assert world.joined(truth, given) == 0
    assert recall(truth, given) >= 0.95


def test_a_record_that_fits_parent_and_child_alike_goes_to_a_person() -> None:
    world = World(4)
    ((parent, child),) = world.alike(1)
    child.homes = parent.homes
    child.born = (parent.born[0] + 25, *child.born[1:])
    name, home = f"{parent.given} {parent.family}".title(), parent.homes[0]
    crowd = [one for at, two in enumerate(world.strangers) for one in told(two, world.rng, f"s{at}-")]
    families = [*told(parent, world.rng, "p"), *told(child, world.rng, "c")]
    either = person("z", name, address=_line(home), postcode=home.postcode)
    records = [*crowd, *families, either]
    proposal = propose(ListReader(Person=records), DECISION, types=("Person",))
    given = entities(proposal, [one.origin_id for one in records])
    assert given["z"] not in {given[one.origin_id] for one in families}
    asked = {(one.left, one.right) for one in proposal.judgements if one.verdict is Verdict.UNSURE}
    assert any("z" in pair for pair in asked)


AGENT = {"address": "Suite 4, 71 Harbour Street, Northmere", "postcode": "NM1 4AB"}


def shelf(companies: int, strangers: int = 0) -> ListReader:
    """Companies at one agent's address with one nominee director, registered, some of them named once more by a supplier;
    and people who have nothing to do with them.
    """
    rng = Random("shelf")
    fronts, tails = ("Alder", "Birch", "Cedar", "Doven", "Elmet", "Fallow", "Garnet", "Hazel", "Isher", "Juno"), ("wick", "mere", "ford", "stow", "gate", "holm", "well", "croft", "dale", "thorpe")  # fmt: skip
    trades = [
        "Trading",
        "Haulage",
        "Homes",
        "Systems",
        "Stores",
        "Motors",
        "Lettings",
        "Textiles",
        "Catering",
        "Foods",
    ]
    names = [f"{front}{tail} {trade}" for front in fronts for tail in tails for trade in trades]
    rng.shuffle(names)
    firms: list[OriginRecords] = []
    officers: list[OriginRecords] = []
    links: list[tuple[str, str, str]] = []
    for at, name in enumerate(names[:companies]):
        number = f"{1_000_000 + at * 37:08d}"
        firms.append(record(f"c{at:04d}", name=f"{name} LIMITED".upper(), company_number=number, **AGENT))
        officers.append(person(f"n{at:04d}", "PRYCE, Gwendolen Mair", birth_date="1961-03", **AGENT))
        links.append(("OFFICER_OF", f"n{at:04d}", f"c{at:04d}"))
        if at % 5 == 0:
            firms.append(record(f"s{at:04d}", name=f"{name} Ltd", **AGENT))
    for at, someone in enumerate(City(7, strangers).people if strangers else ()):
        officers += told(someone, rng, f"o{at:04d}")[:2]
    reader = ListReader(Business=firms, Person=officers)
    reader.links = links
    return reader


def test_a_nominee_with_more_appointments_than_any_key_may_have_is_one_and_glues_none(tmp_path: Path) -> None:
    reader = shelf(130, strangers=900)
    people, firms = ([one.origin_id for one in reader.by_type[kind]] for kind in ("Person", "Business"))
    assert len(people) > Budget().all_pairs
    proposal = propose(reader, DECISION, types=("Business", "Person"))
    given = entities(proposal, [*people, *firms])
    nominee = [origin for origin in people if origin[0] == "n"]
    assert len({given[origin] for origin in nominee}) == 1
    assert given[nominee[0]] not in {given[origin] for origin in people if origin[0] != "n"}
    assert len({given[origin] for origin in firms if origin[0] == "c"}) == 130
    hard = nominees(tmp_path, reader)
    assert hard == {"pairs": 130 * 129 // 2, "joined": 0, "skipped": 0}


@pytest.mark.slow
def test_a_thousand_companies_of_one_nominee_stay_a_thousand(tmp_path: Path) -> None:
    reader = shelf(1_000)
    firms = [one.origin_id for one in reader.by_type["Business"]]
    proposal = propose(reader, DECISION, types=("Business",))
    given = entities(proposal, firms)
    assert len({given[origin] for origin in firms if origin[0] == "c"}) == 1_000
    assert nominees(tmp_path, reader)["pairs"] == 1_000 * 999 // 2


def nominees(folder: Path, reader: ListReader) -> dict[str, int]:
    """What an evaluation says of companies that share a nominee."""
    rows = [f"alpha,{one.origin_id},company,F{one.origin_id[1:]}" for one in reader.by_type["Business"]]
    rows += [f"alpha,{one.origin_id},person,P" for one in reader.by_type["Person"] if one.origin_id[0] == "n"]
    truth = folder / "truth.csv"
    truth.write_text("\n".join(["source,record_id,entity_type,entity_id", *rows]), encoding="utf-8")
    return evaluate(truth, reader)["company"]["hard"]["nominee"]  # type: ignore[index]


def test_companies_without_numbers_that_share_an_agent_and_a_nominee_stay_apart() -> None:
    whole = shelf(120)
    firms = [
        replace(one, properties={name: said for name, said in one.properties.items() if name != "company_number"})
        for one in whole.by_type["Business"]
        if one.origin_id.startswith("c")
    ]  # fmt: skip
    reader = ListReader(Business=firms, Person=whole.by_type["Person"])
    reader.links = whole.links
    proposal = propose(reader, DECISION, types=("Business", "Person"))
    given = entities(
        proposal, [one.origin_id for kind in ("Business", "Person") for one in reader.by_type[kind]]
    )
    assert len({given[one.origin_id] for one in firms}) >= 119
