"""E-mail: addresses and mails, threads and hashes; hostile MIME costs one mail and never the mailbox."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

from ingest.registry import SOURCES
from ingest.sources.email.parts import decoded, plain_of
from tests.ingest_lists import occurrences_of

SAMPLE = Path(str(SOURCES["email"].folder)) / "sample"


def joined(bench, link_type: str) -> dict[tuple[str, str], object]:
    names = {entity.uid: entity.caption for entity in bench.entities()}
    return {(names[k.source], names[k.target]): k for k in bench.links() if k.type == link_type}


def eml(text: str, *fields: str) -> bytes:
    head = "\n".join(
        ("From: ada@example.com", "To: bob@example.org", "Date: Sun, 1 Mar 2026 09:30:00 +0000", *fields)
    )
    return f"{head}\n\n{text}\n".encode("utf-8", "surrogateescape")


def test_email_sample_loads_whole_and_once(bench):
    summary = bench.load_source("email", SAMPLE)
    assert (summary.quarantined, summary.waiting) == (0, 0)
    before = bench.counts()
    again = bench.load_source("email", SAMPLE)
    assert (again.loaded, bench.counts()) == (0, before)
    assert bench.entities("Person") == []


def test_email_threads_words_and_hashes(bench):
    bench.load_source("email", SAMPLE / "box.mbox")
    mails = {e.caption: e for e in bench.entities("Document")}
    assert mails["Invoice £400"].properties["thread"] == mails["Re: Invoice"].properties["thread"]
    assert mails["invoice.pdf"].properties["size_bytes"] == (7,)
    assert ("Invoice £400", "+447700900123") in joined(bench, "MENTIONS")
    (reply,) = occurrences_of(bench, joined(bench, "MESSAGES")["bob@example.org", "ada@example.com"])
    assert (reply.at.isoformat(), reply.values["kind"]) == ("2026-03-01T10:30:00+00:00", "email")
    assert {e.properties.get("display_name") for e in bench.entities("OnlineIdentity")} >= {
        ("Renée",),
        ("Bob, Sample",),
    }


def test_email_without_a_date_is_kept_without_a_time(bench):
    bench.load_source(
        "email", bench.put("x.eml", b"From: a@example.com\nTo: b@example.com\nDate: never\n\nhello\n")
    )
    (mail,) = bench.entities("Document")
    assert "written_at" not in mail.properties
    assert list(joined(bench, "MESSAGES")) == [("a@example.com", "b@example.com")]


def test_email_same_mail_in_two_mailboxes_is_one(bench):
    for name in ("one.eml", "two.eml"):
        bench.load_source(
            "email", bench.put(name, eml("hello", "Message-ID: <x@example.com>", f"X-Box: {name}"))
        )
    assert len(bench.entities("Document")) == 1


def test_email_ten_thousand_recipients_are_bounded(bench):
    to = ", ".join(f"m{n}@example.com" for n in range(10_000))
    start = perf_counter()
    summary = bench.load_source(
        "email", bench.put("many.eml", f"From: a@example.com\nTo: {to}\n\nhello\n".encode())
    )
    assert summary.quarantined == 0
    assert len(bench.entities("OnlineIdentity")) == 501
    (mail,) = [r for r in bench.records() if r.original.get("recipients")]
    assert (mail.original["recipients"], mail.original["left_out"]) == (10_000, 9_500)
    assert perf_counter() - start < 60


def test_email_attached_mail_is_hashed_and_not_read(bench):
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "hidden@example.com", "x@example.com", "inner"
    inner.set_content("secret words")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@example.com", "b@example.com", "outer"
    outer.set_content("see attached")
    outer.add_attachment(inner)
    bench.load_source("email", bench.put("x.eml", outer.as_bytes()))
    assert {e.caption for e in bench.entities("OnlineIdentity")} == {"a@example.com", "b@example.com"}
    assert sorted(e.kind for e in bench.entities("Document")) == ["attachment", "email"]


def test_email_charset_that_lies_gives_no_replacement_character():
    assert decoded("Renée".encode("cp1252"), "utf-8") == ("Renée", "declared utf-8, read as cp1252")
    assert decoded("Renée".encode(), "no-such-charset") == (
        "Renée",
        "declared no-such-charset, read as utf-8",
    )
    assert decoded(b"\x81", "utf-8")[1] == "declared utf-8, read as iso-8859-1"
    assert decoded("Renée".encode(), "") == ("Renée", "")


def test_email_html_alone_gives_its_words():
    assert (
        " ".join(plain_of("<style>p{}</style><p>see &amp; <b>you</b></p><script>x<y</script> there").split())
        == "see & you there"
    )
    start = perf_counter()
    plain_of("<script>" * 200_000)
    assert perf_counter() - start < 5
