"""Every format fed with damaged copies of its own samples: refused, quarantined or loaded; the same each time; nothing lost.

``FUZZ_EXAMPLES=500`` takes that many examples a format in place of the few of a usual run, and other ones each time.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import targets as fuzz
from tests.fuzz.outcomes import loaded, mapped
from tests.fuzz.targets import Target

MORE = int(os.environ.get("FUZZ_EXAMPLES", "0"))
IN_CHILD = {"xlsx", "parquet", "auto"}  # each reading starts a process
HOSTILE = (
    b"\x00", b'"', b"'", b"\n", b"\r", b",", b";", b"\t", b"<", b"&a;", b"<!DOCTYPE a [<!ENTITY a 'x'>]>", b"<a>" * 300, b"]]>",
    b"<?xml-stylesheet href='http://localhost/x'?>", b"{", b"}", b"[" * 300, b"NaN", b"1e999", b"-0", b"9" * 400, b"\\ud800",
    b"\\u0000", b"null", b"true", b"{}", b"[]", b'""', b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3\x28", b"\xf0\x9f\x98\x80",
    "\u202e\u200b\u0130\uff17".encode(), b"=cmd|' /C calc'!A0", b"4.47E+11", b"0000-00-00", b"9999-12-31T23:59:60Z", b"-1",
    b"SECRET", b"../../x", b"%s%n{0}", b"'; DROP TABLE r; --", b"x" * 5000, b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"--b--", b"=?utf-8?b?!?=",
)  # fmt: skip
PLACE = st.integers(0, 1 << 20)
EDIT = st.one_of(
    st.tuples(st.just("flip"), PLACE, st.integers(0, 7)),
    st.tuples(st.just("cut"), PLACE, st.integers(1, 200)),
    st.tuples(st.just("end"), PLACE, st.just(0)),
    st.tuples(st.just("again"), PLACE, st.integers(1, 400)),
    st.tuples(st.just("put"), PLACE, st.sampled_from(HOSTILE) | st.binary(max_size=12)),
    st.tuples(st.just("over"), PLACE, st.sampled_from(HOSTILE) | st.binary(max_size=12)),
)
EDITS = st.lists(EDIT, min_size=1, max_size=5)


def profile(examples: int) -> settings:
    return settings(
        max_examples=MORE or examples,
        deadline=None,
        derandomize=not MORE,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def damaged(content: bytes, edits: list[tuple[str, int, int | bytes]]) -> bytes:
    """The content with all edits made, one after another."""
    out = bytearray(content)
    for kind, place, what in edits:
        at = place % (len(out) + 1)
        if isinstance(what, bytes):
            out[at : at + (len(what) if kind == "over" else 0)] = what
        elif kind == "flip" and at < len(out):
            out[at] ^= 1 << what
        elif kind == "cut":
            del out[at : at + what]
        elif kind == "end":
            del out[at:]
        elif kind == "again":
            out[at:at] = out[at : at + what]
    return bytes(out)


def of_form(form: str) -> st.SearchStrategy[Target]:
    return st.sampled_from([target for target in fuzz.targets() if target.form == form])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fuzz.template(tmp_path_factory.mktemp("fuzz"))


def test_every_format_has_something_to_damage():
    assert fuzz.forms_without_target() == set()


@pytest.mark.parametrize("target", fuzz.targets(), ids=lambda target: target.name)
def test_the_whole_file_is_read(target: Target, template: Path):
    outcome = mapped(target, target.content, template)
    assert not outcome.refused
    # a file of links alone is read beside the files of what it links
    assert outcome.records or all("states it first" in row for row in outcome.quarantined)


@pytest.mark.parametrize("form", fuzz.forms())
def test_a_damaged_file_is_refused_quarantined_or_read_and_the_same_each_time(form: str, template: Path):
    @profile(4 if form in IN_CHILD else 30)
    @given(of_form(form), EDITS)
    def check(target: Target, edits: list) -> None:
        content = damaged(target.content, edits)
        first = mapped(target, content, template)
        assert mapped(target, content, template) == first

    check()


@pytest.mark.parametrize("form", fuzz.forms())
def test_a_load_of_a_damaged_file_accounts_for_every_record(form: str, template: Path):
    @profile(3)
    @given(of_form(form), EDITS)
    def check(target: Target, edits: list) -> None:
        content = damaged(target.content, edits)
        counts, said = loaded(target, content, template), mapped(target, content, template)
        if isinstance(counts, str):
            assert said.refused
        else:
            assert counts["quarantined"] == len(said.quarantined)
            assert counts["read"] == len(said.records) + len(said.quarantined)

    check()
