"""Letters of another script and full-width digits: told of, and never a reason to miss a key or a person."""

import pytest

from analytics.resolution.text import person_name
from graphcore.store.search import as_kept
from ingest.clean.flags import flags
from ingest.clean.identifiers import vrm
from ingest.clean.phone import phone

WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def wide(text: str) -> str:
    return text.translate(WIDE)


@pytest.mark.catalogue("I20")
def test_full_width_marks_and_numbers_are_the_plain_ones() -> None:
    assert vrm(wide("AB12CDE")) == vrm("AB12CDE") == "AB12CDE"
    assert phone(wide("07700900123")) == phone("07700 900123") == "+447700900123"
    assert as_kept(wide("AB12CDE")) == as_kept("AB12CDE")
    assert flags(wide("AB12")) == ("full-width characters",)


@pytest.mark.catalogue("I20")
def test_a_name_of_two_scripts_is_flagged_and_read_as_what_it_looks_like() -> None:
    for mixed in ("P\u0430ul Smith", "Paul Sm\u0456th"):
        assert flags(mixed) == ("mixed scripts",)
        assert person_name(mixed) == person_name("Paul Smith")
    assert flags("\u041f\u0430\u0432\u0435\u043b") == ()
    assert person_name("\u041f\u0430\u0432\u0435\u043b") != person_name("Paul")
