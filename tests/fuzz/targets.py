"""What the fuzzers damage: every sample file of every source, and made files for the formats that no sample has.

A format of the registry without a target is a fault (``forms_without_target``), so that a new one cannot be forgotten. Formats
that are packed or signed have a second target, whose content is damaged and then packed or signed anew: damage of the outside
alone would never come past the first check.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.workspace import Workspace
from ingest.forms import BUILT_IN, FORMS
from ingest.mapping.model import MappingWords
from ingest.mapping.read import read_mapping
from ingest.package.document import _LINE, canonical
from ingest.package.export import Release, pack
from ingest.package.keys import public_text, trust
from ingest.pipeline import load
from ingest.pipeline.plan import _matches
from ingest.registry import SOURCES, shipped_mappings

FORCE = "Northmere Constabulary"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EXTRA = ("zip", "gzip")  # ways to pack a file, beside the formats
READER = AccessContext(
    "fuzz",
    FORCE,
    Marking.OFFICIAL_SENSITIVE,
    Purpose(PurposeCode.SYSTEM, "tests"),
    may_read_conditional=True,
)
PEOPLE = """mapping: 1
source: fuzz
files:
  - match: "*"
    format: {form}{words}
    entities:
      p: {{type: Person, key: ref, properties: {{name: name, birth_date: {{column: dob, on_error: omit}}}}}}
      t: {{type: Phone, key: {{column: mobile, clean: phone}}, optional: true, properties: {{number: mobile}}}}
    links:
      - {{type: USES_PHONE, source: p, target: t}}
"""
ROWS = (
    ("ref", "name", "dob", "mobile"),
    ("N1", "Ada Example", "1986-04-03", "07700 900123"),
    ("N2", "Bob Sample", "1979", ""),
    ("N3", "Cy Invented", "", "07700 900456"),
)
FIXED = "\n    columns: [{name: ref, from: 1, to: 4}, {name: name, from: 5, to: 20}, {name: dob, from: 21, to: 30}, {name: mobile, from: 31, to: 45}]"


def as_it_is(content: bytes) -> bytes:
    """The outside of a target that has none."""
    return content


@dataclass(frozen=True, slots=True)
class Target:
    """One file to damage: ``content`` is damaged, ``wrap`` makes the file of it. ``mapping``: text, for ``table``."""

    form: str
    source: str
    file: str
    content: bytes
    wrap: Callable[[bytes], bytes] = as_it_is
    mapping: str | None = None

    @property
    def name(self) -> str:
        """What tests call it."""
        inside = "" if self.wrap is as_it_is else "-inside"
        return f"{self.form}{inside}-{self.source.replace('/', '-')}-{self.file}"

    @property
    def words(self) -> MappingWords:
        """Its mapping."""
        return _words(self.source, self.mapping)


@cache
def _words(source: str, mapping: str | None) -> MappingWords:
    if mapping is None:
        return read_mapping(shipped_mappings()[source])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "mapping.yaml"
        place.write_text(mapping, encoding="utf-8")
        return read_mapping(place)


@cache
def targets() -> tuple[Target, ...]:
    """All of them, by format."""
    found = [*_samples(), *_made()]
    return tuple(sorted(found, key=lambda target: (target.form, target.name)))


def forms() -> tuple[str, ...]:
    """Every format that a mapping can name, and every way to pack a file."""
    return (*BUILT_IN, *FORMS, *EXTRA)


def forms_without_target() -> set[str]:
    """Formats that nothing here would damage."""
    return set(forms()) - {target.form for target in targets()}


def template(folder: Path) -> Path:
    """An empty workspace under ``folder`` that trusts the packages made here."""
    place = folder / "template"
    with Workspace.open(place) as workspace:
        workspace.store().prepare()
    trust(place, public_text(KEY), FORCE)
    return place


def _samples() -> list[Target]:
    found: list[Target] = []
    for source in shipped_mappings():
        name, _, variant = source.partition("/")
        base = Path(str(SOURCES[name].folder))
        places = base / "variants" / "sample" if variant else base / "sample"
        inside = places / variant if (places / variant).is_dir() else places
        for path in sorted(inside.iterdir()):
            sections = [s for s in _words(source, None).files if _matches(s, path.name)]
            own = not variant or inside != places or path.stem == variant
            if path.is_file() and sections and own:
                found.append(Target(sections[0].format, source, path.name, path.read_bytes()))
    return found


def _made() -> list[Target]:
    lines = "\n".join(",".join(row) for row in ROWS).encode() + b"\n"
    rows = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    package = _package()
    return [
        _people("csv", "p.csv", lines),
        _people("json", "p.json", orjson.dumps(rows)),
        _people("jsonl", "p.jsonl", b"\n".join(orjson.dumps(row) for row in rows)),
        _people("auto", "p.txt", lines),
        _people("auto", "p2.txt", orjson.dumps(rows)),
        _people("auto", "p3.txt", _workbook()),
        _people("fixed", "p.dat", _fixed(), words=FIXED),
        _people("xlsx", "p.xlsx", _workbook()),
        _people("xlsx", "p.xlsx", _member(_workbook(), _SHEET), wrap=_with_sheet),
        _people("parquet", "p.parquet", _table(lines)),
        _people("parquet", "p.parquet", lines, wrap=_table),
        Target("package", "intelligence_reports", "p.package", package),
        Target(
            "package", "intelligence_reports", "p.package", canonical(orjson.loads(package)["package"]), _sign
        ),
        Target("zip", "table", "p.zip", _zip(lines), mapping=PEOPLE.format(form="csv", words="")),
        Target("zip", "table", "p.zip", lines, _zip, PEOPLE.format(form="csv", words="")),
        Target(
            "gzip",
            "table",
            "p.csv.gz",
            gzip.compress(lines, mtime=0),
            mapping=PEOPLE.format(form="csv", words=""),
        ),
    ]


def _people(
    form: str, file: str, content: bytes, wrap: Callable[[bytes], bytes] = as_it_is, words: str = ""
) -> Target:
    return Target(form, "table", file, content, wrap, PEOPLE.format(form=form, words=words))


def _fixed() -> bytes:
    wide = (4, 16, 10, 15)
    rows = ["".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)).rstrip() for row in ROWS[1:]]
    return "\n".join(rows).encode() + b"\n"


_SHEET = "xl/worksheets/sheet1.xml"


@cache
def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _member(archive: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


def _with_sheet(content: bytes) -> bytes:
    """The workbook with other content for its sheet."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook())) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for item in source.infolist():
            to.writestr(item, content if item.filename == _SHEET else source.read(item))
    return buffer.getvalue()


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("people.csv"), content)
    return buffer.getvalue()


