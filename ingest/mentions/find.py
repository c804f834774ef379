"""Identifiers in free text by rule. A rule is a bounded pattern and a check; where the form alone is weak, words near it
must say what it is. What does not pass is left in the text: a missed number can be read, a wrong entity misleads.

Every pattern is of bounded length and begins at a fixed kind of character, so that time grows with the text alone.
"""

import re
from collections.abc import Callable, Iterator

from ingest.clean import identifiers
from ingest.clean.wallets import wallet
from ingest.errors import CleanError
from ingest.mentions.forms import (
    COMPANY_NEAR,
    IBAN_LENGTH,
    NOT_PHONE_BEFORE,
    POSTCODE_AREAS,
    VEHICLE_NEAR,
    is_date,
    phone_number,
)
from ingest.mentions.kinds import Kind, Mention

TEXT_MAX = 100_000
MENTIONS_MAX = 200
_NEAR = 40
_DIGITS_MIN = 8  # of the shortest telephone number abroad

_EMAIL = re.compile(
    r"(?<![\w.+%-])[A-Za-z0-9](?:[\w.+%-]{0,62}[\w+%-])?@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@-])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![a-z])")
_WALLET = re.compile(
    r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?![A-Za-z0-9])"
)
_SORT_CODE = re.compile(r"(?<![\d-])(\d{2})([- ]?)(\d{2})\2(\d{2})(?![\d-])")
_ACCOUNT = re.compile(r"\D{1,30}?(?<!\d)(\d{8})(?!\d)")
_BANK_NEAR = re.compile(r"sort ?code|s/c|acc(?:oun)?t|a/c|bank", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.@#/-])(?:\+|\(?\+?)\(?\d[\d ().-]{7,18}\d(?![\w@#]|-\w|[/.,:]\d)")
_GROUP = re.compile(r"\d{3}")
_COMPANY = re.compile(
    r"(?<![A-Za-z0-9-])(?:(SC|NI|OC|OE|SO|NC|FC|NF|BR|LP|SL|IP|RC)(\d{6})|(\d{6,8}))(?![A-Za-z0-9-])"
)
_VRM_NOW = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-HJ-PR-Y][A-HJ-PR-Y](?:0[2-9]|[1257][0-9]|6[0-9])[ -]?[A-HJ-PR-Z]{3}|"
    r"[a-hj-pr-y][a-hj-pr-y](?:0[2-9]|[1257][0-9]|6[0-9])[a-hj-pr-z]{3})(?![A-Za-z0-9])"
)
_VRM_OLD = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-HJ-NPR-Y]\d{1,3} ?[A-HJ-PR-Y]{3}|[A-HJ-PR-Y]{3} ?\d{1,3}[A-HJ-NPR-Y]|[A-Z]{1,3} ?\d{1,4})(?![A-Za-z0-9])"
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}|[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2})(?![A-Za-z0-9])"
)

Rule = Callable[[str], Iterator[Mention]]


def find_mentions(text: str) -> tuple[Mention, ...]:
    """The identifiers that ``text`` says, in order; at most ``MENTIONS_MAX``, in its first ``TEXT_MAX`` characters.

    Where two rules want the same characters the more certain one has them (a checksum before a form).
    """
    said = text[:TEXT_MAX]
    taken: list[Mention] = []
    for rule in _RULES:
        for found in rule(said):
            if all(found.end <= other.start or found.start >= other.end for other in taken):
                taken.append(found)
                if len(taken) >= MENTIONS_MAX:
                    return tuple(sorted(taken, key=_place))
    return tuple(sorted(taken, key=_place))


