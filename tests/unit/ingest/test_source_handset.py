"""Handset downloads: calls, texts, chats and contacts as the handset says them; hostile XML is refused; memory stays flat."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graphcore.store.query import SearchQuery
from ingest.registry import SOURCES
from tests import ufed_reports as ufed
from tests.unit.ingest.conftest import READER

SAMPLE = Path(str(SOURCES["handset"].folder)) / "sample"
OWNER, KIT = "+447700900123", "+447700900456"


def ends(bench, link_type: str) -> list[tuple[str, str]]:
    names = {entity.uid: entity.caption for entity in bench.entities()}
    return sorted(
        (names[link.source], names[link.target]) for link in bench.links() if link.type == link_type
    )


def load_report(bench, *models: str, **more: str):
    return bench.load_source("handset", bench.put("report.xml", ufed.report(*models, **more)))


def test_handset_sample_loads_whole_and_once(bench):
    summary = bench.load_source("handset", SAMPLE)
    assert (summary.quarantined, summary.waiting) == (0, 0)
    assert summary.warnings == (
        "report.xml: (file): 1 of WirelessNetwork are not read (1 times, first in row 0)",
    )
    before = bench.counts()
    again = bench.load_source("handset", SAMPLE)
    assert (again.loaded, bench.counts()) == (0, before)


def test_handset_contact_is_a_saved_name_and_no_person(bench):
    bench.load_source("handset", SAMPLE)
    assert bench.entities("Person") == []
    contacts = [link for link in bench.links() if link.type == "HAS_CONTACT"]
    assert sorted(str(link.properties["name"][0]) for link in contacts) == ["Kit P", "Kit Plug", "Kit Plug"]
    hits = bench.store.view(READER).search(SearchQuery("plug")).hits
    assert KIT in {hit.entity.caption for hit in hits}


def test_handset_calls_and_the_device_itself(bench):
    bench.load_source("handset", SAMPLE / "report.xml")
    assert ends(bench, "CALLS") == [(OWNER, KIT)]
    assert ends(bench, "USED_IN") == [(OWNER, "Example Phone 3")]
    (missed,) = bench.entities("Event")
    assert (missed.kind, missed.properties["category"]) == ("call", ("Missed",))


def test_handset_messages_keep_text_deleted_state_mentions_and_hashes(bench):
    bench.load_source("handset", SAMPLE / "report.xml")
    documents = {entity.caption: entity for entity in bench.entities("Document")}
    assert documents["photo of the unit"].properties["deleted_state"] == ("Deleted",)
    assert documents["/media/IMG_0001.jpg"].properties["sha256"] == ("abcdef0123456789" * 4,)
    assert ("photo of the unit", "/media/IMG_0001.jpg") in ends(bench, "MENTIONS")
    assert ("bring AB12 CDE round the back", "AB12CDE") in ends(bench, "MENTIONS")


def test_handset_passwords_are_not_kept(bench):
    bench.load_source("handset", SAMPLE / "report.xml")
    assert b"not-kept" not in (bench.workspace.folder / "ledger.sqlite3").read_bytes()


def test_handset_group_chat_has_its_participants_as_recipients(bench):
    summary = load_report(bench, ufed.chat(1, ufed.message(1), participants=(123, 456, 789)))
    assert summary.quarantined == 0
    assert ends(bench, "MESSAGES") == [(KIT, OWNER), (KIT, "+447700900789")]


def test_handset_participants_behind_the_messages_count_too(bench):
    people = ufed.many(
        "Participants", *(ufed.party(f"447700900{who}@s.whatsapp.net") for who in ("456", "789"))
    )
    load_report(
        bench,
        ufed.model(
            "Chat", "ch1", ufed.field("Source", "WhatsApp"), ufed.many("Messages", ufed.message(1)), people
        ),
    )
    assert ends(bench, "MESSAGES") == [(KIT, "+447700900789")]


def test_handset_without_a_number_says_so(bench):
    device = '<metadata section="Device Info"><item name="IMEI">490154203237518</item></metadata>'
    load_report(bench, ufed.chat(1, ufed.message(1)), device=device)
    (phone,) = [e for e in bench.entities("Phone") if "number" not in e.properties]
    assert phone.properties["note"] == ("number of the handset not known",)
    assert phone.properties["imei"] == ("490154203237518",)


def test_handset_odd_numbers_do_not_cost_the_message(bench):
    models = ufed.model(
        "SMS",
        "s1",
        ufed.field("Folder", "Inbox"),
        ufed.field("Body", "hello"),
        ufed.many("Parties", ufed.party("345678", Role="From")),
    )
    summary = load_report(bench, models)
    assert summary.quarantined == 0
    assert "as written 345678" in [e.caption for e in bench.entities("Phone")]
    assert any("left out: not a telephone number" in warning for warning in summary.warnings)


def test_handset_accounts_of_an_application_are_no_telephone_numbers(bench):
    parts = (
        ufed.field("Source", "Telegram"), ufed.many("Participants", ufed.party("700900123"), ufed.party("700900124")),
        ufed.many("Messages", ufed.model("InstantMessage", "m1", f'<modelField name="From" type="Party">{ufed.party("700900123")}</modelField>', ufed.field("Body", "x"))),
    )  # fmt: skip
    load_report(bench, ufed.model("Chat", "ch1", *parts))
    assert {e.properties["service"] for e in bench.entities("OnlineIdentity")} == {("Telegram",)}
    assert [e.caption for e in bench.entities("Phone")] == [OWNER]


def test_handset_processing_instructions_and_xinclude_do_nothing(bench):
    inside = '<?xml-stylesheet href="file:///etc/passwd"?><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    summary = load_report(bench, inside, ufed.chat(1, ufed.message(1)))
    assert (summary.quarantined, len(bench.entities("Document"))) == (0, 1)
    assert b"root:" not in (bench.workspace.folder / "ledger.sqlite3").read_bytes()


def test_handset_stopped_load_goes_on_where_it_was(bench):
    from ingest.errors import LoadCancelledError

    text = ufed.report(ufed.chat(1, "".join(ufed.message(n) for n in range(1, 3001))))
    path = bench.put("report.xml", text)
    with pytest.raises(LoadCancelledError):
        bench.load_source("handset", path, cancel=lambda: True)
    bench.load_source("handset", path)
    assert len(bench.entities("Document")) == 3000


_MEASURE = """
import sys
from pathlib import Path
from ingest.mapping.model import FileWords
from ingest.sources.handset.reader import open_rows
rows = open_rows(Path(sys.argv[1]), "report.xml", FileWords.model_validate({"format": "ufed"}))
read = sum(1 for _ in rows.rows())
# not ru_maxrss: it also remembers the process that started this one
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(rows.total, read, int(peak.split()[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read the peak from")
def test_handset_memory_is_flat_for_a_report_of_300_mib(tmp_path):
    path = tmp_path / "report.xml"
    messages = ufed.write_large(path, 300)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    total, read, mib = (int(word) for word in done.stdout.split())
    assert total == read == messages + 1  # and the device
    assert mib <= 300
