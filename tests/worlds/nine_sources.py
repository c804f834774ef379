"""Nine files about one invented city, in the columns of the source ``ukpole``, as noisy as is asked, with their truth."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.worlds.people import City, Firm, Home, Someone
from tests.worlds.slips import spoilt, spoilt_date

SHORT = {"Street": "St", "Road": "Rd", "Lane": "Ln", "Close": "Cl", "Avenue": "Ave", "Gardens": "Gdns"}
COLUMNS = {
    "force_a": "record_id,SURNAME,FORENAME1,FORENAME2,DOB,SEX,ADDRESS,POSTCODE,TEL,VRM,PNC_STYLE_ID",
    "force_c": "record_id,NAME,YOB,AREA,LOC,PC,CONTACT,NICKNAME",
    "bank": "record_id,customer_name,dob,email,mobile,address,postcode",
    "dvla": "record_id,vrm,keeper,keeper_address,keeper_postcode",
    "intel": "record_id,subject,phone,vehicle,grading",
    "ch_officers": "record_id,company_number,name,dob_year,dob_month,role,correspondence_address,postcode",
    "ch_companies": "record_id,company_number,company_name,status,reg_address,reg_postcode",
    "supplier": "record_id,trading_name,co_no,tel,addr,pcode",
}


def write_nine_sources(folder: Path, seed: int, people: int = 3_000, noise: float = 1.0) -> Path:
    """Write the files and ``truth.csv`` into a folder; about 4.6 records a person. ``noise``: 1 about as
    the set that was published for development, more is worse.
    """
    made = _Files(Random(f"nine {seed}"), noise)
    city = City(seed, people)
    for someone in city.people:
        made.person(someone)
    for firm in city.firms:
        made.firm(firm)
    return made.write(folder)


class _Files:
    def __init__(self, rng: Random, noise: float) -> None:
        self._rng, self._noise = rng, noise
        self._rows: dict[str, list[list[str]]] = {name: [] for name in COLUMNS}
        self._json: list[dict[str, object]] = []
        self._truth: list[tuple[str, str, str, str]] = []

    def person(self, someone: Someone) -> None:
        """Records of one person in some of the sources."""
        rng = self._rng
        for source, share, most in (("force_a", 0.75, 3), ("force_b", 0.5, 2), ("force_c", 0.35, 2), ("bank", 0.45, 1), ("intel", 0.22, 2)):  # fmt: skip
            if rng.random() < share:
                for _ in range(rng.randrange(1, most + 1)):
                    getattr(self, f"_{source}")(someone)
        for vrm in someone.vehicles:
            if rng.random() < 0.6:
                self._dvla(someone, vrm)

    def firm(self, firm: Firm) -> None:
        """Records of one company and of its officers."""
        rng = self._rng
        place = self._address(firm.home)
        self._put("ch_companies", firm.entity, [firm.number, f"{firm.name} LIMITED".upper(), "active", place.upper(), self._postcode(firm.home)], "company")  # fmt: skip
        for director in firm.directors:
            given, family = self._name(director)
            home = rng.choice(director.homes) if rng.random() < 0.8 else firm.home
            year, month, _ = self._born(director)
            row = [firm.number, f"{family.upper()}, {given.title()} {director.middle.title()}".strip(), str(year), str(month), "director", self._address(home), self._postcode(home)]  # fmt: skip
            self._put("ch_officers", director.entity, row)
        for _ in range(rng.choice((0, 1, 1))):
            name = spoilt(rng, firm.name, 0.1 * self._noise) + rng.choice(["", " Ltd", " Limited", " LTD."])
            number = firm.number.lstrip("0") if rng.random() < 0.6 else ""
            tel = firm.phone if rng.random() < 0.6 else ""
            self._put("supplier", firm.entity, [name, number, tel, place if rng.random() < 0.9 else "", self._postcode(firm.home)], "company")  # fmt: skip

    def write(self, folder: Path) -> Path:
        """All files, rows in no order that tells anything."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, columns in COLUMNS.items():
            self._rng.shuffle(self._rows[name])
            _csv(folder / f"{name}.csv", columns.split(","), self._rows[name])
        self._rng.shuffle(self._json)
        lines = "".join(json.dumps(row) + "\n" for row in self._json)
        (folder / "force_b.jsonl").write_text(lines, encoding="utf-8")
        _csv(folder / "truth.csv", ["source", "record_id", "entity_type", "entity_id"], sorted(self._truth))
        return folder

    def _put(self, source: str, entity: str, row: Sequence[str], kind: str = "person") -> None:
        key = self._key(source, entity, kind)
        self._rows[source].append([key, *row])

    def _key(self, source: str, entity: str, kind: str) -> str:
        count = len(self._json) if source == "force_b" else len(self._rows[source])
        key = f"{source}-{count:06d}"
        self._truth.append((source, key, kind, entity))
        return key

    def _force_a(self, someone: Someone) -> None:
        rng, noise = self._rng, self._noise
        given, family = self._name(someone)
        year, month, day = self._born(someone)
        home = rng.choice(someone.homes)
        self._put("force_a", someone.entity, [
            family.upper(), given.upper(), someone.middle.upper() if rng.random() < 0.6 else "",
            self._or_none(0.1, f"{day:02d}/{month:02d}/{year}"), someone.sex if rng.random() < 1 - 0.03 * noise else "U",
            self._or_none(0.05, self._address(home).upper()), self._postcode(home), self._tel(someone, 0.5), self._vrm(someone, 0.3),
            someone.pnc if rng.random() < 0.5 else "",
        ])  # fmt: skip

    def _force_b(self, someone: Someone) -> None:
        rng = self._rng
        given, family = self._name(someone)
        year, month, day = self._born(someone)
        known = f"{year}-{month:02d}-{day:02d}"
        homes = rng.sample(someone.homes, rng.randrange(1, len(someone.homes) + 1))
        aliases = [f"{self._name(someone)[0].title()} {someone.family.title()}"] if rng.random() < 0.2 else []
        key = self._key("force_b", someone.entity, "person")
        self._json.append({
            "record_id": key,
            "person": {"givenName": given.title(), "familyName": family.title(), "aliases": [*aliases, *([someone.nick] if someone.nick and rng.random() < 0.7 else [])], "dateOfBirth": self._or_none(0.15, known) or None, "gender": {"M": "Male", "F": "Female"}[someone.sex]},
            "addresses": [{"flat": f"Flat {h.flat}" if h.flat else "", "number": h.number, "street": self._street(h), "town": h.town, "postcode": self._postcode(h)} for h in homes],
            "phones": [self._format(each) for each in someone.phones if rng.random() < 0.6], "vehicles": [each for each in someone.vehicles if rng.random() < 0.4],
        })  # fmt: skip

    def _force_c(self, someone: Someone) -> None:
        rng = self._rng
        given, family = self._name(someone)
        home = rng.choice(someone.homes)
        name = rng.choice(
            (
                f"{family.title()}, {given.title()}",
                f"{given.title()} {family.title()}",
                f"{family.title()} {given.title()}",
            )
        )
        self._put("force_c", someone.entity, [
            name, self._or_none(0.2, str(self._born(someone)[0])), home.town, self._address(home, town=False), self._postcode(home),
            self._tel(someone, 0.3), someone.nick if rng.random() < 0.5 else "",
        ])  # fmt: skip

    def _bank(self, someone: Someone) -> None:
        rng = self._rng
        given, family = self._name(someone, 0.4)
        year, month, day = self._born(someone)
        middle = someone.middle.title() if rng.random() < 0.5 else ""
        email = (
            f"{someone.given}.{someone.family}{int(someone.entity[1:]) % 997}@mail.example"
            if rng.random() < 0.6
            else ""
        )
        self._put("bank", someone.entity, [
            " ".join(filter(None, (given.title(), middle, family.title()))), self._or_none(0.03, f"{year}{month:02d}{day:02d}"), spoilt(rng, email, 0.03 * self._noise),
            self._tel(someone, 0.7), self._address(someone.homes[0]), self._postcode(someone.homes[0]),
        ])  # fmt: skip

    def _dvla(self, someone: Someone, vrm: str) -> None:
        given, family = self._name(someone)
        title = {"M": "MR", "F": "MS"}[someone.sex]
        keeper = f"{title} {given[:1]} {family}" if self._rng.random() < 0.5 else f"{given} {family}"
        home = someone.homes[0]
        self._put(
            "dvla", someone.entity, [vrm, keeper.upper(), self._address(home).upper(), self._postcode(home)]
        )

    def _intel(self, someone: Someone) -> None:
        rng = self._rng
        given, family = self._name(someone)
        subject = rng.choice(
            (
                f"{given.title()} {family.title()}",
                given.title(),
                family.title(),
                someone.nick or given.title(),
            )
        )
        self._put(
            "intel",
            someone.entity,
            [
                subject,
                self._tel(someone, 0.8),
                self._vrm(someone, 0.25),
                rng.choice(("B2", "E4", "A1", "C3")),
            ],
        )

    def _name(self, someone: Someone, share: float = 1.0) -> tuple[str, str]:
        rng, noise = self._rng, self._noise * share
        given = (
            rng.choice(someone.forms)
            if someone.forms and rng.random() < 0.3 * min(1.5, noise)
            else someone.given
        )
        return spoilt(rng, given, 0.1 * noise), spoilt(rng, someone.family, 0.1 * noise)

    def _born(self, someone: Someone) -> tuple[int, int, int]:
        return spoilt_date(self._rng, someone.born, 0.06 * self._noise)

    def _or_none(self, share: float, text: str) -> str:
        return "" if self._rng.random() < share * self._noise else text

    def _street(self, home: Home) -> str:
        street = spoilt(self._rng, home.street, 0.05 * self._noise)
        front, _, back = street.rpartition(" ")
        return f"{front} {SHORT.get(back, back)}" if self._rng.random() < 0.3 else street

    def _address(self, home: Home, *, town: bool = True) -> str:
        rng = self._rng
        flat = (
            f"{rng.choice(('Flat', 'Apt', 'Flt', 'Apartment'))} {home.flat}, "
            if home.flat and rng.random() < 0.9
            else ""
        )
        number = "" if rng.random() < 0.04 * self._noise else f"{home.number} "
        where = f", {home.town}" if town and rng.random() < 0.8 else ""
        return f"{flat}{number}{self._street(home)}{where}"

    def _postcode(self, home: Home) -> str:
        code = self._or_none(0.12, home.postcode)
        code = spoilt(self._rng, code, 0.03 * self._noise).upper()
        return code.replace(" ", "") if self._rng.random() < 0.3 else code

    def _tel(self, someone: Someone, share: float) -> str:
        return self._format(self._rng.choice(someone.phones)) if self._rng.random() < share else ""

    def _format(self, number: str) -> str:
        if self._rng.random() < 0.03 * self._noise:
            at = self._rng.randrange(4, len(number))
            number = f"{number[:at]}{self._rng.randrange(10)}{number[at + 1 :]}"
        return self._rng.choice(
            (number, f"+44{number[1:]}", f"{number[:5]} {number[5:]}", f"0044 {number[1:]}")
        )

    def _vrm(self, someone: Someone, share: float) -> str:
        if not someone.vehicles or self._rng.random() >= share:
            return ""
        vrm = self._rng.choice(someone.vehicles)
        return f"{vrm[:4]} {vrm[4:]}" if self._rng.random() < 0.4 else vrm


def _csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)
