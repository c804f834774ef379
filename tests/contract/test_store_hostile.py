"""Text is text: nothing that a source or a reader writes is syntax of a query language, of JSON or of markup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphcore.access import AccessLabel
from graphcore.store.port import GraphStore
from graphcore.store.query import ChainQuery, Direction, ExpandQuery, ExportQuery, PathQuery, SearchQuery
from graphcore.store.state import GraphBatch
from tests.contract.world import CLEARED, OPEN, PLAIN, World

HOSTILE = {
    "cypher": "Anna'}) DETACH DELETE n //",
    "cypher parameter": "Anna $uid {uid: 'a'} `x` RETURN 1",
    "sql": "Anna'; DROP TABLE graph_entity; --",
    "full text": 'Anna" OR NEAR(text^ * NOT {caption}:"',
    "lucene": "Anna +caption:[* TO *] ~2 && !(b) /.*/ \\",
    "markup": "Anna <script>alert('x')</script> &amp; <img src=x onerror=y>",
    "formula": '=HYPERLINK("http://x","Anna")',
    "template": "Anna {{7*7}} {%x%} ${jndi:ldap://x} %s %(n)s {0}",
    "control": "Anna\x00\x01\t\r\n\x7f\u0085\u2028end",
    "right to left": "Anna \u202eevil\u202c \u200f\u200bx",
    "emoji": "Anna 👩‍👩‍👧‍👦🏴\U000e0067\U000e0062 \U0001f1ec\U0001f1e7",
    "combining": "Anna Z" + "\u0301\u0316" * 40 + "algo",
    "json": 'Anna \\u0000 \\" {"a": [null, 1e999]}',
}


@pytest.mark.catalogue("I01", "I19")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_kept_and_does_nothing(store: GraphStore, name: str) -> None:
    text = HOSTILE[name]
    prop = text if text.isprintable() else "note"
    w = World().persons("b")
    said = w.say(
        caption=text, kind=text, source=text, grading=text, properties={"name": (text,), prop: (text,)}
    )
    w.entity("a", "Person", said).link(
        "ab", "a", "b", "ASSOCIATE_OF", w.say(source=text, properties={prop: (text,)})
    )
    view = w.seen(store)
    entity, link = view.entity("a"), view.link("ab")
    assert entity is not None
    assert link is not None
    assert (entity.caption, entity.kind, entity.sources, entity.gradings) == (text, text, (text,), (text,))
    assert entity.properties == {"name": (text,), prop: (text,)}
    assert link.properties == {prop: (text,)}
    assert [hit.entity.uid for hit in view.search(SearchQuery("anna", fuzzy=False)).hits] == ["a"]
    assert "a" in [hit.entity.uid for hit in view.search(SearchQuery(text)).hits]
    assert view.export(ExportQuery()).captions == (text, "b")
    assert view.counts().entities == 2
    assert store.delete_source(text).assertions == 2


@pytest.mark.catalogue("I01")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_questions_find_nothing_and_do_nothing(store: GraphStore, name: str) -> None:
    text = HOSTILE[name]
    World().persons("a", "b").chain("a-b").into(store)
    before = store.fingerprint()
    view = store.view(CLEARED)
    names = frozenset({text})
    assert (view.entity(text), view.link(text), view.entities([text])) == (None, None, ())
    assert view.search(SearchQuery(text)).total == 0
    assert view.search(SearchQuery("a", types=names)).total == 0
    assert view.expand([text], ExpandQuery()).entities == ()
    assert view.expand(["a"], ExpandQuery(link_types=names)).links == ()
    assert view.expand(["a"], ExpandQuery(entity_types=names)).links == ()
    assert view.paths("a", text, PathQuery()).paths == ()
    assert view.paths("a", "b", PathQuery(link_types=names)).paths == ()
    assert len(view.paths("a", "b", PathQuery(avoid_types=names)).paths) == 1
    assert view.chain("a", ChainQuery(Direction.BOTH, link_types=names)).links == ()
    assert view.export(ExportQuery(entity_types=names, link_types=names)).n == 0
    assert list(view.iter_entities(text)) == []
    store.write(GraphBatch(2, gone_entities=(text,), gone_links=(text,)))
    assert store.fingerprint() == before


@pytest.mark.catalogue("I21")
def test_a_property_of_one_megabyte(store: GraphStore) -> None:
    big = "word " * 200_000
    w = World().entity("e", "Event", caption="Report", note=big, title="Report").persons("a")
    w.link("l", "a", "e", "PARTY_TO", role=big)
    view = w.seen(store)
    entity, link = view.entity("e"), view.link("l")
    assert entity is not None
    assert link is not None
    assert entity.properties["note"] == (big,)
    assert link.properties["role"] == (big,)
    assert [hit.entity.uid for hit in view.search(SearchQuery("report")).hits] == ["e"]


@pytest.mark.catalogue("I21")
def test_one_word_of_one_megabyte(store: GraphStore) -> None:
    big = "x" * 1_000_000
    view = World().entity("e", caption=big).seen(store)
    entity = view.entity("e")
    assert entity is not None
    assert entity.caption == big
    assert view.search(SearchQuery("xxxx")).total == 1


def test_numbers_keep_their_kind_and_size(store: GraphStore) -> None:
    values = (0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.1, -0.0, 1e300, 5e-324, True, False, "")
    entity = World().entity("e", note=values).seen(store).entity("e")
    assert entity is not None
    assert [(type(v), repr(v)) for v in entity.properties["note"]] == [(type(v), repr(v)) for v in values]


def test_many_labels(store: GraphStore) -> None:
    """Hundreds of compartments, each entity under several: only those held let anything through."""
    labels = {n: AccessLabel(compartment=f"C{n}") for n in range(1, 401)}
    w = World()
    for n in range(1, 401):
        w.entity(
            f"e{n:03d}",
            "Person",
            *(w.say(caption=f"under {m}", label=m) for m in (n, n % 400 + 1, (n * 7) % 400 + 1)),
        )
    for n in range(1, 400):
        w.link(f"l{n:03d}", f"e{n:03d}", f"e{n + 1:03d}", label=n)
    store.write(w.batch(labels=labels))
    held = frozenset(f"C{n}" for n in range(1, 400, 40))
    view = store.view(replace(PLAIN, compartments=held))
    allowed = set(view.labels)
    assert allowed == {n for n in labels if f"C{n}" in held}
    expected = {n for n in labels if {n, n % 400 + 1, (n * 7) % 400 + 1} & allowed}
    assert [e.uid for e in view.iter_entities()] == [f"e{n:03d}" for n in sorted(expected)]
    assert all(set(e.labels) <= allowed for e in view.iter_entities())
    assert view.counts().links == sum(
        n in allowed and n + 1 in expected and n in expected for n in range(1, 400)
    )
    assert store.view(replace(PLAIN, compartments=frozenset({"C999"}))).counts().entities == 0


def test_many_records_of_one_entity(store: GraphStore) -> None:
    w = World()
    w.entity("e", "Person", *(w.say(caption=f"Name {n}", note=n % 50, label=OPEN) for n in range(2_000)))
    entity = w.seen(store).entity("e")
    assert entity is not None
    assert (len(entity.rids), entity.caption, len(entity.properties["note"])) == (2_000, "Name 0", 50)
