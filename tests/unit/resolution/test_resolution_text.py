"""Names, addresses and dates made comparable."""

import pytest

from analytics.resolution.text import (
    PersonName,
    address_numbers,
    birth_parts,
    company_marks,
    company_number_key,
    company_words,
    name_words,
    person_name,
    postcode_key,
    same_given_name,
    street_key,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ada Mary Quillthorpe", ("ada", "mary", "quillthorpe")),
        ("QUILLTHORPE, Ada Mary", ("ada", "mary", "quillthorpe")),
        ("MR A QUILLTHORPE", ("a", "", "quillthorpe")),
        ("Quillthorpe Natalia", ("natalia", "", "quillthorpe")),
        ("Xiao-Ming Quillthorpe", ("xiaoming", "", "quillthorpe")),
        ("José d'Quill", ("jose", "", "dquill")),
        ("Anna van der Quill", ("anna", "", "vanderquill")),
        ("Sparky", ("", "", "sparky")),
        ("", ("", "", "")),
        ("!!!", ("", "", "")),
    ],
)
def test_person_name_is_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert person_name(text) == PersonName(*parts)


def test_titles_are_no_part_of_a_name() -> None:
    assert name_words("Mrs. Dr Ada Quill") == ("ada", "quill")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("bill", "william", True),
        ("mohammed", "muhammad", True),
        ("katarzyna", "kasia", True),
        ("chalrie", "charles", True),
        ("william", "walter", False),
        ("", "william", False),
    ],
)
def test_forms_of_a_given_name(left: str, right: str, same: bool) -> None:
    assert same_given_name(left, right) is same
    assert same_given_name(right, left) is same


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1986-04-03", (1986, 4, 3)),
        ("1986-04", (1986, 4, 0)),
        ("1986", (1986, 0, 0)),
        ("1986-01-01", (1986, 0, 0)),
        ("unknown", (0, 0, 0)),
    ],
)
def test_birth_dates_are_as_full_as_they_say(text: str, parts: tuple[int, int, int]) -> None:
    assert birth_parts(text) == parts


def test_addresses_compare_by_number_and_street() -> None:
    assert (
        street_key("Flat 2, 129a Grange Drive, Northmere")
        == street_key("APT 2 129A GRANGE DR")
        == "129a grange"
    )
    assert address_numbers("Flat 2, 129a Grange Drive") == ("2", "129a")
    assert street_key("Grange Drive") == ""
    assert postcode_key("nm1 2ab") == postcode_key("NM12AB") == "nm12ab"


def test_company_names_lose_their_legal_form_but_not_what_tells_them_apart() -> None:
    assert company_words("T/A Brightwheel & Sons Ltd.") == ("brightwheel", "sons")
    assert company_words("THE LIMITED COMPANY LTD") == ("the", "limited", "company", "ltd")
    assert company_marks("brightwheel holdings") != company_marks("brightwheel")
    assert company_marks("brightwheel hodlings") == company_marks("brightwheel holdings")
    assert company_marks("brightwheel 2021") != company_marks("brightwheel 2023")


def test_company_numbers_get_back_their_zeros() -> None:
    assert company_number_key("1234567") == company_number_key("01234567") == "01234567"
    assert company_number_key("SC123456") == "sc123456"
