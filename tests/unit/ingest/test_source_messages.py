"""Message dumps: every shape gives the same threads, ends and searchable texts; volume goes into pairs, not persons."""

from __future__ import annotations

import json
from pathlib import Path

from graphcore.store.query import SearchQuery
from ingest.registry import SOURCES
from tests.unit.ingest.conftest import READER

SAMPLE = Path(str(SOURCES["messages"].folder)) / "sample"


def captions(bench, entity_type: str, kind: str | None = None) -> list[str]:
    return [e.caption for e in bench.entities(entity_type) if kind is None or e.kind == kind]


def ends(bench, link_type: str) -> list[tuple[str, str]]:
    names = {entity.uid: entity.caption for entity in bench.entities()}
    return sorted(
        {(names[link.source], names[link.target]) for link in bench.links() if link.type == link_type}
    )


def load_json(bench, value: object, name: str = "dump.json"):
    return bench.load_source("messages", bench.put(name, json.dumps(value)))


def test_messages_sample_loads_whole_and_once(bench):
    summary = bench.load_source("messages", SAMPLE)
    assert (summary.quarantined, summary.waiting, summary.warnings) == (0, 0, ())
    before = bench.counts()
    again = bench.load_source("messages", SAMPLE)
    assert (again.loaded, bench.counts()) == (0, before)
    assert bench.entities("Person") == []


def test_messages_text_is_searched_at_once(bench):
    bench.load_source("messages", SAMPLE / "dump.csv")
    found = bench.store.view(READER).search(SearchQuery("paperwork"))
    (hit,) = found.hits
    assert hit.entity.caption == "tops at the unit, bring the paperwork"


def test_messages_participants_behind_the_messages_are_recipients(bench):
    bench.load_source("messages", SAMPLE / "threads.json")
    assert ends(bench, "MESSAGES") == [
        ("quietriver", "moonraker"), ("quietriver", "silverfox"), ("silverfox", "moonraker"), ("silverfox", "quietriver"),
    ]  # fmt: skip
    assert [
        e.properties["display_name"] for e in bench.entities("OnlineIdentity") if e.caption == "moonraker"
    ] == [("Moon",)]
    assert {e.properties["service"] for e in bench.entities("OnlineIdentity")} == {("Example Chat",)}
    (attached,) = [e for e in bench.entities("Document") if e.kind == "attachment"]
    assert attached.properties["sha256"] == ("abcdef0123456789" * 4,)
    assert sorted(e.properties["written_at"][0][:19] for e in bench.entities("Document") if e.kind == "message") == [
        "2026-03-01T09:30:00", "2026-03-01T09:31:00",
    ]  # fmt: skip


def test_messages_two_who_wrote_are_the_ends_of_a_thread_that_lists_nobody(bench):
    bench.load_source("messages", SAMPLE / "desktop_export.json")
    assert ends(bench, "MESSAGES") == [("user700001", "user700002"), ("user700002", "user700001")]
    assert "see you there" in captions(bench, "Document", "message")
    assert [e.properties["display_name"] for e in bench.entities("OnlineIdentity")] == [
        ("Invented Friend",),
        ("Owner",),
    ]


def test_messages_three_who_wrote_are_not_taken_for_each_others_recipients(bench):
    texts = [
        {"id": n, "from": name, "text": "x", "date": "2026-03-01T09:30:00"} for n, name in enumerate("abc", 1)
    ]
    load_json(bench, {"name": "crew", "messages": texts})
    assert ends(bench, "MESSAGES") == []
    assert len(ends(bench, "CORRESPONDENT_IN")) == 3


def test_messages_numbers_are_phones_and_handles_are_not(bench):
    bench.load_source("messages", SAMPLE / "lines.jsonl")
    assert captions(bench, "Phone") == ["+447700900123", "+447700900456"]
    assert captions(bench, "OnlineIdentity") == []


def test_messages_channel_of_many_makes_no_pairs(bench):
    members = [f"m{n}" for n in range(500)]
    texts = [{"id": n, "from": "m0", "text": "x", "date": "2026-03-01T09:30:00"} for n in (1, 2)]
    load_json(bench, {"threads": [{"id": "C", "name": "All", "participants": members, "messages": texts}]})
    assert ends(bench, "MESSAGES") == [("m0", "C")]
    assert len(ends(bench, "MEMBER_OF")) == 500
    roles = [k.properties["role"] for k in bench.links() if k.type == "CORRESPONDENT_IN"]
    assert roles == [("sender",)] * 2  # nobody is said to have read them


def test_messages_same_text_without_id_keeps_its_name_in_a_longer_export(bench):
    first = {"from": "a", "to": ["b"], "text": "one", "date": "2026-03-01T09:30:00"}
    second = {**first, "text": "two"}
    load_json(bench, [second], "short.json")
    load_json(bench, [first, second], "long.json")
    assert captions(bench, "Document", "message") == ["one", "two"]


def test_messages_shapes_in_lines_lists_and_objects_are_one(bench):
    message = {
        "id": "M1",
        "thread": "T",
        "from": "a",
        "to": ["b"],
        "text": "hello",
        "sent_at": "2026-03-01T09:30:00Z",
    }
    load_json(bench, [message], "list.json")
    before = bench.counts()
    bench.load_source("messages", bench.put("one.jsonl", json.dumps(message)))
    load_json(bench, {"messages": [message]}, "object.json")
    load_json(bench, {"chats": {"list": [{"messages": [message]}]}}, "nested.json")
    assert bench.counts() == before == (3, 3)


def test_messages_what_is_not_known_stays_with_the_record(bench):
    load_json(
        bench,
        [
            {
                "id": "M1",
                "from": "a",
                "to": "b",
                "text": "x",
                "date": "2026-03-01T09:30:00",
                "selfdestruct_s": 30,
            }
        ],
    )
    (message,) = [
        r for r in bench.records() if r.reference.endswith("M1") and "other.selfdestruct_s" in r.original
    ]
    assert message.original["other.selfdestruct_s"] == 30
