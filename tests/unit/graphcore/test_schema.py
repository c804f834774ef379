"""The schema YAML is the one source: generated files follow it, and damage in it is named."""

import pytest

from graphcore.errors import SchemaError
from graphcore.schema import SCHEMA, EntityType, LinkType
from graphcore.schema.generate import outputs
from graphcore.schema.loader import parse_schema


@pytest.mark.parametrize("path", sorted(outputs()), ids=lambda p: p.name)
def test_generated_files_do_not_drift(path) -> None:
    assert path.read_text(encoding="utf-8") == outputs()[path], "run: python -m graphcore.schema.generate"


def test_enums_are_the_schema() -> None:
    assert [t.value for t in EntityType] == list(SCHEMA.entities)
    assert [t.value for t in LinkType] == list(SCHEMA.links)


def test_ends_are_checked_in_the_direction_of_the_link() -> None:
    officer = SCHEMA.links["OFFICER_OF"]
    assert officer.allows("Person", "Business")
    assert not officer.allows("Business", "Person")
    assert not officer.allows("Person", "Vehicle")
    assert SCHEMA.links["FAMILY_OF"].allows("Person", "Person")
    assert SCHEMA.links["PARTY_TO"].allows("Vehicle", "Event")


def test_a_symmetric_link_may_be_written_either_way_round() -> None:
    schema = parse_schema(
        "A: {description: a, properties: {}}\nB: {description: b, properties: {}}",
        "L: {label: l, source: [A], target: [B], family: f, symmetric: true}\nD: {label: d, source: [A], target: [B], family: f}",
    )
    assert schema.links["L"].allows("B", "A")
    assert not schema.links["D"].allows("B", "A")


def test_every_fault_of_a_damaged_schema_is_named_at_once() -> None:
    with pytest.raises(SchemaError) as caught:
        parse_schema(
            "A: {description: a, caption: [nam], keys: [id], properties: {name: nonsense}}",
            "L: {label: l, source: [A], target: [Nowhere], family: f, distinct_by: [role]}",
        )
    message = str(caught.value)
    for fault in (
        "A.caption: no property 'nam'",
        "A.keys: no property 'id'",
        "nonsense",
        "'Nowhere'",
        "L.distinct_by",
    ):
        assert fault in message
