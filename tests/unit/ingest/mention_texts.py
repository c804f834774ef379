"""Labelled texts with known identifiers and hard negatives, made from a seed: what the rules of mentions are measured on."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ingest.mentions.kinds import Kind

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
FRAMES = {
    Kind.PHONE: ("Subject called {} twice.", "New number for the group: {}.", "rang ({}) then left", "tel {}/home", "His phone {} was off; he texted later.",
                 "Contact on {}, after 18:00"),
    Kind.VRM: ("Vehicle {} seen outside.", "a silver Ford {} left at speed", "reg {}, two males", "{} turned into Mill Lane", "followed by [{}]"),
    Kind.COMPANY_NUMBER: ("company number {} is dissolved", "Co. No. {}", "Companies House {} shows two directors", "registered number: {}"),
    Kind.ACCOUNT: ("sort code {} on the invoice", "paid to s/c {}.", "Bank details {} were found"),
    Kind.IBAN: ("sent to {} last week", "IBAN: {}.", "({}) in the diary"),
    Kind.POSTCODE: ("lives at 4 Low Road, {}.", "premises in {} searched", "{} is the drop off", "delivered to {}; no reply"),
    Kind.EMAIL: ("writes from {}.", "<{}> was copied in", "login {}, password changed", "mailto:{}"),
    Kind.WALLET: ("wallet {} received funds", "BTC to {}.", "address: {}"),
}  # fmt: skip
# Texts that hold no identifier of any kind, however much they look like one.
NEGATIVES = (
    "Order number 07700900123 was dispatched.", "Crime ref 01234567890 filed.", "IMEI 352099001761481 seized.", "card 4929 1234 5678 9012",
    "Meeting on 01-02-26 at 10:30, 12345678 steps.", "between 2019-2024 and 10.30-11.45", "The M6 2am run, then the A406 North", "exhibit ABC/12 and AB/123",
    "Invoice 12345678 unpaid", "Log 123456 of 01/02/2026", "He paid 07 500 pounds", "room 101 SCU", "E10 notes: 5 x 20, 10 x 10", "phase A1 B2 C3, grading E4",
    "GB82 WEST 1234 5698 7654 33 is a misprint", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 has a wrong letter", "user@host and @handle and a@b",
    "0000000000", "07777777777 is a test", "version 3.10.2026.1", "collar number 12345", "MG11 statement, MG5 and MG6C forms", "flight BA2490 to Malaga",
    "QZ99 1AB is no place", "ZZ9 9ZZ is no place", "12-34-56", "PNC ID 99/123456A", "custody number CN0012345", "OP NIGHTJAR phase 2", "from 10 20 30 to 40",
    "unit 0x1234 failed", "12 345 678", "weights 01.50 02.75 03.10 04.20", "a 9mm and 12 bore", "coordinates 53.4808, -2.2426", "UTR 1234567890",
    "NI number QQ123456C", "reference AB12 was noted", "18:05 Subject 1 leaves", "serial 07123456789", "receipt no. 02079460123", "account ending 5678",
    "file IMG_07700900123.jpg", "ID:07700900555", "DC 1234 SMITH attended", "PC 4521 took over", "Flat 3, 12 High Street", "seen 10/10/10 10:10:10",
    "ratio 1:2:3", "#07700900123", "sections 18 20 47 OAPA 1861", "the 192 bus", "Room B12 5th floor", "T20 4 wickets",
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A text and the (kind, value) pairs that it says."""

    text: str
    says: frozenset[tuple[str, str]]


def labelled(seed: int = 7, count: int = 400) -> list[Labelled]:
    """``count`` texts with one or two identifiers each, then every negative with and without one beside it."""
    rng = random.Random(seed)
    out: list[Labelled] = []
    for _ in range(count):
        parts = [_said(rng.choice(list(Kind)), rng) for _ in range(rng.choice((1, 1, 2)))]
        out.append(Labelled(" ".join(text for text, _ in parts), frozenset(label for _, label in parts)))
    for text in NEGATIVES:
        out.append(Labelled(text, frozenset()))
        said, label = _said(rng.choice(list(Kind)), rng)
        out.append(Labelled(f"{text} {said}", frozenset({label})))
    return out


