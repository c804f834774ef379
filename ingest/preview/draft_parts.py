"""Entities and links of a draft: which columns make a person, a phone, an account, and what joins them in one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.preview.columns import ColumnGuess

Words = dict[str, object]
_PERSON = ("birth_date", "gender", "alias", "nationality", "occupation")
_VEHICLE = ("make", "model", "colour")


@dataclass(frozen=True, slots=True)
class Columns:
    """The guessed columns of one file, in order."""

    all: tuple[ColumnGuess, ...]

    def of(self, meaning: str) -> list[str]:
        """The columns of one meaning."""
        return [column.column for column in self.all if column.meaning == meaning]

    def reference(self) -> str | None:
        """A column that names the rows: called so, always filled and never the same twice; else only called so."""
        named = [column for column in self.all if column.meaning == "reference"]
        best = next((column for column in named if column.unique and column.filled), None)
        best = best or next((column for column in named if column.filled), None)
        return best.column if best else None

    def nameless(self) -> "Columns":
        """The same columns with nothing known of them."""
        return Columns(tuple(replace(column, meaning="") for column in self.all))


def entities(known: Columns) -> dict[str, Words]:
    """The entities that a row seems to state, the one it is about first; it keeps the whole row."""
    about = {"person": _person(known), "business": _business(known)}
    things = (*_phones(known), *_vehicles(known), *_accounts(known), *_others(known))
    found = {name: made for name, made in about.items() if made is not None}
    found |= {name: {"type": kind, **words} for name, kind, words in things}
    if not found:
        found["thing"] = _thing(known)
    first = next(iter(found.values()))
    first["original"] = "row"
    return found


def links(known: Columns, stated: Mapping[str, Words]) -> list[Words]:
    """The links that a row with these entities seems to state."""
    subject = next((name for name in ("person", "business") if name in stated), None)
    of_type: dict[str, list[str]] = {}
    for name, words in stated.items():
        of_type.setdefault(str(words["type"]), []).append(name)
    if subject is None:
        return _between(known, of_type)
    types = {
        "Phone": "USES_PHONE",
        "Vehicle": "KEEPER_OF",
        "Account": "HOLDS_ACCOUNT",
        "OnlineIdentity": "USES_IDENTITY",
    }
    types["Location"] = "LIVES_AT" if subject == "person" else "REGISTERED_AT"
    return [
        {"type": link, "source": subject, "target": name}
        for kind, link in types.items()
        for name in of_type.get(kind, ())
    ]


def _between(known: Columns, of_type: Mapping[str, Sequence[str]]) -> list[Words]:
    """What joins two things of one row that is about nobody: a call, a payment, a sighting."""
    times = known.of("timestamp") or known.of("partial_date")
    valid: Words = {"valid_from": times[0], "valid_to": times[0]} if times else {}
    reference = known.reference() or (times[0] if times else None)
    told: Words = {"reference": reference} if reference else {}
    phones, accounts = of_type.get("Phone", ()), of_type.get("Account", ())
    vehicles, places = of_type.get("Vehicle", ()), of_type.get("Location", ())
    if len(phones) > 1:
        duration = known.of("duration_s") or [c for c in known.of("integer") if "dur" in c.lower()]
        more: Words = {"duration_s": duration[0]} if duration else {}
        return [_link("CALLS", phones[0], phones[1], told, valid, more)]
    if len(accounts) > 1:
        amounts = known.of("pence")
        more = {"amount_pence": {"column": amounts[0], "clean": "pence"}} if amounts else {}
        return [_link("PAYS", accounts[0], accounts[1], told, valid, more)]
    if vehicles and places:
        return [_link("SEEN_AT", vehicles[0], places[0], told, valid, {})]
    return []


def _link(kind: str, source: str, target: str, told: Words, valid: Words, more: Words) -> Words:
    properties = {**told, **more}
    inner: Words = {"properties": properties} if properties else {}
    return {"type": kind, "source": source, "target": target, **told, **valid, **inner}


def _firsts(known: Columns, wanted: Mapping[str, str]) -> Words:
    """Properties with the first column of each meaning, where there is one."""
    return {name: columns[0] for name, meaning in wanted.items() if (columns := known.of(meaning))}


def _person(known: Columns) -> Words | None:
    whole, given, family = (known.of(name) for name in ("person_name", "given_name", "family_name"))
    names = [*given[:1], *family[:1]] or whole[:1]
    if not names:
        return None
    name: object = names[0] if len(names) == 1 else {"join": names, "with": " "}
    properties: Words = {"name": name, **_firsts(known, {meaning: meaning for meaning in _PERSON})}
    key = known.reference()
    birth = known.of("birth_date")
    made: object = key or {"join": [*names, *birth[:1]], "with": " ", "clean": "fold", "parts": "any"}
    return {"type": "Person", "key": made, "optional": True, "properties": properties}


def _business(known: Columns) -> Words | None:
    names, numbers = known.of("business_name"), known.of("company_number")
    if not names and not numbers:
        return None
    properties = _firsts(known, {"name": "business_name", "company_number": "company_number"})
    key: object = (
        {"column": numbers[0], "clean": "company_number"}
        if numbers
        else {"column": names[0], "clean": "fold"}
    )
    return {"type": "Business", "kind": "company", "key": key, "optional": True, "properties": properties}


def _phones(known: Columns) -> list[tuple[str, str, Words]]:
    return [
        (f"phone_{at}", "Phone", _keyed(column, "phone", {"number": column}))
        for at, column in enumerate(known.of("phone"), start=1)
    ]


def _vehicles(known: Columns) -> list[tuple[str, str, Words]]:
    found: list[tuple[str, str, Words]] = []
    for at, column in enumerate(known.of("vrm"), start=1):
        more = _firsts(known, {name: name for name in _VEHICLE}) if at == 1 else {}
        words = _keyed(column, "vrm", {"vrm": column, **more})
        found.append((f"vehicle_{at}", "Vehicle", {"kind": "road_vehicle", **words}))
    return found


def _accounts(known: Columns) -> list[tuple[str, str, Words]]:
    """An account for each number, with the sort code of the same place in the row; else for each IBAN."""
    numbers, sorts = known.of("account_number"), known.of("sort_code")
    made: list[Words] = []
    for at, number in enumerate(numbers):
        own = {"account_number": {"column": number, "clean": "account_number"}}
        if at < len(sorts):
            sort = {"column": sorts[at], "clean": "sort_code"}
            key: object = {"join": [sort, own["account_number"]]}
            made.append({"key": key, "optional": True, "properties": {"sort_code": sort, **own}})
        else:
            made.append({"key": own["account_number"], "optional": True, "properties": own})
    if not numbers:
        made = [
            _keyed(iban, "iban", {"iban": {"column": iban, "clean": "iban"}}) for iban in known.of("iban")
        ]
    return [(f"account_{at}", "Account", {"kind": "bank", **words}) for at, words in enumerate(made, start=1)]


def _others(known: Columns) -> list[tuple[str, str, Words]]:
    found: list[tuple[str, str, Words]] = [
        (f"email_{at}", "OnlineIdentity", {"kind": "email", **_keyed(column, "email", {"email": column})})
        for at, column in enumerate(known.of("email"), start=1)
    ]
    address, codes, towns = known.of("address"), known.of("postcode"), known.of("town")
    if address:
        whole: Words = {"join": [*address, *towns[:1], *codes[:1]], "with": " "}
        key = {**whole, "clean": "fold", "parts": "any"}
        lines: Words = {"address": {**whole, "join": [*address, *towns[:1]]}}
        properties = lines | _firsts(known, {"postcode": "postcode"})
        found.append(
            ("place", "Location", {"kind": "address", "key": key, "optional": True, "properties": properties})
        )
    elif codes:
        words = _keyed(codes[0], "postcode", {"postcode": codes[0]})
        found.append(("place", "Location", {"kind": "postcode", **words}))
    return found


def _keyed(column: str, cleaner: str, properties: Words) -> Words:
    return {"key": {"column": column, "clean": cleaner}, "optional": True, "properties": properties}


def _thing(known: Columns) -> Words:
    """Where no column tells what a row is about: a thing of unknown type, kept rather than guessed."""
    unique = known.reference() or next((c.column for c in known.all if c.unique and c.filled), None)
    names = [column.column for column in known.all]
    key: object = unique or {"join": names[:20], "with": " ", "clean": "fold", "parts": "any"}
    return {"type": "Unknown", "key": key, "optional": True, "properties": {"name": unique or names[0]}}
