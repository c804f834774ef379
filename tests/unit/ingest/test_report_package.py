"""Report packages between two workspaces: what may leave, what is refused, and that nothing is retyped or lost."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphcore.access import Marking
from graphcore.errors import ValueRefusedError
from graphcore.workspace import Workspace
from ingest.errors import FileRefusedError
from ingest.package.document import Body, canonical, seal, unseal
from ingest.package.export import SOURCE, Packed, Release, pack
from ingest.package.keys import own_key, public_text, trust, trusted
from ingest.package.reader import prefix_of
from ingest.pipeline import load
from ingest.registry import SOURCES
from tests.unit.ingest.conftest import READER

SAMPLE = Path(str(SOURCES[SOURCE].folder)) / "sample" / "reports.json"
FORCE = "Northmere Constabulary"
OTHER = "Eastholm Police"
NORTHMERE = replace(READER, organisation=FORCE)
EASTHOLM = replace(READER, organisation=OTHER, may_read_conditional=True)
AT = datetime(2026, 1, 2, tzinfo=UTC)
RELEASE = Release("IR-24-0007", FORCE, OTHER, "DPA 2018 s.31", "DI 77", AT)


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "northmere") as workspace:
        load(workspace, SOURCE, SAMPLE)
        yield workspace


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "eastholm") as workspace:
        store = workspace.store()
        store.prepare()
        yield workspace


def packed(workspace: Workspace, release: Release = RELEASE, context=NORTHMERE) -> Packed:
    items = workspace.ledger.view(context).items(SOURCE, f"{release.force}/{release.report}/")
    return pack(workspace.folder, items, release)


def put(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "report.package"
    path.write_bytes(raw)
    return path


def trusting(receiver: Workspace, origin: Workspace) -> None:
    trust(receiver.folder, public_text(own_key(origin.folder)), FORCE)


def graph(workspace: Workspace, context) -> tuple[list, list]:
    """Entities and links as anybody can compare them: types, captions, properties; no ids."""
    store = workspace.store()
    view = store.view(context)
    entities = {e.uid: e for e in view.iter_entities()}
    from graphcore.store.query import ExpandQuery

    links = view.expand(list(entities), ExpandQuery(hops=1, limit=10_000)).links
    return (
        sorted(
            (e.type, e.kind, e.caption, sorted(map(str, e.properties.items()))) for e in entities.values()
        ),
        sorted(
            # a symmetric link runs either way: ids decide, and they are those of the workspace
            (
                link.type,
                *sorted(entities[end].caption for end in (link.source, link.target)),
                link.valid_from or "",
            )
            for link in links
        ),
    )


def only(graph_of: tuple[list, list], report: str) -> list:
    return [entity for entity in graph_of[0] if entity[0] == "Document" and report in str(entity[3])]


def test_package_round_trip_keeps_items_gradings_origins_and_links(origin, receiver, tmp_path):
    path = put(tmp_path, packed(origin).raw)
    trusting(receiver, origin)
    summary = load(receiver, SOURCE, path)
    assert (summary.quarantined, summary.waiting, summary.unchanged) == (0, 0, 0)
    there, here = graph(origin, NORTHMERE), graph(receiver, EASTHOLM)
    assert only(here, "IR-24-0007") == only(there, "IR-24-0007")
    assert set(here[1]) <= set(there[1])
    assert {link[0] for link in here[1]} == {"MENTIONS", "ASSOCIATE_OF", "CONTROLS"}
    view = receiver.ledger.view(EASTHOLM)
    assert len(view.uid_of("Document", f"{FORCE}/IR-24-0007/2", f"{prefix_of(FORCE)}{SOURCE}")) == 1
    documents = [
        r for e in receiver.store().view(EASTHOLM).iter_entities("Document") for r in view.records(e.rids)
    ]
    assert {(d.grading.code, d.label.handling_code, d.label.handling_conditions) for d in documents} == {
        ("2B", "P", ()), ("1A", "C", ("A2", "S1")), ("3D", "P", ()),
    }  # fmt: skip
    assert {d.label.originator for d in documents} == {FORCE}
    assert load(receiver, SOURCE, path).loaded == 0


def test_package_back_into_its_origin_adds_nothing(origin, tmp_path):
    before = graph(origin, NORTHMERE)
    summary = load(origin, SOURCE, put(tmp_path, packed(origin).raw))
    assert summary.loaded == 0
    assert summary.unchanged > 0
    assert graph(origin, NORTHMERE) == before


def test_package_holds_nothing_of_another_report(origin):
    words = json.loads(packed(origin).raw)["package"]
    text = json.dumps(words)
    assert "IR-13-0411" not in text
    assert "B MARSHBECK" not in text  # what the older report calls him
    assert [item["reference"].rpartition("/")[2] for item in words["items"]] == ["1", "2", "3"]
    first = words["items"][0]
    assert first["grading"] == {"scheme": "3x5x2", "source": "2", "intelligence": "B"}
    assert first["provenance"] == {"file": "reports.json", "row": 1}
    assert {subject["origin"]["type"] for subject in first["subjects"]} == {
        "Person",
        "Business",
        "Phone",
        "Vehicle",
    }


def test_package_of_items_under_conditions_needs_a_name(origin):
    done = packed(origin, replace(RELEASE, authorised_by=""))
    assert [name.rpartition("/")[2] for name in done.items] == ["1", "3"]
    ((name, reason),) = done.held_back
    assert name.endswith("/2")
    assert "name who authorised it" in reason


def test_package_of_what_may_never_leave(origin):
    done = packed(origin, replace(RELEASE, report="IR-13-0411"))
    assert [reason for _, reason in done.held_back] == [
        "its handling code allows no dissemination outside the originator"
    ]


def test_package_shows_nothing_that_its_maker_may_not_see(origin):
    low = replace(NORTHMERE, clearance=Marking.OFFICIAL)
    done = packed(origin, context=low)
    assert [name.rpartition("/")[2] for name in done.items] == ["3"]
    assert done.held_back == ()  # hidden items are not even counted


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"report": "IR-99"}, "no such report"), ({"to": " "}, "name the force"), ({"gateway": ""}, "legal gateway"), ({"to": FORCE}, "another force")],
)  # fmt: skip
def test_package_that_cannot_be_made(origin, change, reason):
    with pytest.raises(ValueRefusedError, match=reason):
        packed(origin, replace(RELEASE, **change))


def test_package_of_another_originator_is_not_passed_on(origin, receiver, tmp_path):
    trusting(receiver, origin)
    load(receiver, SOURCE, put(tmp_path, packed(origin).raw))
    items = receiver.ledger.view(EASTHOLM).items(f"{prefix_of(FORCE)}{SOURCE}", "")
    assert items
    with pytest.raises(ValueRefusedError, match="another force originated it"):
        pack(receiver.folder, items, replace(RELEASE, force=OTHER, to="Grimsford and Vale Police"))


def resealed(raw: bytes, change) -> bytes:
    """A package changed and hashed anew, with the signature as it was."""
    words = json.loads(raw)
    change(words["package"])
    words["sha256"] = hashlib.sha256(canonical(words["package"])).hexdigest()
    return canonical(words)


def _grade(words):
    words["items"][0]["document"][0]["grading"]["source"] = "1"


TAMPERED = {
    "a letter": (lambda raw: raw.replace(b"MARSHBECK", b"MARSHBECC", 1), "SHA-256"),
    "a grade": (lambda raw: resealed(raw, _grade), "signature does not hold"),
    "the hash": (lambda raw: raw.replace(b'"sha256":"', b'"sha256":"0')[: len(raw)], "not a report package"),
    "cut off": (lambda raw: raw[:-200], "not a report package"),
    "empty": (lambda _raw: b"", "not a report package"),
    "other json": (lambda _raw: b'{"package": {}}', "not a report package"),
    "an array": (lambda _raw: b"[" * 10_000, "not a report package"),
    "no signature": (lambda raw: _without(raw, "signature", ""), "signature does not hold"),
    "another key": (
        lambda raw: _without(raw, "public_key", public_text(Ed25519PrivateKey.generate())),
        "signature does not hold",
    ),
    "no key": (lambda raw: _without(raw, "public_key", "AAAA"), "signature does not hold|not a public key"),
}


def _without(raw: bytes, name: str, value: str) -> bytes:
    return canonical(json.loads(raw) | {name: value})


@pytest.mark.parametrize("name", TAMPERED)
def test_package_that_was_tampered_with_is_refused_whole(origin, receiver, tmp_path, name):
    change, reason = TAMPERED[name]
    trusting(receiver, origin)
    with pytest.raises(FileRefusedError, match=reason):
        load(receiver, SOURCE, put(tmp_path, change(packed(origin).raw)))
    assert list(receiver.ledger.all_uids()) == []


def test_package_of_an_unknown_signer_waits_for_the_operators_trust(origin, receiver, tmp_path):
    path = put(tmp_path, packed(origin).raw)
    with pytest.raises(FileRefusedError, match="nobody here trusts the key"):
        load(receiver, SOURCE, path)
    trusting(receiver, origin)
    assert load(receiver, SOURCE, path).loaded > 0


def test_package_signed_in_another_forces_name_is_refused(origin, receiver, tmp_path):
    trust(receiver.folder, public_text(own_key(origin.folder)), "Grimsford and Vale Police")
    with pytest.raises(FileRefusedError, match="trusted for another force"):
        load(receiver, SOURCE, put(tmp_path, packed(origin).raw))


def _signed(origin: Workspace, change) -> bytes:
    """A package that its own force signed after a change: what a faulty or hostile force could send."""
    body, _ = unseal(packed(origin).raw)
    words = body.model_dump(mode="json")
    change(words)
    return seal(Body.model_validate(words), own_key(origin.folder))


HOSTILE = {
    "another originator": (lambda w: w["items"][0]["document"][0].update(originator="Somebody Else"), "another originator"),
    "an unknown type": (lambda w: w["items"][0]["document"][0]["origin"].update(type="Dragon"), "does not know"),
    "an unknown property": (lambda w: w["items"][0]["document"][0]["properties"].update(shoe=["9"]), "does not know"),
    "an unknown link": (lambda w: w["items"][0]["links"][0].update(type="SLAYS"), "does not know"),
    "a grade of the other scheme": (lambda w: w["items"][0]["document"][0]["grading"].update(source="B"), "grading source"),
    "a code of no scheme": (lambda w: w["items"][0]["document"][0]["handling"].update(code="Z"), "handling"),
    "a condition of no scheme": (lambda w: w["items"][0]["document"][0]["handling"].update(conditions=["A9"]), "handling"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_package_of_a_trusted_force_must_still_make_sense(origin, receiver, tmp_path, name):
    change, reason = HOSTILE[name]
    trusting(receiver, origin)
    with pytest.raises(FileRefusedError, match=reason):
        load(receiver, SOURCE, put(tmp_path, _signed(origin, change)))


def test_package_cannot_speak_for_a_source_of_the_receiver(origin, receiver, tmp_path):
    def claim(words):
        for part in words["items"][0]["document"]:
            part["origin"]["source"] = "companies_house"

    trusting(receiver, origin)
    load(receiver, SOURCE, put(tmp_path, _signed(origin, claim)))
    sources = {o.source for o in receiver.ledger.view(EASTHOLM).iter_origins("Document")}
    assert "companies_house" not in sources
    assert all(source.startswith(prefix_of(FORCE)) for source in sources)


def test_package_keys_are_private_and_trust_is_for_one_force(origin):
    key = own_key(origin.folder)
    assert (origin.folder / "keys" / "exchange.key").stat().st_mode & 0o077 == 0
    assert public_text(key) == public_text(own_key(origin.folder))
    trust(origin.folder, public_text(key), "A")
    with pytest.raises(ValueRefusedError, match="another force"):
        trust(origin.folder, public_text(key), "B")
    for wrong in ("", "AAAA", "!!", base64.b64encode(b"x" * 31).decode()):
        with pytest.raises(ValueRefusedError):
            trust(origin.folder, wrong, "A")
    assert trusted(origin.folder) == {public_text(key): "A"}
    (origin.folder / "keys" / "trusted_forces.json").write_text("[1", encoding="utf-8")
    with pytest.raises(ValueRefusedError, match="damaged"):
        trusted(origin.folder)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_package_reader_answers_any_bytes(raw):
    with pytest.raises(ValueRefusedError):
        unseal(raw)