def _said(kind: Kind, rng: random.Random) -> tuple[str, tuple[str, str]]:
    shown, value = _MAKERS[kind](rng)
    return rng.choice(FRAMES[kind]).format(shown), (str(kind), value)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _phone(rng: random.Random) -> tuple[str, str]:
    last = rng.choice(["7700900", "7911123", "1632960", "2079460"]) + _digits(rng, 3)
    shapes = ("0{}", "+44{}", "0044 {}", "+44 (0){}", "0{0}")
    spaced = rng.choice(
        (last, f"{last[:4]} {last[4:]}", f"{last[:3]} {last[3:6]} {last[6:]}", f"{last[:4]}-{last[4:]}")
    )
    return rng.choice(shapes).format(spaced), f"+44{last}"


def _vrm(rng: random.Random) -> tuple[str, str]:
    two, three = (
        "".join(rng.choices("ABCDEFGHKLMNOPRSVWY", k=2)),
        "".join(rng.choices(LETTERS.replace("U", ""), k=3)),
    )
    mark = f"{two}{rng.choice(['07', '12', '18', '23', '57', '64', '72'])}{three}"
    return rng.choice((mark, f"{mark[:4]} {mark[4:]}", mark.lower())), mark


def _company(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.4:
        number = rng.choice(("SC", "NI", "OC")) + _digits(rng, 6)
        return number, number
    number = str(rng.randrange(1_000_000, 16_000_000))
    return number, number.zfill(8)


def _account(rng: random.Random) -> tuple[str, str]:
    code, number = _digits(rng, 6), _digits(rng, 8)
    shown = f"{code[:2]}-{code[2:4]}-{code[4:]}"
    between = rng.choice((" ", ", account ", " a/c no. ", " / "))
    return f"{rng.choice((shown, code))}{between}{number}", f"{shown} {number}"


def _iban(rng: random.Random) -> tuple[str, str]:
    country, body = rng.choice(
        (("GB", "TEST" + _digits(rng, 14)), ("DE", _digits(rng, 18)), ("NL", "TEST" + _digits(rng, 10)))
    )
    rest = "".join(str(int(char, 36)) for char in body + country + "00")
    value = f"{country}{98 - int(rest) % 97:02d}{body}"
    grouped = " ".join(value[at : at + 4] for at in range(0, len(value), 4))
    return rng.choice((value, grouped)), value


def _postcode(rng: random.Random) -> tuple[str, str]:
    out = rng.choice(("LS1", "M14", "E1W", "EC1A", "BL3", "SW1A", "G12", "CF10"))
    inward = rng.choice("123456789") + "".join(rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
    return rng.choice((f"{out} {inward}", f"{out}{inward}", f"{out} {inward}".lower())), f"{out} {inward}"


def _email(rng: random.Random) -> tuple[str, str]:
    value = f"{rng.choice(('ada', 'b.sample', 'cy_invented', 'x+y', 'Team-1'))}{_digits(rng, 2)}@{rng.choice(('mail.example', 'post.example.org', 'a-b.example'))}"
    return value, value.casefold()


_WALLETS = (
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
)  # fmt: skip


def _wallet(rng: random.Random) -> tuple[str, str]:
    value = rng.choice(_WALLETS)
    return value, value


_MAKERS = {
    Kind.PHONE: _phone, Kind.VRM: _vrm, Kind.COMPANY_NUMBER: _company, Kind.ACCOUNT: _account, Kind.IBAN: _iban,
    Kind.POSTCODE: _postcode, Kind.EMAIL: _email, Kind.WALLET: _wallet,
}  # fmt: skip
