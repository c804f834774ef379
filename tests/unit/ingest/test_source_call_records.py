"""Call records: every supplier's layout comes out as the same network, and what is no number is kept as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pipeline import load
from ingest.registry import SOURCES
from tests.ingest_lists import occurrences_of, records_of

VARIANTS = Path(str(SOURCES["call_records"].folder)) / "variants"
A, B, C = "+447700900123", "+447700900456", "+447700900789"
PLAIN = "a_number,b_number,start,duration_s,type\n"


def load_variant(bench, name: str, path: Path):
    return load(bench.workspace, "call_records", path, mapping=VARIANTS / f"{name}.yaml", store=bench.store)


def calls(bench) -> list[tuple[str, str, str, str, int]]:
    """(source, target, kind, moment, seconds) of every call, in order."""
    names = {entity.uid: entity.caption for entity in bench.entities()}
    found = [
        (names[link.source], names[link.target], *row)
        for link in bench.links()
        if link.type == "CALLS"
        for row in records_of(bench, link)
    ]
    return sorted(found, key=lambda item: (item[3], item))


SAMPLES = {
    "northlink": (
        "northlink.csv",
        [
            (A, B, "voice", "2026-03-01T09:30:00", 61),
            (C, A, "voice", "2026-03-01T10:05:12", 3600),
            (A, "60777", "sms", "2026-07-02T07:00:00", 0),
        ],
    ),
    "meridian": (
        "meridian.csv",
        [
            (A, B, "voice", "2026-03-01T09:30:00", 61),
            (A, B, "sms", "2026-03-01T09:32:00", 0),
            (A, "+33199000123", "voice", "2026-03-02T09:30:00", 30),
        ],
    ),
    "cadence": (
        "cadence.csv",
        [
            (A, B, "voice", "2026-03-01T09:30:00", 3665),
            (B, A, "voice", "2026-03-01T09:31:40", 9),
            ("EXAMPLEBANK", A, "sms", "2026-03-01T09:33:20", 0),
        ],
    ),
    "halewick": (
        "halewick.csv",
        [
            (A, "+442079460018", "voice", "2026-03-01T09:30:00", 61),
            (B, A, "voice", "2026-07-01T07:30:00", 7),
            (A, "+442079460018", "voice", "2026-07-01T08:30:00", 12),
        ],
    ),
    "ostara": (
        "ostara.tsv",
        [
            (A, B, "voice", "2026-03-01T00:00:01", 9),
            (A, "+15550100123", "voice", "2026-03-01T14:05:00", 3723),
        ],
    ),
    "brackwater": (
        "brackwater",
        [
            (A, B, "voice", "2026-03-01T09:30:00", 61),
            (A, "999", "voice", "2026-03-01T09:31:40", 30),
            (A, B, "sms", "2026-03-01T09:35:00", 0),
        ],
    ),
    "landline_bill": (
        "landline_bill.csv",
        [
            ("+441134960001", A, "voice", "2026-03-01T09:30:00", 61),
            ("+441134960001", "+441134960002", "voice", "2026-03-01T10:30:00", 720),
            ("+441134960001", "118999", "voice", "2026-03-01T10:45:00", 40),
        ],
    ),
}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_call_records_every_layout_gives_the_same_kind_of_calls(bench, name):
    file, expected = SAMPLES[name]
    summary = load_variant(bench, name, VARIANTS / "sample" / file)
    assert summary.quarantined == 0, [(r.row, r.field, r.reason) for r in bench.refused()]
    assert calls(bench) == expected
    before = bench.counts()
    again = load_variant(bench, name, VARIANTS / "sample" / file)
    assert (again.loaded, bench.counts()) == (0, before)


def test_call_records_lists_all_variants_here_and_in_the_readme():
    named = {path.stem for path in VARIANTS.glob("*.yaml")}
    assert named == {*SAMPLES, "subscribers"}
    readme = (VARIANTS.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(named) if f"`{name}`" not in readme] == []


def test_call_records_lines_above_and_below_are_no_calls(bench):
    summary = load_variant(bench, "northlink", VARIANTS / "sample" / "northlink.csv")
    assert summary.rows == 4
    assert any("2 rows from the footer on are no part of the table" in line for line in summary.warnings)


def test_call_records_withheld_end_is_an_event_of_the_other_number(bench):
    load_variant(bench, "northlink", VARIANTS / "sample" / "northlink.csv")
    (event,) = [e for e in bench.entities("Event") if e.kind == "call"]
    assert event.properties["occurred_at"] == ("2026-07-01T22:59:59.000000Z",)
    assert event.properties["duration_s"] == (9,)
    names = {entity.uid: entity.caption for entity in bench.entities()}
    (party,) = [link for link in bench.links() if link.type == "PARTY_TO"]
    assert (names[party.source], party.properties["role"]) == (A, ("subject",))
    assert sorted(e.caption for e in bench.entities("Phone")) == sorted([A, B, C, "60777"])


def test_call_records_cells_and_handsets(bench):
    load_variant(bench, "meridian", VARIANTS / "sample" / "meridian.csv")
    cells = {e.caption: e for e in bench.entities("Location")}
    assert sorted(cells) == ["Meridian 234-10-101-20001", "Meridian 234-10-101-20002"]
    first = cells["Meridian 234-10-101-20001"]
    assert first.kind == "cell_site"
    assert (first.properties["latitude"], first.properties["azimuth_deg"]) == ((53.4794,), (120.0,))
    (handset,) = bench.entities("Object")
    assert handset.properties["imei"] == ("490154203237518",)  # the network writes its last digit as 0
    (used,) = [link for link in bench.links() if link.type == "USED_IN"]
    assert (used.properties["occurrences"], used.properties["basis"]) == ((5,), ("call records",))
    assert {seen.values["imsi"] for seen in occurrences_of(bench, used)} == {"234100000000001"}
    sessions = [e for e in bench.entities("Event") if e.caption == "data session"]
    assert len(sessions) == 1  # the one without a cell; the other is a sighting


def test_call_records_handset_written_in_three_ways_is_one(bench):
    load_variant(bench, "northlink", VARIANTS / "sample" / "northlink.csv")
    assert [e.properties["imei"] for e in bench.entities("Object")] == [("490154203237518",)]


def test_call_records_subscriber_returns(bench):
    summary = load_variant(bench, "subscribers", VARIANTS / "sample" / "subscribers")
    assert summary.quarantined == 0, [(r.row, r.field, r.reason) for r in bench.refused()]
    people = [e.caption for e in bench.entities("Person")]
    assert people == ["Ada Example"]  # "unregistered" is nobody
    uses = [link for link in bench.links() if link.type == "USES_PHONE"]
    ada = next(link for link in uses if link.valid_to)
    assert (ada.valid_from[:10], ada.valid_to[:10]) == ("2025-01-05", "2026-01-01")
    assert {link.properties["basis"] for link in uses} == {("subscriber",)}
    phones = {e.caption: e for e in bench.entities("Phone")}
    assert phones[A].properties["iccid"] == ("8944100000000000003",)
    topups = sorted(e.properties["amount_pence"] for e in bench.entities("Event"))
    assert topups == [(1000,), (2000,)]


@pytest.mark.parametrize(
    ("end", "expected"),
    [("999", "999"), ("60777", "60777"), ("118999", "118999"), ("*100#", "*100#"), ("Example News", None), ("0800 496 0001", "+448004960001")],
)  # fmt: skip
def test_call_records_services_are_kept_as_what_they_are(bench, end, expected):
    summary = bench.load_source(
        "call_records", bench.put("x.csv", f"{PLAIN}{A},{end},2026-03-01 09:30,1,voice\n")
    )
    if expected is None:  # twelve characters are too many for a sender's name
        assert (summary.quarantined, bench.counts()) == (1, (0, 0))
    else:
        assert sorted(e.caption for e in bench.entities("Phone")) == sorted([A, expected])


def test_call_records_same_row_twice_is_one_call_and_two_kinds_of_one_second_are_two(bench):
    row = f"{A},{B},2026-03-01 09:30,61,voice\n"
    text = PLAIN + row + row + row.replace("61,voice", ",sms")
    bench.load_source("call_records", bench.put("x.csv", text))
    assert [(kind, seconds) for _, _, kind, _, seconds in calls(bench)] == [("sms", 0), ("voice", 61)]
    (link,) = bench.links()
    assert (link.properties["occurrences"], link.properties["duration_s"]) == ((2,), (61,))