def _place(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end


def _before(text: str, at: int) -> str:
    return text[max(0, at - _NEAR) : at]


def _emails(text: str) -> Iterator[Mention]:
    for match in _EMAIL.finditer(text):
        if ".." not in match[0]:
            yield Mention(Kind.EMAIL, match[0].casefold(), *match.span())


def _ibans(text: str) -> Iterator[Mention]:
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTH.get(match[0][:2])
        end = _end_of(match[0], length) if length else None
        if end is None:
            continue
        try:
            value = identifiers.iban(match[0][:end])
        except CleanError:
            continue
        if value and not match[0][end : end + 1].isalnum():
            yield Mention(Kind.IBAN, value, match.start(), match.start() + end)


def _end_of(text: str, length: int) -> int | None:
    """Where the first ``length`` characters that are no space end; what follows may be another word in capitals."""
    seen = 0
    for at, char in enumerate(text):
        seen += char != " "
        if seen == length:
            return at + 1
    return None


def _wallets(text: str) -> Iterator[Mention]:
    for match in _WALLET.finditer(text):
        try:
            value = wallet(match[0])
        except CleanError:
            continue
        if value:
            yield Mention(Kind.WALLET, value, *match.span())


def _accounts(text: str) -> Iterator[Mention]:
    """A sort code with the eight digits that follow it; a form that may be a date needs a word that says bank."""
    for match in _SORT_CODE.finditer(text):
        number = _ACCOUNT.match(text, match.end())
        if number is None or re.search(r"[\n;]", number[0]):
            continue
        told = _BANK_NEAR.search(_before(text, match.start())) or _BANK_NEAR.search(number[0])
        if told or (match[2] == "-" and not is_date(match[1], match[3], match[4])):
            code = f"{match[1]}-{match[3]}-{match[4]}"
            yield Mention(Kind.ACCOUNT, f"{code} {number[1]}", match.start(), number.end())


def _phones(text: str) -> Iterator[Mention]:
    at = 0
    while match := _PHONE.search(text, at):
        said, start = match[0], match.start()
        if said.startswith("(") and ")" not in said:  # the bracket is the sentence's, not the number's
            said, start = said[1:], start + 1
        at = start + (said.find(" ", 1) if " " in said[1:] else len(said))
        grouped = said.lstrip("(").startswith("+") or _GROUP.search(said)
        if not grouped or NOT_PHONE_BEFORE.search(_before(text, start)):
            continue
        for end in [len(said), *(cut for cut in range(len(said) - 1, 0, -1) if said[cut] == " ")]:
            if sum(map(str.isdigit, said[:end])) < _DIGITS_MIN:
                break
            if value := phone_number(said[:end]):  # two numbers side by side are matched as one
                yield Mention(Kind.PHONE, value, start, start + end)
                at = start + end
                break


def _companies(text: str) -> Iterator[Mention]:
    """A prefix and six digits speak for themselves; bare digits only behind words that name a company number."""
    for match in _COMPANY.finditer(text):
        if match[1] or COMPANY_NEAR.search(_before(text, match.start())):
            number = match[0] if match[1] else match[3].zfill(8)
            yield Mention(Kind.COMPANY_NUMBER, number, *match.span())


def _marks(text: str) -> Iterator[Mention]:
    """Marks since 2001 by their form; older and personal ones only behind words that speak of a vehicle."""
    for match in _VRM_NOW.finditer(text):
        yield Mention(Kind.VRM, re.sub(r"[ -]", "", match[0]).upper(), *match.span())
    for match in _VRM_OLD.finditer(text):
        if VEHICLE_NEAR.search(_before(text, match.start())):
            yield Mention(Kind.VRM, match[0].replace(" ", ""), *match.span())


def _postcodes(text: str) -> Iterator[Mention]:
    for match in _POSTCODE.finditer(text):
        compact = match[0].replace(" ", "").upper()
        area = compact[: 2 if compact[1].isalpha() else 1]
        if area in POSTCODE_AREAS:
            yield Mention(Kind.POSTCODE, f"{compact[:-3]} {compact[-3:]}", *match.span())


_RULES: tuple[Rule, ...] = (_emails, _ibans, _wallets, _accounts, _companies, _phones, _marks, _postcodes)