def _table(content: bytes) -> bytes:
    """A Parquet file of text columns, whose values are the cells of ``content`` unchecked: they need not be UTF-8."""
    rows = [line.split(b",") for line in content.split(b"\n") if line]
    columns = {}
    for at, name in enumerate(ROWS[0]):
        cells = [row[at] if at < len(row) else None for row in rows[1:]]
        columns[name] = pa.array(cells, pa.binary()).view(pa.string())
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, write_statistics=False)
    return buffer.getvalue()


@cache
def _package() -> bytes:
    with tempfile.TemporaryDirectory() as folder, Workspace.open(Path(folder) / "w") as workspace:
        source = "intelligence_reports"
        load(workspace, source, Path(str(SOURCES[source].folder)) / "sample" / "reports.json")
        items = workspace.ledger.view(READER).items(source, f"{FORCE}/IR-24-0007/")
        when = datetime(2026, 1, 2, tzinfo=UTC)
        release = Release("IR-24-0007", FORCE, "Eastholm Police", "DPA 2018 s.31", "DI 77", when)
        return _sign(canonical(orjson.loads(pack(workspace.folder, items, release).raw)["package"]))


def _sign(content: bytes) -> bytes:
    """A package of this body under a key that the template trusts; what is no JSON cannot be signed and stays."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return content
    digest = hashlib.sha256(canonical(body)).digest()
    signature = base64.b64encode(KEY.sign(_LINE + digest)).decode()
    words = {
        "package": body,
        "sha256": digest.hex(),
        "public_key": public_text(KEY),
        "signature": signature,
    }
    return canonical(words) + b"\n"
