"""Where each field of the register's fixed-width products stands: the one place to correct when a product changes.

Positions count Unicode characters from 0. A record ends in a counted text whose parts each end with a chevron (``<``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

CHEVRON = "<"
SNAPSHOT, UPDATE, DISQUALIFIED, LIQUIDATION = "DDDDSNAP", "DDDDUPDT", "DISQUALS", "LIQNFORM"
TRAILER = "99999999"


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of record. ``fields``: name to (start, length); ``counted``: (start, length) of the number of characters
    that follow it; ``parts``: names of the chevron-ended parts of those; without parts the text is ``text`` whole.
    """

    item: str
    fields: Mapping[str, tuple[int, int]]
    counted: tuple[int, int]
    parts: tuple[str, ...] = ()
    text: str = ""


_NAME = ("title", "forenames", "surname", "honours")
_ADDRESS = ("address_1", "address_2", "post_town", "county", "country")
_OFFICER = (*_NAME, "care_of", "po_box", *_ADDRESS, "occupation", "nationality", "resident_country")
_COMPANY = Record(
    "company",
    {"company_number": (0, 8), "status": (9, 1), "officers": (32, 4)},
    (36, 4),
    ("company_name",),
)

# Products 195 and 216: a record's kind is its ninth character.
SNAPSHOT_RECORDS: Mapping[str, Record] = {
    "1": _COMPANY,
    "2": Record(
        "officer",
        {
            "company_number": (0, 8), "date_origin": (9, 1), "role": (10, 2), "person_number": (12, 12),
            "corporate": (24, 1), "appointed": (32, 8), "resigned": (40, 8), "postcode": (48, 8),
            "birth_year": (56, 4), "birth_month": (60, 2), "birth_date": (64, 8),
        },
        (72, 4),
        _OFFICER,
    ),
}  # fmt: skip

# Product 198: the parts behind the first fourteen are fillers.
UPDATE_RECORDS: Mapping[str, Record] = {
    "1": _COMPANY,
    "2": Record(
        "officer",
        {
            "company_number": (0, 8), "date_origin": (9, 1), "resignation_origin": (10, 1), "correction": (11, 1),
            "corporate": (12, 1), "old_role": (15, 2), "role": (17, 2), "old_person_number": (19, 12),
            "person_number": (31, 12), "birth_year": (43, 4), "birth_month": (47, 2), "birth_date": (51, 8),
            "old_postcode": (59, 8), "postcode": (67, 8), "appointed": (75, 8), "resigned": (83, 8),
            "changed": (91, 8), "updated": (99, 8),
        },
        (107, 4),
        (*_OFFICER, *(f"filler_{n}" for n in range(1, 14))),
    ),
}  # fmt: skip

# Product 192: a record's kind is its first character.
DISQUALIFIED_RECORDS: Mapping[str, Record] = {
    "1": Record(
        "disqualified",
        {"person_number": (1, 12), "birth_date": (13, 8), "postcode": (21, 8)},
        (29, 4),
        (*_NAME, *_ADDRESS, "nationality", "corporate_number", "country_registered"),
    ),
    "2": Record(
        "disqualification",
        {
            "person_number": (1, 12), "started": (13, 8), "ended": (21, 8), "section": (29, 20), "type": (49, 30),
            "ordered": (79, 8), "case_number": (87, 30), "company_name": (117, 160),
        },
        (277, 4),
        text="court",
    ),
    "3": Record(
        "exemption",
        {"person_number": (1, 12), "started": (13, 8), "ended": (21, 8), "purpose": (29, 10)},
        (39, 4),
        text="company_name",
    ),
    "4": Record(
        "variation",
        {
            "person_number": (1, 12), "type": (13, 30), "ordered": (43, 8), "varied": (51, 8),
            "case_number": (59, 30),
        },
        (89, 4),
        text="court",
    ),
}  # fmt: skip

RECORDS: Mapping[str, tuple[int, Mapping[str, Record]]] = {
    SNAPSHOT: (8, SNAPSHOT_RECORDS),
    UPDATE: (8, UPDATE_RECORDS),
    DISQUALIFIED: (0, DISQUALIFIED_RECORDS),
}
